"""What can be typed after ``pywry-auth``."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from pywry_auth.cli import options_people as people
from pywry_auth.cli import options_programs as programs
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.commands import COMMANDS, EXAMPLES, EXIT_CODES, FIRST_STEPS, IN_TOOLS
from pywry_auth.cli.options import Commands
from pywry_auth.errors import ConfigError


END = "--"  # what follows belongs to another program

#: command -> what it takes
OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": people.add_demo,
    "login": people.add_login,
    "status": people.add_status,
    "token": programs.add_token,
    "exec": programs.add_exec,
    "credential": lambda parser: programs.add_credential(parser, IN_TOOLS),
    "whoami": people.add_whoami,
    "logout": people.add_logout,
    "doctor": people.add_doctor,
}


class UsageError(ConfigError):
    """What was typed cannot be understood."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """Raises where argparse would print and leave."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with what was typed."""
        option, is_valued, _ = message.partition(": ignored explicit argument")
        if is_valued:  # which may be a password, behind an option that only asks for one
            message = f"{option} takes no value"
        raise UsageError(message, hint=f"run {self.prog} --help")


def read_arguments(argv: Sequence[str]) -> Arguments:
    """
    Read what was typed; ``--help`` prints and exits.

    Raises:
        UsageError: it cannot be understood; the message repeats no value that was typed.
    """
    ours, theirs = our_part(argv)
    typed = next((word for word in ours if not word.startswith("-")), None)
    if typed is not None and typed not in COMMANDS:
        raise _unknown_command(typed)
    found, surplus = build_parser().parse_known_args(ours)
    args = Arguments(**vars(found))
    if surplus:
        raise _surplus(surplus, args.command)
    if (theirs is not None) != (args.command == "exec") or theirs == ():
        raise _no_command(args.command)
    args = replace(args, child=theirs)
    if args.provider and args.provider_option and args.provider != args.provider_option:
        raise UsageError("two providers are named", hint="name one of them")
    if args.device and args.window:
        raise UsageError("--device needs no window", hint="leave --window out, or --device")
    return args


def our_part(argv: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...] | None]:
    """Give what is ours of *argv*, then the command that ``exec`` runs, if ``--`` says there is."""
    if END not in argv:
        return argv, None
    end = list(argv).index(END)
    return argv[:end], tuple(argv[end + 1 :])


def build_parser() -> Parser:
    """Make the parser of all commands."""
    parser = Parser(
        prog="pywry-auth",
        description="Sign in from the command line, and hand out fresh tokens.",
        epilog=FIRST_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND").add_parser
    for name, add_options in OPTIONS.items():
        add_options(_add(commands, name))
    return parser


def _add(commands: Commands, name: str) -> argparse.ArgumentParser:
    words = COMMANDS[name]
    examples = "\n".join(f"  {line}" for line in EXAMPLES[name])
    return commands(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"examples:\n{examples}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        # An abbreviated --client-secret would take a secret for the name of a variable.
        allow_abbrev=False,
    )


def _unknown_command(typed: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(typed, COMMANDS, 1)
    hint = f"did you mean pywry-auth {near[0]}?" if near else "run pywry-auth --help"
    return UsageError(f"there is no command {typed!r}", hint=hint)


def _near(typed: str, command: str | None) -> str:
    """Strictly private: the option of *command* that *typed* looks like, or ""."""
    from difflib import get_close_matches

    parser = Parser(add_help=False, usage="")
    OPTIONS.get(command or "", lambda _parser: None)(parser)
    known = re.findall(r"--[a-z][a-z-]+", parser.format_help())
    return "".join(get_close_matches(typed, known, 1))


def _no_command(command: str | None) -> UsageError:
    if command != "exec":
        return UsageError(f"nothing may follow {END}", hint=f"run pywry-auth {command} --help")
    return UsageError(
        f"there is no command after {END}", hint="for example: pywry-auth exec work -- make"
    )


def _surplus(words: Sequence[str], command: str | None) -> UsageError:
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    help_hint = " ".join(part for part in ("run pywry-auth", command, "--help") if part)
    if "--client-secret" in options:
        return UsageError(
            "a client secret is never an argument: others on this machine could read it",
            hint="put it into a variable, and name that with --client-secret-env",
        )
    if set(options) & {"--password", "--refresh-token", "--subject-token"}:
        return UsageError(
            f"what {options[0]} would hold is never an argument: others here could read it",
            hint=f"put it into a variable, and name that with {options[0]}-env",
        )
    if options:
        near = _near(options[0], command)
        return UsageError(
            f"there is no option {', '.join(options)}",
            hint=f"did you mean {near}?" if near else help_hint,
        )
    return UsageError("there are more arguments than one provider", hint=help_hint)
