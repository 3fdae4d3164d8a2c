"""From what was typed to the command, from its errors to an exit code."""

import os
from collections.abc import Callable, Sequence
from itertools import takewhile

from pywry_auth.cli.advice import advice, server_words
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.output import Output, let_go
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

DEBUG_VARIABLE = "PYWRY_AUTH_DEBUG"

Command = Callable[[Arguments, Output], int]


def run(argv: Sequence[str]) -> int:
    """Run one command, and give its exit code; no error leaves as a traceback."""
    # After "--" it belongs to the command that exec runs.
    output = Output(as_json="--json" in takewhile(lambda word: word != "--", argv))
    try:
        return _guarded(argv, output)
    finally:
        let_go()


def _guarded(argv: Sequence[str], output: Output) -> int:
    from pywry_auth.cli.interrupts import deaf, interruptible

    try:
        with interruptible():
            return _run(argv, output)
    except AuthError as exc:
        output.problem(exc.code, exc.message, advice(exc), server_words(exc))
        return exit_code(exc)
    except KeyboardInterrupt:
        deaf()  # one more Ctrl-C must not show where it hit
        output.problem("cancelled", "cancelled")
        return CANCELLED
    except BrokenPipeError:
        return FAILED  # whoever read our output has left
    except ModuleNotFoundError as exc:
        output.problem(
            "not_installed", f"the package {exc.name} is missing", "install pywry-auth again, whole"
        )
        return FAILED
    except Exception as exc:
        output.problem(
            "internal_error",
            f"this should not have happened ({type(exc).__name__})",
            f"please report it, with what {DEBUG_VARIABLE}=1 shows",
        )
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return FAILED


def _run(argv: Sequence[str], output: Output) -> int:
    from pywry_auth.cli.notices import warnings_shown
    from pywry_auth.cli.parser import build_parser, read_arguments

    try:
        args = read_arguments(argv)
    except SystemExit:
        return DONE  # --help was printed
    if args.version:
        return _version(output)
    if args.command is None:
        output.note(build_parser().format_help())
        return USAGE
    with warnings_shown(output, everything=bool(os.environ.get(DEBUG_VARIABLE))):
        return _command(args.command)(args, output)


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


def _command(name: str) -> Command:
    match name:
        case "token" | "exec" | "credential":
            return _for_programs(name)
        case "login":
            from pywry_auth.cli.login import login as command
        case "status":
            from pywry_auth.cli.status import status as command
        case "whoami":
            from pywry_auth.cli.whoami import whoami as command
        case "logout":
            from pywry_auth.cli.logout import logout as command
        case "doctor":
            from pywry_auth.cli.doctor import doctor as command
        case _:
            from pywry_auth.cli.demo import demo as command
    return command


def _for_programs(name: str) -> Command:
    match name:
        case "token":
            from pywry_auth.cli.token import token as command
        case "exec":
            from pywry_auth.cli.exec import exec_command as command
        case _:
            from pywry_auth.cli.credential import credential as command
    return command


def _version(output: Output) -> int:
    from pywry_auth import __version__

    output.data({"version": __version__}, f"pywry-auth {__version__}")
    return DONE
