"""One entry of the container: what a token unlocks, as a small HTTP client."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import ClassVar, NoReturn, Self, TypeVar, Unpack

import httpx
from pydantic import BaseModel, JsonValue, ValidationError

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import ConfigError, HTTPStatusError, RateLimitError
from pywry_auth.integrations.misspelt import note_misspelt
from pywry_auth.integrations.reaching.asking import NOT_ACCEPTED, Answer, Desk
from pywry_auth.integrations.reaching.channel import Channel
from pywry_auth.integrations.reaching.health import HealthCheck, Probe, no_token
from pywry_auth.integrations.reaching.listing import Listing, unlike
from pywry_auth.integrations.reaching.options import Query, RequestOptions, known
from pywry_auth.integrations.reaching.paging import OnePage, Paging, items_in
from pywry_auth.integrations.reaching.rate_limits import RateLimit, rate_limit_in
from pywry_auth.integrations.reaching.retrying import USUAL_BACKOFF
from pywry_auth.integrations.settings import ProviderSettings, read_as, require_settings
from pywry_auth.protocol.answers import Backoff, error_in
from pywry_auth.protocol.origin import safe_origin
from pywry_auth.protocol.wire import WireReply, retry_after


M = TypeVar("M", bound=BaseModel)

_UNAUTHORIZED, _FORBIDDEN = 401, 403


class Target:
    """
    Reaches one target with one set of settings.

    The token goes to the origin of the base URL and nowhere else; redirects that lead elsewhere
    are followed without it. A request of which nothing came is repeated where its method allows
    that. May be used on any event loop.

        async with GitHub(token=token) as github:
            print(await github.user())

    A subclass names its key, its settings and where it is; its constructor takes what this one
    takes. It may be used as it is for a server that has no class of its own.

    Args:
        settings: what it is reached with.
        http: a client of httpx that the caller closes; one is made when it is left out.
        fields: the fields of the settings, in place of *settings*.

    Raises:
        ConfigError: settings and fields were given, or the base URL is none; it is a
            ``ValueError``.
        TypeError: *settings* are none, like a token alone: write ``GitHub(token=token)``.
        ValidationError: a field cannot be used; it is named, its value is not shown.
    """

    #: the name under which the container holds it
    key: ClassVar[str] = ""
    settings_class: ClassVar[type[ProviderSettings]] = ProviderSettings
    #: where it is, unless the settings say something else
    usual_base_url: ClassVar[str] = ""
    #: how its lists go on
    paging: ClassVar[Paging] = OnePage()
    backoff: ClassVar[Backoff] = USUAL_BACKOFF
    clock: ClassVar[Clock] = SYSTEM_CLOCK

    def __init__(
        self,
        settings: ProviderSettings | None = None,
        *,
        http: httpx.AsyncClient | Channel | None = None,
        **fields: object,
    ) -> None:
        if settings is not None and fields:
            raise ConfigError("settings and their fields were given at once", hint="give one")
        require_settings(settings)
        self._settings = (
            self.settings_class.model_validate(fields) if settings is None else settings
        )
        note_misspelt(self._name, fields, self.settings_class)
        read_as(self.settings_class, self._settings)
        if self.base_url and safe_origin(self.base_url) is None:
            raise ConfigError("base_url is no plain https address", hint="other alphabets: xn--")
        self._owns_channel = not isinstance(http, Channel)
        self._channel = http if isinstance(http, Channel) else Channel(http)
        self._rate_limit: RateLimit | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._settings!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a token and cannot be copied or pickled")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def settings(self) -> ProviderSettings:
        """What it is reached with: the very object that it was made from."""
        return self._settings

    @property
    def base_url(self) -> str:
        """Where it is."""
        return self._settings.base_url or self.usual_base_url

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the last answer that spoke of limits said; None before the first one."""
        return self._rate_limit

    def headers(self) -> Mapping[str, str]:
        """Give what every request says, besides who asks."""
        return {"accept": "application/json"}

    def probe(self) -> Probe:
        """Say how ``health_check`` asks."""
        return Probe("/")

    def refusal(self, reply: WireReply, url: str, now: float) -> HTTPStatusError | None:
        """
        Say what error an answer is; None where it is none.

        Args:
            reply: the answer.
            url: what was asked for.
            now: Unix time in seconds.
        """
        secrets = (self._settings.token,)
        error = error_in(reply, url=url, now=now, known=secrets, provider=self._name)
        if error is not None and reply.status == _UNAUTHORIZED:
            error.hint = NOT_ACCEPTED
        if type(error) is not HTTPStatusError or reply.status != _FORBIDDEN:
            return error
        limit = rate_limit_in(reply, now=now)
        wait = retry_after(reply, now=now)
        if wait is None and not (limit and limit.is_used_up):
            return error
        # Some (GitHub) forbid what they would only count elsewhere.
        return RateLimitError(
            status_code=error.status_code, url=error.url, body=error.body, provider=self._name
        ).asking_to_wait(wait)

    def over(self, settings: ProviderSettings) -> Self:
        """Give another one with other settings, which shares the connections of this one."""
        return type(self)(settings, http=self._channel)

    async def aclose(self) -> None:
        """Close the connections it made; a client, or a container, it was given stays open."""
        if self._owns_channel:
            await self._channel.aclose()

    async def request(
        self, method: str, path: str, **options: Unpack[RequestOptions]
    ) -> httpx.Response:
        """
        Send a request, and give its answer.

        Args:
            method: ``"GET"``, ``"POST"`` and so on.
            path: below the base URL; or a whole address at its origin.
            options: ``params``, ``headers``, one of ``json``, ``data``, ``content``, ``files``;
                ``timeout`` in seconds; ``idempotent`` says whether it may be repeated.

        Raises:
            HTTPStatusError: the answer is an error: ``RateLimitError``, ``QuotaExceededError``,
                ``NotFoundError``, ``ServerError`` or any other one.
            TransportError: nobody answered, or with more than 100 MiB.
            ConfigError: the path leads elsewhere, or the target is closed.
            TypeError: there is no such option.
        """
        answer = await self._answer(method, path, known(**options))
        if answer.error is not None:
            raise answer.error
        return answer.response

    async def read(self, model: type[M], path: str, *, params: Query | None = None) -> M:
        """
        Get what is at *path* as a *model*.

        Raises:
            TransportError: nobody answered, or something else came.
            HTTPStatusError: the answer is an error.
        """
        response = await self.request("GET", path, params=params)
        with suppress(ValidationError):
            return model.model_validate_json(response.content)
        raise unlike(self._name, model.__name__)  # that knows nothing of what came

    def pages(
        self, path: str, *, limit: int | None = None, **options: Unpack[RequestOptions]
    ) -> AsyncGenerator[JsonValue]:
        """
        Give a list piece by piece, each as the JSON that came.

        Args:
            path: where the list begins.
            limit: pieces at most; None gives all.
            options: as for ``request``; with ``json`` the pieces are asked for by POST, as some
                searches want it.

        Raises:
            TransportError: nobody answered, something else came, or the list leads to another
                server, in circles or nowhere.
            HTTPStatusError: an answer is an error.
        """
        listing = Listing(self._ask, self.paging, self._name, safe_origin(self.base_url))
        return listing.pieces(path, known(**options), limit)

    async def items(
        self,
        model: type[M],
        path: str,
        *,
        within: str = "",
        limit: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncGenerator[M]:
        """
        Give the items of a list, however many pieces it comes in.

        Args:
            model: what each of them is.
            path: where the list begins.
            within: the member of the answers that holds the items; "" where they are the list.
            limit: items at most; no piece is asked for in vain.
            options: as for ``pages``.
        """
        left = limit
        if left is not None and left <= 0:
            return
        async with aclosing(self.pages(path, **options)) as pieces:
            async for body in pieces:
                found = items_in(body, within)
                if found is None:
                    raise unlike(self._name, "a list")
                for one in found[:left]:
                    yield self._modelled(model, one)
                left = None if left is None else left - len(found)
                if left is not None and left <= 0:
                    return

    async def health_check(self) -> HealthCheck:
        """
        Ask whether the token is accepted; one request, repeated no oftener than the settings say.

        An answer that is an error is a result, no exception.

        Raises:
            TransportError: nobody answered.
            CredentialMissingError: there is no token to ask with.
            ConfigError: nobody knows where the target is, or it is closed.
        """
        if not (self._settings.token or self._channel.proves_itself):
            raise no_token(self._name)
        probe = self.probe()
        answer = await self._answer("GET", probe.path, {"params": probe.params})
        status = answer.response.status_code
        accepted = status in probe.accepts or (
            answer.error is None and not answer.response.is_redirect
        )
        return HealthCheck(
            ok=accepted,
            status=status,
            latency=answer.latency,
            provider=self._name,
            error="" if accepted or answer.error is None else answer.error.code,
            rate_limit=answer.limit,
        )

    @property
    def _name(self) -> str:
        return self.key or type(self).__name__

    async def _ask(self, method: str, path: str, options: RequestOptions) -> httpx.Response:
        return await self.request(method, path, **options)

    async def _answer(self, method: str, path: str, options: RequestOptions) -> Answer:
        desk = Desk(
            name=self._name,
            base_url=self.base_url,
            settings=self._settings,
            headers=self.headers(),
            channel=self._channel,
            refusal=self.refusal,
            backoff=self.backoff,
            clock=self.clock,
        )
        answer = await desk.answer(method, path, options)
        self._rate_limit = answer.limit or self._rate_limit
        return answer

    def _modelled(self, model: type[M], one: object) -> M:
        with suppress(ValidationError):
            return model.model_validate(one)
        raise unlike(self._name, model.__name__)
