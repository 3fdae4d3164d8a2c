"""The environment of the window's process, worked out from the parent's."""

import sys
from collections.abc import Mapping
from pathlib import Path


CHILD_MARK = "PYWRY_AUTH_CHILD"

#: what an application may have switched on for its own windows, and must not reach this one
DROPPED = frozenset(
    {
        "PYWEBVIEW_GUI",  # the choice is made by the parent
        "PYWEBVIEW_LOG",
        "QTWEBENGINE_REMOTE_DEBUGGING",
        "WEBKIT_INSPECTOR_SERVER",
        "WEBKIT_INSPECTOR_HTTP_SERVER",
        "PYTHONINSPECT",
        "PYTHONSTARTUP",
    }
)
DROPPED_FLAGS = (
    "--remote-debugging",
    "--remote-allow-origins",
    "--ignore-certificate-errors",
    "--disable-web-security",
    "--allow-running-insecure-content",
)
#: where no proxy may stand between: the redirect with the code goes there, in the clear
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
QUIET_FLAGS = ("--log-level=3",)


def child_environment(
    parent: Mapping[str, str],
    *,
    as_root: bool,
    package: Path,
    marked: bool,
    is_isolated: bool = False,
    offscreen: bool = False,
) -> dict[str, str]:
    """
    Give the environment for the window's process.

    Args:
        parent: the environment to start from.
        as_root: the user is root, for whom Chromium's sandbox refuses to start.
        package: the folder that holds this package, so that the child finds the same one.
        marked: the child is started through ``freeze_support``.
        is_isolated: the parent takes no word of the environment about Python (``python -I``).
        offscreen: nothing is to be seen, so Qt gets no connection to the screen at all.
    """
    env = {name: value for name, value in parent.items() if name not in DROPPED}
    if is_isolated:
        env = {name: value for name, value in env.items() if not name.startswith("PYTHON")}
        env["PYTHONNOUSERSITE"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    env["PYTHONPATH"] = _search_path(env.get("PYTHONPATH", ""), package)
    env |= _proxies(env)
    env["QTWEBENGINE_CHROMIUM_FLAGS"] = _flags(parent.get("QTWEBENGINE_CHROMIUM_FLAGS", ""))
    env.setdefault("QT_LOGGING_RULES", "*=false")
    env.setdefault("G_MESSAGES_DEBUG", "")
    if offscreen:
        env |= {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    # WebKitGTK's fast way to draw leaves windows blank with some graphics drivers, NVIDIA's first
    # of all, and nobody can tell from outside. A page with a form needs no speed.
    env.setdefault("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
    if as_root:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    if marked:
        env[CHILD_MARK] = "1"
    return {name: value for name, value in env.items() if value or name in parent}


def child_arguments(
    given: tuple[str, ...] | None, *, executable: str, frozen: bool
) -> tuple[str, ...]:
    """
    Give the command line of the window's process; it never holds anything of the sign-in.

    ``-P`` keeps a ``webview.py`` in the current folder from being imported.
    """
    if given:
        return given
    if frozen:
        return (executable,)
    return (executable, "-P", "-m", "pywry_auth.window.child") if executable else ()


def is_frozen() -> bool:
    """Tell whether this runs inside a packed application."""
    return vars(sys).get("frozen", False) is not False


def _search_path(inherited: str, package: Path) -> str:
    # An installed package is found anyway; its folder must not precede the standard library.
    if package.name in {"site-packages", "dist-packages"}:
        return inherited
    separator = ";" if sys.platform == "win32" else ":"
    return separator.join(part for part in (inherited, str(package)) if part)


def _proxies(env: Mapping[str, str]) -> dict[str, str]:
    # WebKitGTK sends even loopback through a proxy, unless it is told not to.
    if not any(name.lower().endswith("_proxy") for name in env):
        return {}
    spared = env.get("no_proxy") or env.get("NO_PROXY") or ""
    named = [word.strip() for word in spared.split(",") if word.strip()]
    every = ",".join([*named, *(host for host in THIS_MACHINE if host not in named)])
    return {"no_proxy": every, "NO_PROXY": every}


def _flags(inherited: str) -> str:
    kept = [flag for flag in inherited.split() if not flag.startswith(DROPPED_FLAGS)]
    return " ".join([*kept, *(flag for flag in QUIET_FLAGS if flag not in kept)])
