"""``pywry-auth exec``: a command with a fresh access token in its environment."""

import os
import re
from collections.abc import Mapping, Sequence

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.child import NOT_EXECUTABLE, NOT_FOUND, run_child
from pywry_auth.cli.output import Output
from pywry_auth.cli.parser import UsageError
from pywry_auth.cli.token import BOUND, chosen_tokens
from pywry_auth.protocol.bound import is_bound


VARIABLE = "PYWRY_AUTH_TOKEN"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def exec_command(args: Arguments, output: Output) -> int:
    """Give the command its token, then way to it."""
    names = args.env or [VARIABLE]
    require_names(names)
    _, _, tokens = chosen_tokens(args, output)
    if is_bound(tokens):
        output.note(f"note: {BOUND}")
    command = list(args.child or ())
    try:
        return run_child(command, environment(os.environ, names, tokens.access_token))
    except (FileNotFoundError, NotADirectoryError):
        output.problem("command_not_found", f"there is no command {command[0]!r}", "check PATH")
        return NOT_FOUND
    except OSError as exc:
        output.problem(
            "command_not_run",
            f"{command[0]!r} cannot be run ({type(exc).__name__})",
            "check that it is a program, and that you may execute it",
        )
        return NOT_EXECUTABLE


def environment(ours: Mapping[str, str], names: Sequence[str], token: str) -> dict[str, str]:
    """Give what the command finds: everything we have, and *token* under each of *names*."""
    return {**ours, **dict.fromkeys(names, token)}


def require_names(names: Sequence[str]) -> None:
    """
    Refuse what cannot be a variable; the message repeats none of it.

    Raises:
        UsageError: one is none.
    """
    if not all(_NAME.fullmatch(name) for name in names):
        raise UsageError(
            "--env names a variable, nothing else", hint="for example --env GITLAB_TOKEN"
        )
