"""A token endpoint that answers from a script, without a network."""

import threading
from urllib.parse import parse_qsl

import httpx


TOKEN_URL = "https://id.example/token"


class TokenServer:
    """
    Answers what *script* holds, one each, the last one for ever; without a script, good tokens.

    ``tokens(3600)`` makes a good answer, a status a bare one, an exception a broken network; a
    callable is given the request.
    """

    def __init__(self, *script):
        self._script = list(script)
        self._lock = threading.Lock()
        self._given = 0
        self.requests = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._answer))

    @property
    def forms(self):
        return [dict(parse_qsl(request.content.decode())) for request in self.requests]

    @property
    def grants(self):
        return [form["grant_type"] for form in self.forms]

    def then(self, *script):
        with self._lock:
            self._script = list(script)

    def _answer(self, request):
        with self._lock:
            self.requests.append(request)
            step = None if not self._script else self._script[0]
            if len(self._script) > 1:
                self._script.pop(0)
        if callable(step):
            step = step(request)
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, httpx.Response):
            return step
        if isinstance(step, int):
            return httpx.Response(step)
        members = {"access_token": True, "expires_in": 3600, "refresh_token": True} | (step or {})
        return httpx.Response(200, json=self._filled(members))

    def _filled(self, members):
        with self._lock:
            self._given += 1
            number = self._given
        named = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
        filled = {
            name: named.get(name) if value is True else value for name, value in members.items()
        }
        return {name: value for name, value in filled.items() if value is not None}


def refusal(error="invalid_grant", description=None, status=400):
    body = {"error": error} | ({"error_description": description} if description else {})
    return httpx.Response(status, json=body)
