"""Which window shows the page here, with the reason in words."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.window.base import WindowKind
from pywry_auth.window.browser import is_wsl


GUI_VARIABLES = ("PYWRY_AUTH_GUI", "PYWEBVIEW_GUI")
OWN_ENGINE = frozenset({"win32", "darwin"})
INSTALL = 'pip install "pywry-auth[qt]" gives the window'


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this machine, and this session on it, can show."""

    has_display: bool
    toolkits: tuple[str, ...]
    has_browser: bool
    has_terminal: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A window, with the sentence that tells the person why; "" for what they expect."""

    kind: WindowKind
    reason: str = ""


def choose(
    wanted: WindowKind,
    here: Surroundings,
    *,
    provider: str = "",
    refuses_embedded: bool = False,
) -> Choice:
    """
    Decide which window shows the page.

    Args:
        wanted: a window by name, or ``AUTO`` for the best there is.
        here: what can be shown.
        provider: its name, for the reason.
        refuses_embedded: the provider lets nobody sign in inside an application's window.

    Raises:
        ConfigError: the native window was asked for by name, and the provider refuses it.
        WindowError: what was asked for by name, or anything at all, cannot be shown here.
    """
    if wanted is WindowKind.AUTO:
        return _best(here, provider=provider, refuses_embedded=refuses_embedded)
    if wanted is WindowKind.WEBVIEW and refuses_embedded:
        raise ConfigError(
            f"{provider or 'this provider'} refuses sign-in inside an application's own window",
            hint="leave the window setting at auto, or set it to browser",
        )
    missing = _missing_for(wanted, here)
    if missing:
        raise WindowError(f"the {wanted} window cannot be shown: {missing}")
    return Choice(wanted)


def _best(here: Surroundings, *, provider: str, refuses_embedded: bool) -> Choice:
    why_not = _missing_for(WindowKind.WEBVIEW, here)
    if refuses_embedded:
        why_not = f"{provider or 'this provider'} accepts sign-in in a browser only"
    if not why_not:
        return Choice(WindowKind.WEBVIEW)
    for kind in (WindowKind.BROWSER, WindowKind.PASTE):
        if not _missing_for(kind, here):
            return Choice(kind, why_not)
    raise WindowError(
        f"no sign-in page can be shown: {why_not}; {_missing_for(WindowKind.BROWSER, here)}",
        hint="start the sign-in in a terminal, where the address can be pasted back, or show the "
        "person a code to enter elsewhere (DeviceFlow)",
        nowhere=True,
    )


def _missing_for(kind: WindowKind, here: Surroundings) -> str:
    match kind:
        case WindowKind.WEBVIEW if not here.has_display:
            return "there is no display"
        case WindowKind.WEBVIEW if not here.toolkits:
            return f"no window toolkit is installed ({INSTALL})"
        case WindowKind.BROWSER if not here.has_browser:
            return "no browser can be opened without a display"
        case WindowKind.PASTE if not here.has_terminal:
            return "standard input is no terminal"
        case _:
            return ""


def chosen_gui(env: Mapping[str, str], toolkits: tuple[str, ...]) -> str | None:
    """
    Give the toolkit to ask pywebview for; None where it has only its own.

    Raises:
        ConfigError: ``PYWRY_AUTH_GUI`` names something else.
    """
    for variable in GUI_VARIABLES:
        named = env.get(variable, "").lower()
        if named in {"qt", "gtk"}:
            return named
        if named and variable == GUI_VARIABLES[0]:
            raise ConfigError(f"{variable} is neither qt nor gtk")
    for toolkit in ("qt", "gtk"):
        if toolkit in toolkits:
            return toolkit
    return None


def look_around(env: Mapping[str, str] | None = None) -> Surroundings:
    """Look at this machine, without loading anything and without starting anything."""
    variables = os.environ if env is None else env
    return surroundings(
        variables,
        platform=sys.platform,
        toolkits=_toolkits(),
        has_terminal=_has_terminal(),
    )


def surroundings(
    env: Mapping[str, str],
    *,
    platform: str,
    toolkits: tuple[str, ...],
    has_terminal: bool,
) -> Surroundings:
    """Conclude from the facts what can be shown."""
    over_ssh = "SSH_CONNECTION" in env or "SSH_TTY" in env
    if platform in OWN_ENGINE:
        has_display = not over_ssh
    else:
        has_display = bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))
    # Somebody who sets BROWSER knows how pages are opened here (editors do so in containers). A
    # text browser is no help: it cannot run the provider's scripts.
    named = bool(env.get("BROWSER"))
    own = has_display or (is_wsl(env) and not over_ssh)
    return Surroundings(
        has_display=has_display,
        toolkits=("native",) if platform in OWN_ENGINE else toolkits,
        has_browser=named or own,
        has_terminal=has_terminal,
    )


def _toolkits() -> tuple[str, ...]:
    found: list[str] = []
    if _is_there("qtpy") and any(map(_has_web_engine, ("PySide6", "PyQt6"))):
        found.append("qt")
    if _is_there("gi"):
        found.append("gtk")
    return tuple(found)


def _has_web_engine(binding: str) -> bool:
    spec = find_spec(binding)
    if spec is None or spec.submodule_search_locations is None:
        return False
    # Asking for the submodule itself would load the binding.
    return any(
        any(Path(folder).glob("QtWebEngineWidgets*")) for folder in spec.submodule_search_locations
    )


def _is_there(module: str) -> bool:
    return find_spec(module) is not None


def _has_terminal() -> bool:
    try:
        return sys.stdin.isatty()
    except (AttributeError, ValueError):
        return False  # None under pythonw, or closed
