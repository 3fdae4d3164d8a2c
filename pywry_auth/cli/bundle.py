"""A file for whoever helps, with nothing secret in it."""

import io
import json
import locale
import logging
import os
import platform
import sys
import zipfile
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pywry_auth.cli.redaction import Redactor
from pywry_auth.errors import StoreError
from pywry_auth.private_files import replace_private
from pywry_auth.window.environment import is_frozen
from pywry_auth.window.ladder import look_around


LINES = 500  # of the log; a sign-in makes about thirty

PACKAGES = (
    "pywebview",
    "httpx",
    "keyring",
    "pydantic",
    "joserfc",
    "cryptography",
    "truststore",
    "SecretStorage",
    "PySide6",
    "PySide6-Essentials",
    "PyQt6",
    "PyGObject",
)

#: variables whose value says nothing of a person
SHOWN = (
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "PYWRY_AUTH_WINDOW",
    "PYWRY_AUTH_GUI",
    "PYWEBVIEW_GUI",
    "LANG",
    "QT_QPA_PLATFORM",
    "GDK_BACKEND",
)
#: variables of which only is told that they are set
NAMED = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_CONNECTION",
    "BROWSER",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CI",
    "WSL_DISTRO_NAME",
    "PYTHON_KEYRING_BACKEND",
)

ABOUT = """\
What pywry-auth doctor found on one machine, for whoever helps.

findings.txt    what was looked at, in words
findings.json   the same, with every fact
system.json     versions, platform, what windows can be shown
settings.json   the provider's settings
log.txt         what the package logged meanwhile

Taken out: secrets, tokens, mail addresses, the names of the person and the machine, whatever
follows the question mark in an address. Look into it all the same before you give it away.
"""

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class LogLines(logging.Handler):
    """Keeps the last lines that were logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one, with its facts."""
        facts = " ".join(f"{k}={v}" for k, v in vars(record).items() if k not in _USUAL)
        words = f"{record.levelname} {record.name} {record.getMessage()} {facts}"
        self.lines.append(words.rstrip())


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into the file; every text passes the redactor on its way."""

    findings: Mapping[str, object]
    told: Sequence[str]
    settings: Mapping[str, object] = field(repr=False)
    log: Sequence[str]
    redactor: Redactor = field(repr=False)

    def files(self) -> dict[str, str]:
        """Give the files, by name."""
        return {
            "README.txt": ABOUT,
            "findings.txt": self._lines(self.told),
            "findings.json": self._json({k: v for k, v in self.findings.items() if k != "system"}),
            "system.json": self._json(self.findings.get("system")),
            "settings.json": self._json(self.settings),
            "log.txt": self._lines(self.log or ["nothing was logged"]),
        }

    def _lines(self, lines: Sequence[str]) -> str:
        return "".join(f"{self.redactor.text(line)}\n" for line in lines)

    def _json(self, value: object) -> str:
        return json.dumps(self.redactor.value(value), indent=2, sort_keys=True) + "\n"


def write_bundle(path: Path, bundle: Bundle) -> None:
    """
    Write *bundle* as a zip file that only its owner can read.

    Raises:
        StoreError: it cannot be written there.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in bundle.files().items():
            archive.writestr(name, text)
    try:
        replace_private(path.absolute(), content.getvalue())
    except OSError as exc:
        raise StoreError(f"{path} cannot be written ({exc.strerror})", hint="name another") from exc


def describe_system() -> dict[str, object]:
    """Say what this program runs on; no variable's value that may be somebody's."""
    here = look_around()
    return {
        "pywry-auth": _version_of("pywry-auth"),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "encoding": {
            "stdout": _encoding(),
            "locale": locale.getpreferredencoding(do_setlocale=False),
        },
        "frozen": is_frozen(),
        "packages": {name: _version_of(name) for name in PACKAGES},
        "can_show": {
            "display": here.has_display,
            "toolkits": list(here.toolkits),
            "browser": here.has_browser,
            "terminal": here.has_terminal,
        },
        "keyring": _keyring_backend(),
        "variables": {name: os.environ[name] for name in SHOWN if name in os.environ},
        "variables_set": [name for name in NAMED if os.environ.get(name)],
    }


def _encoding() -> str:
    try:
        return sys.stdout.encoding
    except AttributeError:
        return ""  # there is no standard output


def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _keyring_backend() -> list[str] | str:
    from pywry_auth.token_store.keyring_entries import KeyringEntries

    try:
        return list(KeyringEntries("pywry-auth:doctor").backend_names())
    except StoreError as exc:
        return exc.message
