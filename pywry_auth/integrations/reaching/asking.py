"""From a request with its options to an answer with what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from pywry_auth.clock import Clock
from pywry_auth.errors import ConfigError, HTTPStatusError, RateLimitError
from pywry_auth.integrations.reaching.channel import Channel
from pywry_auth.integrations.reaching.options import RequestOptions
from pywry_auth.integrations.reaching.rate_limits import RateLimit, rate_limit_in, wait_asked
from pywry_auth.integrations.reaching.reading import ACCEPTED
from pywry_auth.integrations.reaching.retrying import Retrying
from pywry_auth.integrations.reaching.sending import Content, Errand, address_at, send, with_params
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.protocol.answers import Backoff, may_be_repeated
from pywry_auth.protocol.wire import WireReply
from pywry_auth.tokens import OAuthTokenSet


#: what to do about a token that a target refuses
NOT_ACCEPTED = (
    "the token is not accepted: open a new session, which renews a stored one that has ended, "
    "or connect the account again"
)
#: tells the error that a reply stands for, given the address and the time
Refusal = Callable[[WireReply, str, float], HTTPStatusError | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a target answered.

    Attributes:
        response: the answer itself.
        latency: seconds it took.
        error: what it would raise, or None.
        wait: seconds the target asked to wait, or None.
        limit: what it said about limits, or None.
    """

    response: httpx.Response = field(repr=False)
    latency: float
    error: HTTPStatusError | None
    wait: float | None
    limit: RateLimit | None


@dataclass(frozen=True, slots=True)
class Desk:
    """
    Everything that requests of one target have in common.

    Attributes:
        name: of the target, for messages.
        base_url: where it is.
        settings: what it is reached with.
        headers: what every request says.
        channel: how requests leave.
        refusal: tells what is an error.
        backoff: how long to wait between attempts.
        clock: tells the time.
    """

    name: str
    base_url: str
    settings: ProviderSettings
    headers: Mapping[str, str]
    channel: Channel
    refusal: Refusal
    backoff: Backoff
    clock: Clock

    async def answer(self, method: str, path: str, options: RequestOptions) -> Answer:
        """
        Send a request as often as the settings allow, and judge what came at last.

        Raises:
            TransportError: nobody answered.
            ConfigError: it leads elsewhere, or nothing may be sent.
        """
        errand = self._errand(method.upper(), path, options)
        repeats = may_be_repeated(method, idempotent=options.get("idempotent"))
        attempts = self.settings.retry_attempts if repeats else 0

        async def once() -> Answer:
            client = self.channel.client_for(errand.url)
            began = self.clock.monotonic()
            response = await send(client, errand)
            return self._judged(response, self.clock.monotonic() - began)

        return await Retrying(attempts, self.backoff).run(once, name=self.name)

    def _errand(self, method: str, path: str, options: RequestOptions) -> Errand:
        if not self.base_url:
            raise ConfigError(
                f"nobody knows where {self.name} is", hint="give base_url in its settings"
            )
        timeout = options.get("timeout")
        usual = {"user-agent": self.settings.user_agent, "accept-encoding": ACCEPTED}
        given = {name.lower(): value for name, value in (options.get("headers") or {}).items()}
        headers = {**usual, **self.headers, **given}
        return Errand(
            method=method,
            url=with_params(address_at(self.base_url, path), options.get("params")),
            # A header that the caller set itself is the caller's own business.
            authorization="" if "authorization" in headers else self._authorization(),
            timeout=self.settings.timeout if timeout is None else timeout,
            content=Content(
                headers=headers,
                json=options.get("json"),
                data=options.get("data"),
                content=options.get("content"),
                files=options.get("files"),
            ),
        )

    def _authorization(self) -> str:
        settings = self.settings
        if not settings.token:
            return ""
        tokens = OAuthTokenSet(settings.token, token_type=settings.token_type or "Bearer")
        return tokens.authorization_header

    def _judged(self, response: httpx.Response, latency: float) -> Answer:
        now = self.clock.now()
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = WireReply(response.status_code, headers, response.content)
        limit = rate_limit_in(reply, now=now)
        error = self.refusal(reply, str(response.request.url), now)
        wait = wait_asked(reply, limit, now=now)
        if isinstance(error, RateLimitError) and error.retry_after is None:
            error.asking_to_wait(wait)
        return Answer(response, latency, error, wait, limit)
