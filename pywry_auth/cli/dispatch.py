"""From what was typed to the command, from its errors to an exit code."""

import argparse
from collections.abc import Callable, Sequence

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output
from pywry_auth.errors import (
    AuthError,
    AuthFlowCancelled,
    AuthFlowTimeout,
    ConfigError,
    CredentialMissingError,
    ProviderNotFoundError,
    TokenExpiredError,
)


DONE, FAILED, USAGE, SIGN_IN, CANCELLED = range(5)

Command = Callable[[Arguments, Output], int]


def run(argv: Sequence[str]) -> int:
    """Run one command, and give its exit code; no error leaves as a traceback."""
    from pywry_auth.cli.parser import build_parser

    parser = build_parser()
    try:
        args = _arguments(parser, argv)
    except SystemExit as exc:  # argparse has said what was wrong
        return exc.code if isinstance(exc.code, int) else USAGE
    output = Output(as_json=args.json)
    if args.command is None and not args.version:
        output.note(parser.format_help())
        return USAGE
    return _guarded(args, output)


def _guarded(args: Arguments, output: Output) -> int:
    try:
        return _version(output) if args.version else _command(args.command)(args, output)
    except AuthError as exc:
        output.fail(exc)
        return exit_code(exc)
    except KeyboardInterrupt:
        output.problem("cancelled", "cancelled")
        return CANCELLED
    except BrokenPipeError:
        return FAILED  # whoever read our output has left
    except Exception as exc:  # noqa: BLE001 (the command line's outermost edge)
        output.problem(
            "internal_error",
            f"this should not have happened ({type(exc).__name__})",
            "please report it, with the command and PYWRY_AUTH_DEBUG=1",
        )
        _reraise_for_debugging(exc)
        return FAILED


def exit_code(error: AuthError) -> int:
    """Say how a command ends after *error*."""
    match error:
        case AuthFlowCancelled() | AuthFlowTimeout():
            return CANCELLED
        case TokenExpiredError() | CredentialMissingError():
            return SIGN_IN
        case ConfigError() | ProviderNotFoundError():
            return USAGE
        case _:
            return FAILED


def _arguments(parser: argparse.ArgumentParser, argv: Sequence[str]) -> Arguments:
    return Arguments(**vars(parser.parse_args(argv)))


def _command(name: str | None) -> Command:
    match name:
        case "token":
            from pywry_auth.cli.token import token as command
        case "login":
            from pywry_auth.cli.login import login as command
        case "status":
            from pywry_auth.cli.status import status as command
        case "whoami":
            from pywry_auth.cli.whoami import whoami as command
        case "logout":
            from pywry_auth.cli.logout import logout as command
        case _:
            from pywry_auth.cli.demo import demo as command
    return command


def _version(output: Output) -> int:
    from pywry_auth import __version__

    output.data({"version": __version__}, f"pywry-auth {__version__}")
    return DONE


def _reraise_for_debugging(error: Exception) -> None:
    import os

    if os.environ.get("PYWRY_AUTH_DEBUG"):
        raise error
