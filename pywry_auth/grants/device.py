"""Tokens that a person grants on another device (RFC 8628)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pywry_auth.clock import Clock
from pywry_auth.errors import (
    AuthFlowCancelled,
    TokenError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import (
    default_auth,
    given,
    naming,
    require_function,
    required_client,
    scope_text,
    text,
)
from pywry_auth.grants.renewal.known_secrets import KnownSecrets
from pywry_auth.protocol.client_auth import ClientAuth, ClientProof
from pywry_auth.protocol.device import (
    DEVICE_GRANT,
    DeviceAuthorization,
    DevicePrompt,
    device_request,
    device_token_request,
    read_device_reply,
)
from pywry_auth.protocol.device_end import device_error
from pywry_auth.protocol.device_polling import (
    AskAgain,
    Denied,
    DeviceStep,
    Failed,
    Granted,
    after_failure,
    after_reply,
    first_step,
)
from pywry_auth.protocol.resources import checked_resources
from pywry_auth.protocol.token import program_hint
from pywry_auth.protocol.wire import WireReply, WireRequest, require_safe_url
from pywry_auth.tokens import OAuthTokenSet


@dataclass(frozen=True, slots=True, init=False)
class DeviceCodeAuth(TokenGrant):
    """
    A code that a person confirms on whatever device they like (RFC 8628).

    It cannot be made once more without that person; afterwards a refresh token keeps the session.

    Args:
        client_id: the client; one that may use this grant.
        device_url: the device authorization endpoint; https, or on this machine.
        scope: what is asked for, as one text or as words; "" leaves it to the server.
        show: told what the person is to see, on whatever thread asks for tokens. It must not wait
            for the person, as the code is asked about only after it.
        client_auth: how a confidential client proves itself, for example a ``SecretBasic``.
        audience: for whom the tokens are, for servers that take this parameter.
        resources: where the tokens will be used, for servers that want it named (RFC 8707).

    Raises:
        ConfigError: an argument is empty or of another kind, or the address is not safe.
    """

    client_id: str
    device_url: str
    scope: str
    show: Callable[[DevicePrompt], object] = field(repr=False)
    audience: str
    resources: Sequence[str]
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(
        self,
        client_id: str,
        *,
        device_url: str,
        scope: str | Iterable[str] = "",
        show: Callable[[DevicePrompt], object],
        client_auth: ClientAuth | None = None,
        audience: str = "",
        resources: Sequence[str] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "client_id", required_client(client_id, client_auth))
        put(self, "device_url", require_safe_url(device_url, "device_url"))
        put(self, "scope", scope_text(scope))
        put(self, "show", require_function(show, "show"))
        put(self, "audience", text(audience, "audience"))
        put(self, "resources", checked_resources(resources))
        put(self, "_client_auth", default_auth(client_id, client_auth))

    @property
    def can_reauthenticate(self) -> bool:
        """Never: a person is needed each time."""
        return False

    def grant_data(self) -> dict[str, str]:
        """Give the form fields that are known before there is a code (RFC 8628 section 3.4)."""
        return {"grant_type": DEVICE_GRANT, **naming(self._client_auth), **given(scope=self.scope)}

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth


def granted_by_device(
    grant: DeviceCodeAuth,
    *,
    token_url: str,
    issuer: str,
    send: Callable[[WireRequest], WireReply],
    clock: Clock,
    wait: Callable[[float], bool],
) -> OAuthTokenSet:
    """
    Get a code, have it shown, ask until the person has confirmed it.

    Args:
        grant: which client asks, where codes come from, who shows them.
        token_url: where tokens come from.
        issuer: for whom the client's proof is made: the issuer, or *token_url* again.
        send: exchanges one request for its reply, or raises ``TransportError``.
        clock: tells the time.
        wait: waits so many seconds, or until nobody wants the tokens any more; then it is True.

    Raises:
        AuthFlowCancelled: nobody wants the tokens any more.
        AuthFlowTimeout: nobody confirmed while the code was good.
        CallbackError: somebody said no on the provider's page.
        TokenTransportError: the provider could not be reached.
        TokenError: the provider refused, or its answer must not be believed.
    """
    asking = _Asking(grant, token_url, issuer, send, clock)
    authorization = asking.begin()
    step: DeviceStep = first_step(authorization, at=clock.monotonic())
    grant.show(authorization.prompt)
    while isinstance(step, AskAgain):
        if wait(max(0.0, step.at - clock.monotonic())):
            raise AuthFlowCancelled("nobody waits for the tokens any more")
        step = asking.step_after(step, authorization.device_code)
    if isinstance(step, Granted):
        return step.tokens
    raise device_error(step, life=authorization.expires_in)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Strictly private: the two endpoints, as one client asks them."""

    grant: DeviceCodeAuth
    token_url: str
    issuer: str
    send: Callable[[WireRequest], WireReply]
    clock: Clock

    def begin(self) -> DeviceAuthorization:
        grant, proof = self.grant, self._proof()
        request = device_request(
            grant.device_url,
            proof=proof,
            scope=grant.scope,
            further=given(audience=grant.audience),
            resources=grant.resources,
        )
        try:
            reply = self.send(request)
        except TransportError as exc:
            raise TokenTransportError(str(exc)) from None
        try:
            return read_device_reply(reply, device_url=grant.device_url, now=self.clock.now())
        except TokenTransportError:
            raise
        except TokenError as exc:
            told = KnownSecrets({}, proof).out_of(exc)
            told.hint = told.hint or (program_hint(told.error) if told.error else "")
        raise told  # not from within, as the error before it still holds what the server said

    def step_after(self, step: AskAgain, device_code: str) -> DeviceStep:
        proof = self._proof()
        request = device_token_request(
            self.token_url,
            proof=proof,
            device_code=device_code,
            resources=self.grant.resources,
        )
        try:
            reply = self.send(request)
        except TransportError:
            return after_failure(step.polling, at=self.clock.monotonic())
        following = after_reply(
            step.polling,
            reply,
            at=self.clock.monotonic(),
            now=self.clock.now(),
            requested_scope=self.grant.scope,
        )
        return _repeatable(following, KnownSecrets({"device_code": device_code}, proof))

    def _proof(self) -> ClientProof:
        return self.grant.client_auth().proof(audience=self.issuer, now=self.clock.now())


def _repeatable(step: DeviceStep, clean: KnownSecrets) -> DeviceStep:
    match step:
        case Denied(words):
            return Denied(words and clean(words))
        case Failed(error):
            told = clean.out_of(error)
            told.hint = told.hint or program_hint(told.error or "")
            return Failed(told)
        case _:
            return step
