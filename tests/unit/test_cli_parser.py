import json
import re

import pytest

from pywry_auth.cli import main
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.commands import IN_TOOLS
from pywry_auth.cli.config import FILE_ONLY
from pywry_auth.cli.options_programs import KINDS
from pywry_auth.cli.parser import COMMANDS, EXAMPLES, UsageError, build_parser, read_arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_and_exit_codes(command, capsys):
    assert main([command, "--help"]) == 0
    said = capsys.readouterr()
    assert f"usage: pywry-auth {command}" in said.out
    assert "examples:\n  " in said.out
    for word in ("0 done", "1 failed", "2 wrong usage", "3 a person must sign in", "4 cancelled"):
        assert word in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "line",
    [line for lines in EXAMPLES.values() for line in lines if line.startswith("pywry-auth ")],
)
def test_every_example_can_be_typed(line):
    words = line.split()[1:]
    assert read_arguments(words).command == words[0]


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"exec", "credential"}))
def test_everything_that_answers_does_so_in_json(command):
    assert read_arguments([command, "--json"]).json


def test_the_help_of_all_names_every_command(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for command, words in COMMANDS.items():
        assert command in said
        assert words in said


def test_nothing_typed_shows_the_help_and_is_wrong_usage(capsys):
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "first steps:" in said.err


def test_the_version_is_data(capsys):
    from pywry_auth import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pywry-auth {__version__}\n"


def test_every_option_is_known_to_the_arguments():
    found = vars(build_parser().parse_args(["login"]))
    assert set(found) <= set(Arguments.__dataclass_fields__)


def test_what_follows_two_hyphens_is_the_other_command_s():
    args = read_arguments(["exec", "work", "--env", "A", "--", "make", "--json", "--", "status"])
    assert args.child == ("make", "--json", "--", "status")
    assert (args.named, args.env, args.json) == ("work", ["A"], False)
    assert read_arguments(["exec", "--", "status"]).named is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["exec", "work"], "there is no command after --"),
        (["exec", "work", "--"], "there is no command after --"),
        (["exec", "work", "make"], "more arguments than one provider"),
        (["token", "work", "--", "make"], "nothing may follow --"),
        (["--", "make"], "nothing may follow --"),
        (["credential"], "KIND"),
        (["credential", "ftp"], "invalid choice"),
        (["credential", "git"], "operation"),
        (["credential", "aws", "--duration", "0"], "whole number of seconds"),
        (["credential", "aws", "--duration", "1.5"], "whole number of seconds"),
    ],
)
def test_a_command_in_the_wrong_place_is_wrong_usage(words, told):
    with pytest.raises(UsageError, match=told):
        read_arguments(words)


@pytest.mark.parametrize("kind", KINDS)
def test_every_tool_has_help_with_the_lines_for_its_configuration(kind, capsys):
    assert main(["credential", kind, "--help"]) == 0
    said = capsys.readouterr().out
    assert IN_TOOLS[kind] in said
    assert f"usage: pywry-auth credential {kind}" in said


def test_every_setting_of_a_tool_in_its_help_is_one():
    for words in IN_TOOLS.values():
        named = re.findall(r"^  (\w+) = ", words, re.MULTILINE)
        assert set(named) - {"credential_process"} <= FILE_ONLY


def test_a_mistyped_command_gets_the_nearest_one(capsys):
    assert main(["lgoin"]) == 2
    assert "hint: did you mean pywry-auth login?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["login", "--client-secret", "canary-secret"],
        ["login", "--client-secret=canary-secret"],
        ["token", "--client-s", "canary-secret"],
        ["token", "--client-s=canary-secret"],
        ["token", "--clientsecret=canary-secret"],
        ["login", "--password", "canary-secret"],
        ["login", "--password=canary-secret"],
        ["login", "--totp=canary-secret"],
        ["token", "--refresh-token", "canary-secret"],
        ["exec", "--subject-token=canary-secret", "--", "make"],
        ["exec", "--env", "canary-secret", "make"],
        ["status", "work", "canary-secret"],
        ["login", "--ports", "canary-secret"],
        ["login", "--timeout", "canary-secret"],
    ],
)
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_secret_that_was_typed_is_refused_and_not_repeated(words, as_json, capsys):
    assert main([*words, *as_json]) == 2
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err


def test_a_secret_as_argument_is_told_where_it_belongs(capsys):
    assert main(["login", "--client-secret", "x"]) == 2
    assert "--client-secret-env" in capsys.readouterr().err


def test_a_password_as_argument_is_told_where_it_belongs(capsys):
    assert main(["login", "--password", "x"]) == 2
    assert "name that with --password-env" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["token", "work", "--scope", "admin"], "--scopes"),
        (["token", "--scope=canary"], "--scopes"),
        (["login", "--if-need"], "--if-needed"),
        (["exec", "--clientid", "x", "--", "true"], "--client-id"),
        (["doctor", "--bundel", "x"], "--bundle"),
    ],
)
def test_a_mistyped_option_gets_the_nearest_one(words, near, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"hint: did you mean {near}?\n")
    assert "canary" not in said


def test_an_option_like_no_other_gets_the_help(capsys):
    for command in ("token", "credential git"):
        assert main([*command.split(), "get", "--xyzzy"]) == 2
        assert "--help" in capsys.readouterr().err


def test_wrong_usage_is_json_where_that_was_asked_for(capsys):
    assert main(["login", "--window", "mirror", "--json"]) == 2
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert error["code"] == "usage"
    assert "mirror" in error["message"]
    assert error["hint"] == "run pywry-auth login --help"
    assert said.err == ""


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="seconds above 0"):
        read_arguments(["login", f"--timeout={text}"])


@pytest.mark.parametrize("text", ["65536", "-1", "a", "80,", "", "1.5"])
def test_a_port_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="port numbers"):
        read_arguments(["login", f"--ports={text}"])


def test_ports_are_tried_in_the_order_they_were_typed():
    assert read_arguments(["login", "--ports", "8766, 8765,0"]).ports == (8766, 8765, 0)


def test_the_provider_may_be_an_option():
    assert read_arguments(["token", "--provider", "work"]).named == "work"
    assert read_arguments(["token", "work"]).named == "work"
    with pytest.raises(UsageError, match="two providers"):
        read_arguments(["token", "work", "--provider", "home"])
