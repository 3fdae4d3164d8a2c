"""What is done with one request of an httpx client until it is answered."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

import httpx

from pywry_auth.http_auth.exchange import Answer, Credentials, Exchange, Hop, ResourceAccess, Taken
from pywry_auth.http_auth.replay import Body, body_of, sources_of
from pywry_auth.http_auth.sealed_headers import SealedHeaders
from pywry_auth.protocol.origin import Origin, safe_origin
from pywry_auth.protocol.refusal import UNAUTHORIZED
from pywry_auth.protocol.resource import Carried, Remedy


T = TypeVar("T")

# An extension that httpx hands on to whatever request follows: tells our header from the caller's.
_MARK = "pywry_auth"
_IN_MEMORY = Body()
_AUTHORIZATION = b"authorization"
_LENGTH = len(_AUTHORIZATION)


class Runner(Protocol):
    """Carries something awaited out while the calling thread waits."""

    def __call__(self, work: Coroutine[object, object, T], /) -> T:
        """Give what *work* gives."""
        ...


def sync_flow(
    request: httpx.Request,
    access: ResourceAccess,
    run: Runner,
    passed_by: Callable[[httpx.Request], object] = bool,
) -> Generator[httpx.Request, httpx.Response, None]:
    """
    Send *request* as often as need be, for a caller that blocks.

    Args:
        request: what ``httpx.Client`` is about to send.
        access: whose token goes along, and where.
        run: for what takes more than a look at the tokens.
        passed_by: told of a request that gets no token.
    """
    sending = _Sending.of(request, access)
    if sending is None:
        passed_by(request)
        yield request
        return
    wanted = access.at_hand_of_thread() or run(sending.exchange.begin(_hop(request)))
    while True:
        response = yield sending.dressed(request, wanted)
        if sending.is_settled_by(response, wanted):
            return
        remedy, answer = sending.look_at(response)
        if remedy is Remedy.RETURN:
            return
        request = response.request
        made = run(sending.apply(remedy, request, answer))
        if made is None or not sending.can_repeat(request):
            return
        wanted = made


async def async_flow(
    request: httpx.Request,
    access: ResourceAccess,
    passed_by: Callable[[httpx.Request], object] = bool,
) -> AsyncGenerator[httpx.Request, httpx.Response]:
    """
    Send *request* as often as need be, for a caller on an event loop.

    Args:
        request: what ``httpx.AsyncClient`` is about to send.
        access: whose token goes along, and where.
        passed_by: told of a request that gets no token.
    """
    sending = _Sending.of(request, access)
    if sending is None:
        passed_by(request)
        yield request
        return
    wanted = access.at_hand() or await sending.exchange.begin(_hop(request))
    while True:
        response = yield sending.dressed(request, wanted)
        if sending.is_settled_by(response, wanted):
            return
        remedy, answer = sending.look_at(response)
        if remedy is Remedy.RETURN:
            return
        request = response.request
        made = await sending.apply(remedy, request, answer)
        if made is None or not sending.can_repeat(request):
            return
        wanted = made


def origin_of(url: httpx.URL) -> Origin | None:
    """Give the origin that httpx dials for *url*; None where no token may ever go."""
    # Put together from what httpx dials: no second reader of the address can see another host.
    return None if url.userinfo else _dialled(url.scheme, url.netloc)


def is_free(request: httpx.Request) -> bool:
    """Say whether *request* may be given a token: the caller set no header of its own."""
    # Not `in`, for which httpx decodes all of them.
    for name, _ in request.headers.raw:
        if len(name) == _LENGTH and name.lower() == _AUTHORIZATION:
            return _taken(request).carried is not Carried.NOT_OURS
    return True


def took_token_of_ours(request: httpx.Request) -> bool:
    """Say whether *request* was sent with a token of a session, not with a header of the caller."""
    return _taken(request).carried is Carried.ALL


@dataclass(slots=True)
class _Sending:
    """One call of the client, which may hold redirects that it follows by itself."""

    access: ResourceAccess
    origin: Origin | None
    stream: object
    body: Body
    since: int  # step-ups that had ended when it began
    begun: Exchange | None = None
    repeated: int = 0

    @classmethod
    def of(cls, request: httpx.Request, access: ResourceAccess) -> "_Sending | None":
        """Begin, unless this request is none of our business."""
        origin = origin_of(request.url)
        if not access.allows(origin) or not is_free(request):
            return None
        stream = request.stream
        body = _IN_MEMORY if type(stream) is httpx.ByteStream else body_of(*sources_of(stream))
        return cls(access, origin, stream, body, access.step_ups.ended)

    @property
    def exchange(self) -> Exchange:
        """What was done about this request; nearly always nothing is."""
        if self.begun is None:
            self.begun = Exchange(self.access, since=self.since)
        return self.begun

    @staticmethod
    def dressed(request: httpx.Request, credentials: Credentials) -> httpx.Request:
        """Put *credentials* on *request*, in place of older ones."""
        headers = request.headers
        if isinstance(headers, SealedHeaders):
            headers = httpx.Headers(headers)  # without what was sealed for the last time
        sealed = {} if credentials.proof is None else {"dpop": credentials.proof}
        if _goes_on_to_https(request.url):
            headers.pop("authorization", None)
            sealed["authorization"] = credentials.authorization
        else:
            headers["Authorization"] = credentials.authorization
        request.headers = SealedHeaders(headers, sealed) if sealed else headers
        request.extensions = {**request.extensions, _MARK: credentials}
        return request

    def is_settled_by(self, response: httpx.Response, credentials: Credentials) -> bool:
        """Say at once what is so nearly always: the token was taken, and there is no more to do."""
        # A nonce in the answer is of no use beside a token that needs no proof.
        if response.status_code == UNAUTHORIZED or response.history or credentials.proof:
            return False
        self.access.futility.accepted(self.origin, credentials.access_token)
        return True

    def look_at(self, response: httpx.Response) -> tuple[Remedy, Answer]:
        """Say what to do about what came back at last."""
        followed = response.history[self.repeated :]
        self.repeated += 1
        for redirect in followed:
            self.access.learn(_hop(redirect.request), _answer(redirect).nonce)
        hop, answer = _hop(response.request), _answer(response)
        # Who sent us here was a stranger: it must not have us act in the person's name.
        strayed = not all(self.access.allows(origin_of(one.request.url)) for one in followed)
        if strayed or not self.access.allows(hop.origin):
            return Remedy.RETURN, answer
        return self.exchange.remedy(hop, answer, _taken(response.request)), answer

    async def apply(
        self, remedy: Remedy, request: httpx.Request, answer: Answer
    ) -> Credentials | None:
        """Do something about the *answer* to *request*; None where that changes nothing."""
        return await self.exchange.apply(remedy, _hop(request), answer, _taken(request))

    def can_repeat(self, request: httpx.Request) -> bool:
        """Make ready to send *request* again; say whether that can be."""
        if request.stream is self.stream:
            return self.body.rewind()
        return body_of(*sources_of(request.stream)).lasts  # a redirect took the body away


def _goes_on_to_https(url: httpx.URL) -> bool:
    # httpx takes Authorization along from port 80 to port 443, another origin all the same.
    return url.scheme == "http" and url.port is None


def _hop(request: httpx.Request) -> Hop:
    return Hop(request.method, str(request.url), origin_of(request.url))


@lru_cache(maxsize=128)
def _dialled(scheme: str, netloc: bytes) -> Origin | None:
    return safe_origin(f"{scheme}://{netloc.decode('ascii')}")


def _answer(response: httpx.Response) -> Answer:
    headers = response.headers
    return Answer(
        response.status_code, headers.get("www-authenticate", ""), headers.get("dpop-nonce", "")
    )


def _taken(request: httpx.Request) -> Taken:
    found = request.headers.get("authorization")
    mark: object = request.extensions.get(_MARK)
    ours = isinstance(mark, Credentials) and mark.authorization == found
    return Taken.read(found, is_ours=ours, is_proven="dpop" in request.headers)
