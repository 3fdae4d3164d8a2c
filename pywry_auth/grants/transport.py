"""Requests to a resource with a manager's token."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Unpack

import httpx

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError, TransportError
from pywry_auth.grants.kinds.arguments import require_kind
from pywry_auth.grants.requests.addresses import BaseAddress
from pywry_auth.grants.requests.bearer import BearerAuth, TokenSource
from pywry_auth.grants.requests.rate_limiter import RateLimiter
from pywry_auth.grants.requests.request_options import RequestOptions
from pywry_auth.grants.requests.transport_settings import TransportSettings
from pywry_auth.grants.requests.verdict import Failure, broken_off
from pywry_auth.http_auth.httpx_flow import took_token_of_ours
from pywry_auth.http_auth.replay import Body, body_of, sources_of
from pywry_auth.protocol.answers import Backoff, may_be_repeated, shown_url
from pywry_auth.protocol.refusal import UNAUTHORIZED


__all__ = ("AuthTransport", "BearerAuth", "RateLimiter", "TransportSettings")

logger = logging.getLogger(__name__)


class AuthTransport:
    """
    Asks a resource with a manager's token; for any number of threads.

        api = AuthTransport(manager, http=client, base_url="https://api.example.com/v1")
        jobs = api.request("GET", "/jobs").json()
        with api.stream("GET", "/jobs/7/result") as result:
            for piece in result.iter_bytes():
                file.write(piece)

    The token goes to the origin of *base_url* and to *allowed_origins*; whatever is asked elsewhere
    is asked without it, and it never follows a redirect to another origin. After 401 the token is
    renewed and the request made once more. What may pass by itself (429, 502, 503, 504, no answer)
    is tried again after a while, where nothing can be done twice by that: methods that are
    idempotent (RFC 9110 section 9.2.2), bodies that can be read again.

    An answer below 400 is given back; redirects are followed as *http* does it.

    Args:
        manager: who holds the tokens.
        http: the client to ask with; it is not closed.
        base_url: what relative addresses are added to; that of *http* when left out.
        allowed_origins: where else the token may go, like ``"https://files.example.com"``. Without
            any, and without *base_url*, only the origin of the first request is trusted.
        settings: how patiently, and how often.
        clock: tells the time.
        sleep: waits for that many seconds.

    Raises:
        ConfigError: an address is not encrypted, or is none.
    """

    def __init__(
        self,
        manager: TokenSource,
        *,
        http: httpx.Client,
        base_url: str = "",
        allowed_origins: Sequence[str] = (),
        settings: TransportSettings | None = None,
        clock: Clock = SYSTEM_CLOCK,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        require_kind(http, httpx.Client, "http", "an httpx.Client")
        self._settings = settings = settings or TransportSettings()
        require_kind(settings, TransportSettings, "settings", "TransportSettings(...)")
        self._base = BaseAddress(base_url or str(http.base_url))
        self._auth = BearerAuth(manager, allowed_origins=self._base.allowed(allowed_origins))
        self._manager = manager
        self._http = http
        self._backoff = Backoff(settings.backoff_factor, settings.backoff_cap)
        self._streams = threading.BoundedSemaphore(settings.max_streams)
        per_minute = settings.requests_per_minute
        self._limiter = (
            None if per_minute is None else RateLimiter(per_minute, clock=clock, sleep=sleep)
        )
        self._now = clock.now
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"AuthTransport({self._manager!r}, base_url={str(self._base)!r})"

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        follow_redirects: bool | None = None,
        **options: Unpack[RequestOptions],
    ) -> httpx.Response:
        """
        Ask, and read the answer whole.

        Args:
            method: the HTTP method.
            url: relative to *base_url*, or a whole address.
            headers: further ones; with ``Authorization`` among them no token is added.
            idempotent: whether it may be made twice; by the method when left out.
            follow_redirects: in place of what *http* does.
            options: what ``httpx.Client.request`` takes.

        Raises:
            ReauthRequiredError: the resource refused a token that was got just now.
            RateLimitError: it was asked too often (429), with ``retry_after``.
            NotFoundError: 404.
            QuotaExceededError: 403, and it speaks of a quota.
            ServerError: 5xx.
            HTTPStatusError: any other status of 400 and more.
            TransportError: no answer came.
            TokenError: there is no token; see ``TokenManager.authorization_header``.
            ConfigError: the address, or an option, is wrong.
        """
        request = self._request(method, url, headers, options)
        return self._answer(
            self._call(request, idempotent=idempotent, follow_redirects=follow_redirects),
            stream=False,
        )

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        follow_redirects: bool | None = None,
        **options: Unpack[RequestOptions],
    ) -> Generator[httpx.Response, None, None]:
        """
        Ask, and give the answer to be read piece by piece; it is closed at the end.

        What is read already is never asked for again.

        Args:
            method: as for ``request``, as all the others are.
            url: the same.
            headers: the same.
            idempotent: the same.
            follow_redirects: the same.
            options: the same.

        Raises:
            TransportError: no answer came, it broke off, or too many streams are open for longer
                than ``request_timeout``.
            HTTPStatusError: as for ``request``, as all others are.
        """
        request = self._request(method, url, headers, options)
        call = self._call(request, idempotent=idempotent, follow_redirects=follow_redirects)
        if not self._streams.acquire(timeout=self._settings.request_timeout):
            raise TransportError(
                f"{self._settings.max_streams} streams are open already",
                hint="close one first, or allow more: TransportSettings(max_streams=...)",
            )
        try:
            response = self._answer(call, stream=True)
            try:
                with broken_off(response):
                    yield response
            finally:
                response.close()
        finally:
            self._streams.release()

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        options: RequestOptions,
    ) -> httpx.Request:
        options.setdefault("timeout", self._settings.request_timeout)
        address = self._base.joined(url)
        return self._http.build_request(method, address, headers=headers, **options)

    def _call(
        self, request: httpx.Request, *, idempotent: bool | None, follow_redirects: bool | None
    ) -> "_Call":
        return _Call(
            request,
            body_of(*sources_of(request.stream)),
            may_be_repeated(request.method, idempotent=idempotent),
            self._http.follow_redirects if follow_redirects is None else follow_redirects,
        )

    def _answer(self, call: "_Call", *, stream: bool) -> httpx.Response:
        repeated = 0
        while True:
            came = self._once(call, stream=stream)
            if isinstance(came, httpx.Response):
                return came
            if not self._goes_on(call, came, repeated):
                raise came.error
            wait = self._backoff.delay(repeated, asked=came.asked)
            repeated += 1
            facts = {"url": call.shown, "reason": came.error.code, "wait": round(wait, 3)}
            logger.info("transport.again: %s, in %.1f s", came.error.message, wait, extra=facts)
            self._sleep(wait)

    def _goes_on(self, call: "_Call", failure: Failure, repeated: int) -> bool:
        may = failure.may_pass and call.may_be_repeated and repeated < self._settings.max_retries
        return may and call.body.rewind()

    def _once(self, call: "_Call", *, stream: bool) -> httpx.Response | Failure:
        if self._limiter is not None:
            self._limiter.acquire()
        try:
            response = self._sent(call, stream=stream)
        except (httpx.HTTPError, OSError) as exc:
            return Failure.of_network(call.shown, exc)
        except httpx.StreamError:
            raise ConfigError(
                "the body was used up before the request could be sent again",
                hint="give bytes, or a file that can be rewound",
            ) from None
        failure = Failure.of_answer(
            response,
            now=self._now(),
            known=self._secrets_of(response),
            could_repeat=call.body.lasts,
        )
        return response if failure is None else failure

    def _sent(self, call: "_Call", *, stream: bool, renewed: bool = False) -> httpx.Response:
        if self._http.is_closed:
            raise ConfigError(
                "the client that requests go through is closed",
                hint="keep the httpx.Client open for as long as its AuthTransport is used",
            )
        try:
            return self._http.send(
                call.request, auth=self._auth, follow_redirects=call.follow, stream=stream
            )
        except httpx.HTTPStatusError as exc:
            # A hook of the application's client raised it, before anybody could renew the token.
            answer = exc.response
        if renewed or answer.status_code != UNAUTHORIZED or not took_token_of_ours(answer.request):
            return answer
        self._manager.force_refresh(rejected=answer.request.headers["authorization"])
        return self._sent(call, stream=stream, renewed=True) if call.body.rewind() else answer

    def _secrets_of(self, response: httpx.Response) -> list[str]:
        sent = response.request.headers.get("authorization", "").rpartition(" ")[2]
        tokens = self._manager.tokens
        held = () if tokens is None else (tokens.access_token, tokens.refresh_token or "")
        return [sent, *held]


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, with how it may be made again."""

    request: httpx.Request
    body: Body
    may_be_repeated: bool
    follow: bool

    @property
    def shown(self) -> str:
        """Its address, as logs and errors may show it."""
        return shown_url(str(self.request.url))
