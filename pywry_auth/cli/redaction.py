"""What must not leave this machine in a file for somebody else."""

import getpass
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pywry_auth.json_value import is_array, is_object


REMOVED = "[removed]"

#: setting names whose value is never shown, whatever it is
SECRET_NAME = re.compile(
    r"(^|[_-])(secret|tokens?$|password|passwd|pwd|verifier|assertion|private|cookies?)($|[_-])"
    r"|client[_-]?secret|(access|refresh)[_-]?tokens?$|passphrase"
    r"|api[_-]?key|authorization$|nonce|^state$|^code$",
    re.IGNORECASE,
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>\\]+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)*")
_PREFIXED = re.compile(r"\b(gh[opsur]_|github_pat_|ya29\.|1//|GOCSPX-|xox[a-z]-|sk-)[\w.~+/-]{6,}")
# identifiers, no secrets
_GUID = r"(?![0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?!\w))"
_GOOGLE = r"(?!\.apps\.googleusercontent\.com)"
_LONG = re.compile(
    rf"(?<![\w/-]){_GUID}(?=[\w~+-]*\d)(?=[\w~+-]*[A-Za-z])[\w~+-]{{32,}}={{0,2}}(?![\w-]){_GOOGLE}"
)
_BEARER = re.compile(r"\b(bearer|dpop|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+")
_PARAMETER = re.compile(
    r"\b(code|state|nonce|code_verifier|client_secret|access_token|refresh_token|id_token"
    r"|device_code|user_code|request_uri|assertion|password)=[^&\s\"']+",
    re.IGNORECASE,
)
# As JSON or Python writes them. Not code, nor state: of errors and buttons, they help.
_MEMBER = re.compile(
    r"\b(code_verifier|client_?secret|access_?token|refresh_?token|id_token|device_code|assertion"
    r"|password|passphrase)(?=[\"' ]*:)[\"']?\s*:\s*[\"']?[^\s\"',}]+",
    re.IGNORECASE,
)
SHORTEST = 2  # characters; a shorter name of a user or machine would turn up in every word


class Redactor:
    """
    Takes out of texts what belongs to one person or one client.

    Args:
        secrets: what is known to be secret.
        home: the person's folder.
        names: of the person and the machine, with what stands for each.
    """

    def __init__(
        self, secrets: Iterable[str], *, home: str = "", names: Mapping[str, str] | None = None
    ) -> None:
        self._secrets = sorted({one for one in secrets if one}, key=len, reverse=True)
        self._home = home.rstrip("/\\")
        self._names = {
            re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", re.IGNORECASE): word
            for name, word in (names or {}).items()
            if len(name) >= SHORTEST
        }

    @classmethod
    def here(cls, secrets: Iterable[str]) -> "Redactor":
        """Make one that knows the person who runs this program."""
        home = str(Path.home())
        machine = socket.gethostname()
        short = machine.partition(".")[0]
        names = {Path.home().name: "[user]", machine: "[machine]", short: "[machine]"}
        with suppress(OSError, KeyError):  # an account without a name
            names[getpass.getuser()] = "[user]"
        return cls(secrets, home=home, names=names)

    def text(self, text: str) -> str:
        """Give *text* without any of it."""
        for secret in self._secrets:
            text = text.replace(secret, REMOVED)
        if self._home:
            text = text.replace(self._home, "~")
        text = _URL.sub(lambda found: _bare(found[0]), text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        for name, word in self._names.items():
            text = name.sub(word, text)
        return text

    def value(self, value: object, name: str = "") -> object:
        """Give a JSON *value*, the member *name* of something, without any of it."""
        if SECRET_NAME.search(name) and value and not isinstance(value, bool):
            return REMOVED
        if isinstance(value, str):
            return self.text(value)
        if is_object(value):
            return {self.text(key): self.value(one, key) for key, one in value.items()}
        if is_array(value):
            return [self.value(one, name) for one in value]
        return value


def _bare(url: str) -> str:
    """Strictly private: an address without user, query, fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return REMOVED
    rest = f"?{REMOVED}" if parts.query or parts.fragment else ""
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", "")) + rest


def _word_of(found: re.Match[str]) -> str:
    return f"{found[1]} {REMOVED}"


def _member_of(found: re.Match[str]) -> str:
    return f"{found[1]}={REMOVED}"


_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_PARAMETER, _member_of),
    (_MEMBER, _member_of),
    (_BEARER, _word_of),
    (_PREFIXED, REMOVED),
    (_JWT, REMOVED),
    (_LONG, REMOVED),
    (_EMAIL, "[address]"),
)
