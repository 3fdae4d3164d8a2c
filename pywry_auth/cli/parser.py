"""What can be typed after ``pywry-auth``."""

import argparse
import math
from collections.abc import Callable, Sequence
from typing import NoReturn

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.commands import COMMANDS, EXAMPLES, EXIT_CODES, FIRST_STEPS
from pywry_auth.errors import ConfigError


Commands = Callable[..., argparse.ArgumentParser]


class UsageError(ConfigError):
    """What was typed cannot be understood."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """Raises where argparse would print and leave."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with what was typed."""
        raise UsageError(message, hint=f"run {self.prog} --help")


def read_arguments(argv: Sequence[str]) -> Arguments:
    """
    Read what was typed; ``--help`` prints and exits.

    Raises:
        UsageError: it cannot be understood; the message repeats no value that was typed.
    """
    typed = next((word for word in argv if not word.startswith("-")), None)
    if typed is not None and typed not in COMMANDS:
        raise _unknown_command(typed)
    found, surplus = build_parser().parse_known_args(argv)
    args = Arguments(**vars(found))
    if surplus:
        raise _surplus(surplus, args.command)
    if args.provider and args.provider_option and args.provider != args.provider_option:
        raise UsageError("two providers are named", hint="name one of them")
    if args.device and args.window:
        raise UsageError("--device needs no window", hint="leave --window out, or --device")
    return args


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
    _add_demo(_add(commands, "demo"))
    _add_login(_add(commands, "login"))
    _add_status(_add(commands, "status"))
    for name in ("token", "whoami"):
        _add_reading(_add(commands, name))
    _add_logout(_add(commands, "logout"))
    _add_doctor(_add(commands, "doctor"))
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


def _add_provider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "provider", nargs="?", help="name of a provider in providers.toml; its default if left out"
    )
    parser.add_argument("--provider", dest="provider_option", metavar="NAME", help="the same")
    parser.add_argument(
        "--config", metavar="FILE", help="another providers.toml; also PYWRY_AUTH_CONFIG"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--account",
        metavar="WHO",
        help="which account, if there are several: as status shows it; the last used if left out",
    )


def _add_registration(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("provider", "each beats what providers.toml says")
    group.add_argument("--issuer", metavar="URL", help="the provider's issuer")
    group.add_argument("--client-id", metavar="ID", help="the client registered there")
    group.add_argument(
        "--client-secret-env",
        metavar="VAR",
        help="variable that holds the client secret; the secret itself is never an argument",
    )
    group.add_argument("--scopes", metavar="WORDS", help="what to ask for, separated by spaces")
    group.add_argument("--tenant-id", metavar="ID", help="Microsoft tenant")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    _add_account(parser)
    _add_json(parser)
    _add_registration(parser)


def _add_status(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    _add_account(parser)
    _add_json(parser)


def _add_login(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    parser.add_argument(
        "--account", metavar="WHO", help="the account to suggest to the provider's sign-in page"
    )
    _add_window(parser)
    parser.add_argument(
        "--device",
        action="store_true",
        help="show a code to enter on another device, where the provider can do that",
    )
    _add_ports(parser)
    parser.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="how long to wait")
    parser.add_argument(
        "--if-needed", action="store_true", help="do nothing when somebody is signed in already"
    )
    parser.add_argument(
        "--save", metavar="NAME", help="keep the provider in providers.toml under this name"
    )
    _add_json(parser)
    _add_registration(parser)


def _add_logout(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    _add_account(parser)
    parser.add_argument(
        "--all", action="store_true", help="every account, of the provider if one is named"
    )
    parser.add_argument("--no-revoke", action="store_true", help="only forget them here")
    parser.add_argument(
        "--everywhere",
        action="store_true",
        help="open the provider's sign-out page too, so that its cookies end as well",
    )
    _add_window(parser, "where that page appears; the best that works here if left out")
    parser.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help="how long to wait for that page"
    )
    _add_json(parser)
    _add_registration(parser)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    parser.add_argument(
        "--deep", action="store_true", help="paint a page in a hidden window too; takes seconds"
    )
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write all of it to a zip file for whoever helps you, without anything secret",
    )
    _add_window(parser)
    _add_ports(parser)
    _add_json(parser)
    _add_registration(parser)


def _add_ports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ports",
        type=_ports,
        metavar="N[,N]",
        help="loopback ports to try, where the provider wants exact ones; 0 is any free one",
    )


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_window(parser)
    parser.add_argument("--gui", choices=("qt", "gtk"), help="which window toolkit to use")
    _add_json(parser)


def _add_window(
    parser: argparse.ArgumentParser,
    words: str = "where the sign-in page appears; the best that works here if left out",
) -> None:
    parser.add_argument(
        "--window",
        choices=("auto", "webview", "browser", "paste"),
        help=words,
    )


def _ports(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() and int(word) <= 65535 for word in words):  # noqa: PLR2004 (a port)
        raise argparse.ArgumentTypeError("expected port numbers, for example 8765,8766")
    return tuple(int(word) for word in words)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError("expected a number of seconds above 0")
    return seconds


def _unknown_command(typed: str) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(typed, COMMANDS, 1)
    hint = f"did you mean pywry-auth {near[0]}?" if near else "run pywry-auth --help"
    return UsageError(f"there is no command {typed!r}", hint=hint)


def _surplus(words: Sequence[str], command: str | None) -> UsageError:
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    help_hint = " ".join(part for part in ("run pywry-auth", command, "--help") if part)
    if "--client-secret" in options:
        return UsageError(
            "a client secret is never an argument: others on this machine could read it",
            hint="put it into a variable, and name that with --client-secret-env",
        )
    if options:
        return UsageError(f"there is no option {', '.join(options)}", hint=help_hint)
    return UsageError("there are more arguments than one provider", hint=help_hint)
