"""A token endpoint with resources behind one transport of httpx, and a manager that asks it."""

from collections.abc import Callable
from urllib.parse import parse_qs

import httpx

from pywry_auth.grants import ClientCredentialsAuth, RefreshTokenAuth, TokenManager
from pywry_auth.testing.clock import VirtualClock


TOKEN_URL = "https://id.example.com/token"
API = "https://api.example.com"
ELSEWHERE = "https://elsewhere.example.net"


class World:
    """
    Gives ``access-1``, ``access-2`` … and answers as *answer* says.

    Args:
        answer: what any resource answers.
    """

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.clock = VirtualClock()
        self.answer = answer or self.accepting
        #: every request to a resource, as it was sent
        self.asked: list[httpx.Request] = []
        #: the form fields of every token request
        self.granted: list[dict[str, str]] = []
        #: seconds that somebody slept
        self.slept: list[float] = []
        self.accepts = {f"Bearer access-{number}" for number in range(1, 100)}
        self.refuses_grants = False
        self.http = self.client()

    def client(self, **options) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self.handle), **options)

    def async_client(self, **options) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.handle), **options)

    def manager(self, *, person=False, **options) -> TokenManager:
        """Give a manager; with *person* one whose grant cannot be made again."""
        grant = RefreshTokenAuth("refresh-0") if person else ClientCredentialsAuth("id", "secret")
        return TokenManager(grant, http=self.http, token_url=TOKEN_URL, clock=self.clock, **options)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            return self._token(request)
        request.read()
        # A copy: a request that is made again is changed in place.
        sent = httpx.Request(
            request.method, request.url, headers=request.headers.raw, content=request.content
        )
        self.asked.append(sent)
        return self.answer(request)

    def accepting(self, request: httpx.Request) -> httpx.Response:
        known = request.headers.get("authorization") in self.accepts
        return httpx.Response(200, json={"fine": True}) if known else httpx.Response(401)

    def expire_at_the_resource(self) -> None:
        """Let the resource take the next token only, though ours has not ended by our clock."""
        self.accepts = {f"Bearer access-{len(self.granted) + 1}"}

    @property
    def tokens(self) -> list[str | None]:
        """The ``Authorization`` headers that resources were shown, in order."""
        return [one.headers.get("authorization") for one in self.asked]

    def _token(self, request: httpx.Request) -> httpx.Response:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.granted.append(fields)
        if self.refuses_grants:
            return httpx.Response(400, json={"error": "invalid_grant"})
        number = len(self.granted)
        answer = {"access_token": f"access-{number}", "expires_in": 3600}
        if fields["grant_type"] == "refresh_token":
            answer["refresh_token"] = f"refresh-{number}"
        return httpx.Response(200, json=answer)


class InTurn:
    """Answers with one after another of what it was given, then for ever with the last."""

    def __init__(self, *answers: httpx.Response | Exception | int) -> None:
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content, request=request
        )
