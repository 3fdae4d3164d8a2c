"""The ``auth=`` object for requests."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypedDict, Unpack
from urllib.parse import urljoin

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError
from pywry_auth.http_auth.exchange import Answer, Credentials, Exchange, Hop, ResourceAccess, Taken
from pywry_auth.http_auth.replay import Body, body_of
from pywry_auth.http_auth.session import TokenSession
from pywry_auth.protocol.origin import safe_origin
from pywry_auth.protocol.refusal import StepUpChallenge
from pywry_auth.protocol.resource import Carried, Remedy
from pywry_auth.runtime import LOOP


try:
    from requests import PreparedRequest, RequestException, Response
    from requests.auth import AuthBase
except ImportError as exc:  # the base class is needed here, not in a constructor
    raise ConfigError(
        "RequestsAuth needs requests", hint='pip install "pywry-auth[requests]"'
    ) from exc


MAX_READ = 64 * 1024  # bytes of a refusal that are read, so that the connection can be used again


class RequestsAuth(AuthBase):
    """
    Puts a session's token on the requests of requests, and renews it when it is refused.

        auth = RequestsAuth(session, allowed_origins=["https://api.example.com"])
        with requests.Session() as client:
            profile = client.get("https://api.example.com/me", auth=auth).json()

    It keeps the same rules as ``HttpxAuth``: the token goes to the allowed origins only, also on
    redirects; a header that the caller set itself is left alone; after 401 the token is renewed
    once and the request repeated once; files are rewound, generators are not repeated.

    Args:
        session: who holds the tokens; a ``SessionManager`` or a ``TokenManager``.
        allowed_origins: where they may go, like ``"https://api.example.com:8443"``; exactly these.
        on_step_up: called off the loop, once for all requests of that moment, when a resource
            wants the person to sign in again or more strongly (RFC 9470); may block. It signs in,
            for example with ``AuthFlowManager``, or returns without having done so.
        clock: tells the time.

    Raises:
        ConfigError: no origin is allowed, what is written is none, or *session* is none.
    """

    def __init__(
        self,
        session: TokenSession,
        *,
        allowed_origins: Iterable[str],
        on_step_up: Callable[[StepUpChallenge], object] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._access = ResourceAccess(
            session, origins=allowed_origins, on_step_up=on_step_up, clock=clock
        )

    def __repr__(self) -> str:
        return f"RequestsAuth({self._access!r})"

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """
        Put the token on *r*; called by requests.

        Raises:
            TokenError: there is no token to be had; see ``SessionManager.get_access_token``.
            StoreError: the store cannot be read.
            AuthenticationError: the caller is on the package's own loop, which would wait for
                itself.
        """
        if not isinstance(r, PreparedRequest):  # pyright: ignore[reportUnnecessaryIsInstance] - httpx
            raise TypeError("for httpx use HttpxAuth(session, allowed_origins=[...])")
        hop = _hop(r)
        if not self._access.allows(hop.origin) or _taken(r).carried is Carried.NOT_OURS:
            return r
        exchange = Exchange(self._access)
        _dress(r, self._access.at_hand_of_thread() or LOOP.run(exchange.begin(hop)))
        r.register_hook("response", _Hearing(self._access, r.body, body_of(r.body), exchange))
        return r


class _Own(str):
    """A header's value that this module set, and may take away again."""

    __slots__ = ()


class _Sending(TypedDict, total=False):
    """How the session sends; handed to whoever repeats a request."""

    stream: bool
    timeout: float | tuple[float | None, float | None] | None
    verify: bool | str
    cert: str | tuple[str, str] | None
    proxies: dict[str, str] | None


@dataclass(slots=True, eq=False)
class _Hearing:
    """
    Hears the answer to one request, before requests follows a redirect.

    requests calls it once for each hop. When it is called again somebody sends the same prepared
    request once more, which begins afresh.
    """

    access: ResourceAccess
    source: object
    body: Body
    exchange: Exchange | None
    strayed: bool = False  # who redirected here is a stranger

    def __call__(self, response: Response, **sending: Unpack[_Sending]) -> Response:
        """Give the answer that the caller gets."""
        request = response.request
        # What was tried for one sending says nothing about the next.
        exchange, self.exchange = self.exchange or Exchange(self.access), None
        while (
            not self.strayed and (again := self._repeated(exchange, response, sending)) is not None
        ):
            again.history = [*response.history, response]
            response = again
        hop = _hop(request)
        if response.is_redirect:
            self._let_go(
                request, exchange, strayed=self.strayed or not self.access.allows(hop.origin)
            )
        _undress(request, response)
        return response

    def _repeated(
        self, exchange: Exchange, response: Response, sending: _Sending
    ) -> Response | None:
        request = response.request
        if not self.access.allows(_hop(request).origin):
            return None
        try:
            made = self._remedied(exchange, request, _answer(response))
        except BaseException:
            response.close()  # nobody else will
            raise
        if made is None or not self._can_repeat(request):
            return None
        _release(response)
        _dress(request, made)
        return response.connection.send(request, **sending)

    @staticmethod
    def _remedied(
        exchange: Exchange, request: PreparedRequest, answer: Answer
    ) -> Credentials | None:
        hop, taken = _hop(request), _taken(request)
        remedy = exchange.remedy(hop, answer, taken)
        if remedy is Remedy.RETURN:
            return None
        return LOOP.run(exchange.apply(remedy, hop, answer, taken))

    def _can_repeat(self, request: PreparedRequest) -> bool:
        if request.body is self.source:
            return self.body.rewind()
        return body_of(request.body).lasts  # a redirect took the body away

    def _let_go(self, request: PreparedRequest, exchange: Exchange, *, strayed: bool) -> None:
        # requests copies headers and hooks from here to the next hop.
        following = _Hearing(self.access, self.source, self.body, exchange, strayed=strayed)
        heard = [one for one in request.hooks["response"] if not isinstance(one, _Hearing)]
        request.hooks = {**request.hooks, "response": [following, *heard]}


def _dress(request: PreparedRequest, credentials: Credentials) -> None:
    request.headers["Authorization"] = _Own(credentials.authorization)
    request.headers.pop("DPoP", None)
    if credentials.proof is not None:
        request.headers["DPoP"] = _Own(credentials.proof)


def _undress(request: PreparedRequest, response: Response) -> None:
    # A proof is good for one request. The token stays unless requests is about to take it along to
    # another origin, which it does from port 80 to port 443.
    names = ["DPoP"]
    if response.is_redirect:
        onward = safe_origin(urljoin(response.url, response.headers["location"]))
        names += [] if onward == _hop(request).origin else ["Authorization"]
    for name in names:
        if isinstance(request.headers.get(name), _Own):
            del request.headers[name]


def _hop(request: PreparedRequest) -> Hop:
    # requests reads the host to dial from this very text with the same reader.
    url = request.url or ""
    return Hop((request.method or "").upper(), url, safe_origin(url))


def _answer(response: Response) -> Answer:
    headers = response.headers
    return Answer(
        response.status_code, headers.get("WWW-Authenticate", ""), headers.get("DPoP-Nonce", "")
    )


def _taken(request: PreparedRequest) -> Taken:
    found = request.headers.get("Authorization")
    text = found.decode("latin-1") if isinstance(found, bytes) else found
    return Taken.read(text, is_ours=isinstance(found, _Own), is_proven="DPoP" in request.headers)


def _release(response: Response) -> None:
    length = response.headers.get("Content-Length", "")
    try:
        if length.isdigit() and int(length) <= MAX_READ:
            _ = response.content
    except RequestException:
        pass  # it was cut off; the next request opens a connection of its own
    response.close()
