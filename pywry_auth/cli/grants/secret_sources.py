"""Where secrets come from: a named variable, a private file, a person; never an argument."""

import os
import re
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pywry_auth.errors import ConfigError, InputCancelledError, StoreError
from pywry_auth.private_files import read_private


MAX_FILE = 256 * 1024  # bytes; keys have a few thousand
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def secret_in(variable: str, setting: str, what: str) -> str:
    """
    Give the value of *variable*.

    Args:
        variable: its name.
        setting: which setting names it.
        what: what it holds, in words.

    Raises:
        ConfigError: it is not set.
    """
    secret = os.environ.get(variable)
    if secret:
        return secret
    # Somebody may have put the secret itself there; what is no plain name is not repeated.
    named = f" {variable}" if _VARIABLE.fullmatch(variable) else ""
    raise ConfigError(
        f"the variable{named} that {setting} names is not set",
        hint=f"set it to the {what}, or correct its name",
    )


def private_key_in(path_as_written: str, config: Path) -> str | Mapping[str, str]:
    """
    Read a private key, as PEM text or as a JWK.

    Args:
        path_as_written: where it is; if not from the root, beside *config*.
        config: the file that names it.

    Raises:
        ConfigError: it is not there, or others on this machine can read it.
    """
    path = config.parent / Path(path_as_written).expanduser()
    try:
        content = read_private(path)
    except (OSError, StoreError) as exc:
        raise ConfigError(
            f"the private key {path} cannot be read ({type(exc).__name__})",
            hint="name the file itself, which you alone may read",
        ) from None
    if content is None:
        raise ConfigError(f"there is no private key {path}", hint="correct private_key_file")
    _require_owner_alone(path)
    return _key_in(content, path)


def file_text(path_as_written: str, config: Path, what: str) -> str:
    """
    Read a token from a file that another program keeps fresh.

    Raises:
        ConfigError: there is none.
    """
    path = config.parent / Path(path_as_written).expanduser()
    with suppress(OSError, UnicodeDecodeError), path.open("rb") as file:
        found = file.read(MAX_FILE).decode("utf-8").strip()
        if found:
            return found
    raise ConfigError(f"there is no {what} in {path}", hint="correct the name of the file")


def typed_secrets(*questions: str) -> list[str]:
    """
    Ask a person, who sees nothing of what they type.

    Raises:
        ConfigError: there is no terminal to ask at.
        InputCancelledError: they gave no answer.
    """
    from pywry_auth.window.terminal import EndOfInputError, Terminal

    _require_terminal("a password")
    terminal = Terminal()
    found: list[str] = []
    try:
        with terminal.unseen():
            for question in questions:
                terminal.say(f"{question}: ")
                found.append(terminal.read_line() or "")
                terminal.say("\n")
    except EndOfInputError:
        raise InputCancelledError("nothing was typed") from None
    return found


def typed_name(question: str) -> str:
    """
    Ask a person for something anybody may see.

    Raises:
        ConfigError: there is no terminal to ask at.
        InputCancelledError: they gave no answer.
    """
    from pywry_auth.window.terminal import EndOfInputError, Terminal

    _require_terminal("a user name")
    terminal = Terminal()
    terminal.say(f"{question}: ")
    try:
        return (terminal.read_line() or "").strip()
    except EndOfInputError:
        raise InputCancelledError("nothing was typed") from None


def piped_secrets(count: int) -> list[str]:
    """
    Read *count* lines from standard input; what is missing is "".

    Raises:
        ConfigError: somebody would have to type them where they are seen.
    """
    if sys.stdin.isatty():
        raise ConfigError(
            "standard input is a terminal, which shows what is typed",
            hint="leave --password-stdin out to be asked",
        )
    lines = sys.stdin.buffer.read(MAX_FILE).decode("utf-8", "replace").splitlines()
    return [*lines[:count], *[""] * (count - len(lines))]


def _require_terminal(what: str) -> None:
    if not sys.stdin or not sys.stdin.isatty():
        raise ConfigError(
            f"nobody can be asked for {what}: standard input is no terminal",
            hint="use --username with --password-env VAR, or with --password-stdin",
        )


def _require_owner_alone(path: Path) -> None:
    # On Windows the profile folder's own permissions keep others out.
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(
            f"others on this machine can read the private key {path}", hint=f"chmod 600 {path}"
        )


def _key_in(content: bytes, path: Path) -> str | Mapping[str, str]:
    from pydantic import TypeAdapter, ValidationError

    try:
        if content.lstrip().startswith(b"{"):
            return TypeAdapter(dict[str, str]).validate_json(content)
        return content.decode("ascii")
    except (ValidationError, UnicodeDecodeError):
        raise ConfigError(f"{path} is no private key", hint="it is PEM text, or one JWK") from None
