"""What the commands that programs call take."""

import argparse
from collections.abc import Mapping

from pywry_auth.cli.options import (
    Commands,
    add_account,
    add_grant,
    add_json,
    add_provider,
    add_provider_option,
    add_registration,
)


#: the tools that can be given tokens
KINDS = {
    "git": "answer git, which asks on standard input",
    "docker": "answer docker, which asks on standard input",
    "kubectl": "print a token as kubectl reads it (ExecCredential)",
    "aws": "print keys that AWS gives for a token, as its tools read them (credential_process)",
}


def add_token(parser: argparse.ArgumentParser) -> None:
    """Say what ``token`` takes."""
    add_provider(parser)
    add_account(parser)
    add_json(parser)
    add_registration(parser)
    add_grant(parser)
    _add_no_store(parser)


def _add_no_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-store",
        action="store_true",
        help="ask anew and keep nothing, which needs no keyring; for grants that need no person",
    )


def add_exec(parser: argparse.ArgumentParser) -> None:
    """Say what ``exec`` takes before its ``--``."""
    parser.usage = "pywry-auth exec [options] [provider] -- COMMAND [ARGUMENT ...]"
    parser.epilog = f"{parser.epilog}\n  once COMMAND runs, its own; 126, 127 it cannot run"
    add_provider(parser)
    add_account(parser)
    parser.add_argument(
        "--env",
        action="append",
        metavar="VAR",
        help="variable that COMMAND finds the token in; may be repeated; PYWRY_AUTH_TOKEN "
        "if left out",
    )
    add_registration(parser)
    add_grant(parser)
    _add_no_store(parser)


def add_credential(parser: argparse.ArgumentParser, examples: Mapping[str, str]) -> None:
    """
    Say what ``credential`` takes.

    Args:
        parser: of the command.
        examples: what to put into the configuration of each tool, by its kind.
    """
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for kind, words in KINDS.items():
        _add_kind(kinds.add_parser, kind, words, examples[kind])


def _add_kind(kinds: Commands, kind: str, words: str, example: str) -> None:
    parser = kinds(
        kind,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if kind in {"git", "docker"}:
        add_provider_option(parser, "only this provider; the one that has the host if left out")
        parser.add_argument("operation", help=f"what {kind} wants: it adds that by itself")
    else:
        add_provider(parser)
    add_account(parser)
    if kind == "kubectl":
        _add_id_token(parser, "give the ID token, which is what clusters usually check")
    if kind == "aws":
        _add_aws(parser)


def _add_aws(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role-arn", metavar="ARN", help="the role to take")
    parser.add_argument("--region", metavar="NAME", help="whose STS to ask; all AWS if left out")
    parser.add_argument("--session-name", metavar="NAME", help="how the logs of AWS name you")
    parser.add_argument(
        "--duration", type=_whole_seconds, metavar="SECONDS", help="how long the keys shall last"
    )
    parser.add_argument("--sts-url", metavar="URL", help="another STS than that of AWS")
    parser.add_argument(
        "--access-token",
        action="store_true",
        help="show STS the access token, where no ID token is given",
    )


def _add_id_token(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--id-token", action="store_true", help=words)


def _whole_seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError("expected a whole number of seconds above 0")
    return int(text[:9])
