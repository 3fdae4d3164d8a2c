"""The ``auth=`` object for httpx that a token manager feeds."""

import logging
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterable
from dataclasses import dataclass
from typing import NoReturn, Protocol, TypeVar, runtime_checkable

import httpx

from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.errors import ConfigError, TokenExpiredError
from pywry_auth.grants.kinds.arguments import require_kind
from pywry_auth.http_auth.exchange import ResourceAccess
from pywry_auth.http_auth.httpx_flow import async_flow, is_free, origin_of, sync_flow
from pywry_auth.http_auth.sealed_headers import require_sealing
from pywry_auth.http_auth.session import TokenSession
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_REMEMBERED = 100  # origins that were warned of; a program speaks to a handful


@runtime_checkable
class TokenSource(TokenSession, Protocol):
    """What is needed of a ``TokenManager``: a session that a caller who blocks may ask too."""

    def authorization_header(self) -> str:
        """Give the value of an ``Authorization`` header, renewed first if need be."""
        ...

    def force_refresh(self, *, rejected: str | None = None) -> str:
        """Give another one than the one that was refused."""
        ...


class BearerAuth(httpx.Auth):
    """
    Puts a manager's token on the requests of an httpx client, and renews it when it is refused.

        auth = BearerAuth(manager, allowed_origins=["https://api.example.com"])
        with httpx.Client(auth=auth) as client:
            jobs = client.get("https://api.example.com/jobs").raise_for_status().json()

    It keeps the rules of ``HttpxAuth``: after 401 the token is renewed once and the request
    repeated once; a second 401 is the caller's answer. The token never follows a redirect to
    another origin. A header ``Authorization`` that the caller set itself is left alone.

    Args:
        manager: who holds the tokens.
        allowed_origins: where they may go; exactly these. Where none is named, only the origin of
            the first request is trusted; requests to any other go without the token, and a warning
            in the log names it once.

    Raises:
        ConfigError: what is written is no origin, or *manager* is none.
    """

    def __init__(self, manager: TokenSource, *, allowed_origins: Iterable[str] = ()) -> None:
        require_sealing()
        hint = "for the session of a person use HttpxAuth"
        require_kind(manager, TokenSource, "manager", "a TokenManager", hint=hint)
        self._manager = manager
        origins = allowed_origins if isinstance(allowed_origins, str) else tuple(allowed_origins)
        self._lock = threading.Lock()
        self._warned: set[str] = set()
        self._faces = _Faces.made(manager, origins) if origins else None

    def __repr__(self) -> str:
        faces = self._faces
        origins = "nowhere yet" if faces is None else sorted(map(str, faces.of_thread.origins))
        return f"BearerAuth({self._manager!r}, allowed_origins={origins})"

    def __call__(self, *_: object) -> NoReturn:
        """Refuse, as requests calls its ``auth`` objects."""
        raise TypeError("for requests use RequestsAuth(manager, allowed_origins=[...])")

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """
        Send *request* as often as need be; called by ``httpx.Client``.

        Raises:
            TokenError: there is no token to be had; see ``TokenManager.authorization_header``.
            StoreError: the store cannot be read, and nothing is held.
        """
        faces = self._faces or self._trusting(request)
        if faces is None:
            return _untouched(request)
        return sync_flow(request, faces.of_thread, _here, self._passed_by)

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """
        Send *request* as often as need be; called by ``httpx.AsyncClient``.

        Raises:
            TokenError: there is no token to be had; see ``TokenManager.authorization_header``.
            StoreError: the store cannot be read, and nothing is held.
        """
        faces = self._faces or self._trusting(request)
        if faces is None:
            return _untouched_async(request)
        return async_flow(request, faces.of_loop, self._passed_by)

    def _trusting(self, request: httpx.Request) -> "_Faces | None":
        """Strictly private: trust the origin of the first request that may be given a token."""
        origin = origin_of(request.url)
        if origin is None or not is_free(request):
            self._passed_by(request)
            return None
        with self._lock:
            self._faces = self._faces or _Faces.made(self._manager, [str(origin)])
            return self._faces

    def _passed_by(self, request: httpx.Request) -> None:
        if is_free(request):  # else it is left alone by the caller's own wish
            self._warn(request.url)

    def _warn(self, url: httpx.URL) -> None:
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with self._lock:
            if origin in self._warned or len(self._warned) >= MAX_REMEMBERED:
                return
            self._warned.add(origin)
        logger.warning(
            "grants.token_withheld: no token goes to %s; if it may, name it in allowed_origins, "
            "always with https",
            origin,
            extra={"origin": origin},
        )


@dataclass(frozen=True, slots=True)
class _Faces:
    """The same tokens, for a client that blocks as well as for one that is awaited."""

    of_thread: ResourceAccess
    of_loop: ResourceAccess

    @classmethod
    def made(cls, manager: TokenSource, origins: Iterable[str]) -> "_Faces":
        def access(session: TokenSession) -> ResourceAccess:
            return ResourceAccess(session, origins=origins, on_step_up=None, clock=SYSTEM_CLOCK)

        return cls(access(_OfThread(manager)), access(manager))


class _OfThread:
    """A manager for a caller that blocks: nothing here is ever waited for, it is just done."""

    def __init__(self, manager: TokenSource) -> None:
        self._manager = manager

    def __repr__(self) -> str:
        return repr(self._manager)

    @property
    def tokens(self) -> OAuthTokenSet | None:
        return self._manager.tokens

    def fresh_tokens(self) -> OAuthTokenSet | None:
        self._manager.authorization_header()  # renewed first if need be: who blocks can wait here
        return self._manager.tokens

    async def get_access_token(self) -> str:
        return self._manager.authorization_header().rpartition(" ")[2]

    async def renew_rejected(self, access_token: str) -> OAuthTokenSet:
        self._manager.force_refresh(rejected=access_token)
        tokens = self._manager.tokens
        if tokens is None:
            raise TokenExpiredError("the tokens were cleared meanwhile")
        return tokens

    async def dpop_key(self) -> None:
        return None


def _here(work: Coroutine[object, object, T]) -> T:
    # On the caller's own thread: no loop, no other thread for a token that is there.
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    work.close()
    raise ConfigError("a blocking request waited for an event loop, where there is none")


def _untouched(request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
    yield request


async def _untouched_async(
    request: httpx.Request,
) -> AsyncGenerator[httpx.Request, httpx.Response]:
    yield request
