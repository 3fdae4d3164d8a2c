"""Whether an application runs on somebody's desk or behind a web server."""

import inspect
from enum import Enum
from typing import Protocol, runtime_checkable


ASGI_ARGUMENTS = 3  # scope, receive, send


@runtime_checkable
class _SaysAuthMode(Protocol):
    @property
    def auth_mode(self) -> object: ...


@runtime_checkable
class _SaysMode(Protocol):
    @property
    def mode(self) -> object: ...


@runtime_checkable
class _SaysWindowMode(Protocol):
    @property
    def window_mode(self) -> object: ...


def is_deployed(app: object) -> bool:
    """
    Say whether *app* serves visitors: it says so, shows itself in browsers, or is an ASGI one.

    None is an application on the desk.
    """
    if isinstance(app, _SaysAuthMode) and _word(app.auth_mode) == "deploy":
        return True
    if isinstance(app, _SaysMode) and _word(app.mode) == "browser":
        return True
    if isinstance(app, _SaysWindowMode) and _word(app.window_mode) == "browser":
        return True
    return _is_asgi(app)


def _word(value: object) -> str:
    return (value.name if isinstance(value, Enum) else str(value)).lower()


def _is_asgi(app: object) -> bool:
    if inspect.isclass(app) or not callable(app):
        return False
    function = app if inspect.isroutine(app) else type(app).__call__
    if not inspect.iscoroutinefunction(function):
        return False
    try:
        parameters = inspect.signature(app).parameters
    except (TypeError, ValueError):
        return False
    return len(parameters) == ASGI_ARGUMENTS
