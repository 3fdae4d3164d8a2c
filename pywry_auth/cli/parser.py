"""What can be typed after ``pywry-auth``."""

import argparse
from collections.abc import Callable


Commands = Callable[..., argparse.ArgumentParser]

EXIT_CODES = "exit codes: 0 done, 1 failed, 2 wrong usage, 3 a person must sign in, 4 cancelled"

LOGIN_EXAMPLES = """\
examples:
  pywry-auth login work
  pywry-auth login --issuer https://id.example.com --client-id desktop --save work
  pywry-auth login github --client-id Iv1.0123456789abcdef --window browser
  pywry-auth login work --if-needed --json
"""

STATUS_EXAMPLES = """\
examples:
  pywry-auth status
  pywry-auth status work --json
"""

TOKEN_EXAMPLES = """\
examples:
  curl -H "Authorization: Bearer $(pywry-auth token work)" https://api.example.com/me
  pywry-auth token work --json
"""

WHOAMI_EXAMPLES = """\
examples:
  pywry-auth whoami work
  pywry-auth whoami work --json
"""

LOGOUT_EXAMPLES = """\
examples:
  pywry-auth logout work
  pywry-auth logout --all
  pywry-auth logout work --no-revoke
"""

DEMO_EXAMPLES = """\
examples:
  pywry-auth demo
  pywry-auth demo --gui gtk
"""


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="pywry-auth",
        description="Sign in from the command line, and hand out fresh tokens.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND").add_parser
    _add_demo(commands)
    _add_login(commands)
    status = _add(commands, "status", "list who is signed in, and for how long", STATUS_EXAMPLES)
    _add_reading(status)
    token = _add(commands, "token", "print a fresh access token", TOKEN_EXAMPLES)
    _add_reading(token)
    whoami = _add(commands, "whoami", "ask the provider who is signed in", WHOAMI_EXAMPLES)
    _add_reading(whoami)
    _add_logout(commands)
    return parser


def _add(
    commands: Commands,
    name: str,
    words: str,
    examples: str,
) -> argparse.ArgumentParser:
    return commands(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"{examples}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_provider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("provider", nargs="?", help="name of a provider in providers.toml")
    parser.add_argument("--provider", dest="provider_option", metavar="NAME", help="the same")
    parser.add_argument("--config", metavar="FILE", help="where providers.toml is")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _add_registration(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("provider", "beats what providers.toml says")
    group.add_argument("--issuer", metavar="URL", help="the provider's issuer")
    group.add_argument("--client-id", metavar="ID", help="the client registered there")
    group.add_argument(
        "--client-secret-env", metavar="VAR", help="variable that holds the client secret"
    )
    group.add_argument("--scopes", metavar="WORDS", help="what to ask for, separated by spaces")
    group.add_argument("--tenant-id", metavar="ID", help="Microsoft tenant")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    _add_provider(parser)
    parser.add_argument("--account", metavar="SUBJECT", help="which account, if there are several")
    _add_json(parser)
    _add_registration(parser)


def _add_login(commands: Commands) -> None:
    login = _add(commands, "login", "sign in, and keep the tokens in the keyring", LOGIN_EXAMPLES)
    _add_provider(login)
    _add_json(login)
    _add_registration(login)
    login.add_argument(
        "--window",
        choices=("auto", "webview", "browser", "paste"),
        help="where the sign-in page appears",
    )
    login.add_argument(
        "--ports", metavar="N[,N]", help="loopback ports to try, if the provider wants exact ones"
    )
    login.add_argument("--timeout", type=float, metavar="SECONDS", help="how long to wait")
    login.add_argument(
        "--if-needed", action="store_true", help="do nothing when somebody is signed in already"
    )
    login.add_argument(
        "--save", metavar="NAME", help="write the provider to providers.toml under this name"
    )


def _add_logout(commands: Commands) -> None:
    logout = _add(commands, "logout", "revoke the tokens, and forget them", LOGOUT_EXAMPLES)
    _add_provider(logout)
    logout.add_argument("--account", metavar="SUBJECT", help="which account, if there are several")
    logout.add_argument("--all", action="store_true", help="every account of every provider")
    logout.add_argument("--no-revoke", action="store_true", help="only forget them here")
    _add_json(logout)
    _add_registration(logout)


def _add_demo(commands: Commands) -> None:
    demo = _add(
        commands, "demo", "sign in at a provider that runs on this machine only", DEMO_EXAMPLES
    )
    demo.add_argument("--gui", choices=("qt", "gtk"), help="which window toolkit to use")
    _add_json(demo)
