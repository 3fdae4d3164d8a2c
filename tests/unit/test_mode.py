"""On somebody's desk, or behind a web server."""

from enum import Enum
from types import SimpleNamespace

import pytest

from pywry_auth.flow.mode import is_deployed


class Mode(Enum):
    BROWSER = 1
    NATIVE = 2


async def asgi(scope, receive, send):
    """An ASGI application as a function."""


class Asgi:
    async def __call__(self, scope, receive, send):
        """An ASGI application as an object."""


async def coroutine_of_two(a, b):
    """No ASGI application."""


def wsgi(environ, start_response):
    """No ASGI application either."""


@pytest.mark.parametrize(
    "app",
    [
        SimpleNamespace(auth_mode="deploy"),
        SimpleNamespace(auth_mode="DEPLOY"),
        SimpleNamespace(mode="browser"),
        SimpleNamespace(mode=Mode.BROWSER),
        SimpleNamespace(window_mode="browser"),
        SimpleNamespace(window_mode=Mode.BROWSER),
        asgi,
        Asgi(),
    ],
    ids=repr,
)
def test_these_serve_visitors(app):
    assert is_deployed(app)


@pytest.mark.parametrize(
    "app",
    [
        None,
        object(),
        "browser",
        SimpleNamespace(auth_mode="native"),
        SimpleNamespace(auth_mode=None, mode=None),
        SimpleNamespace(mode=Mode.NATIVE),
        SimpleNamespace(window_mode="new_window"),
        wsgi,
        coroutine_of_two,
        Asgi,
        print,
        lambda *_: None,
    ],
    ids=repr,
)
def test_these_are_on_the_desk(app):
    assert not is_deployed(app)
