"""The authorization code flow of OAuth 2, for accounts that a user connects."""

import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import ClassVar, Protocol

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import (
    AuthenticationError,
    ConfigError,
    RefreshTransportError,
    TokenTransportError,
    TransportError,
)
from pywry_auth.integrations.credentials.app_credentials import AppCredentials, OAuth2AppCredentials
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.flows.auth_flow import BaseAuthFlow
from pywry_auth.integrations.flows.client_options import ClientOptions, Scope, client_options
from pywry_auth.integrations.flows.granted import credentials_from, known_from
from pywry_auth.integrations.flows.oauth2_steps import (
    answer_in,
    as_option,
    authorize_url,
    checked_fields,
    read_renewed,
    require_one,
    required,
    with_redirect,
)
from pywry_auth.integrations.flows.pending import Pending, PendingAuthorizations
from pywry_auth.integrations.subjects import Subject, subject_key
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorization import (
    RANDOM_BYTES,
    AuthorizationRequest,
    CallbackParams,
)
from pywry_auth.protocol.authorize_params import checked_params
from pywry_auth.protocol.kept_secrets import secrets_kept
from pywry_auth.protocol.skipped import NO_NONCE, UNKNOWN_ISSUER
from pywry_auth.protocol.token import code_exchange, read_tokens, refresh_request
from pywry_auth.protocol.wire import WireReply, WireRequest


class Sender(Protocol):
    """What is needed of ``pywry_auth.http.HttpClient``, which is imported on first use."""

    async def send(self, request: WireRequest, *, within: float) -> WireReply:
        """Send *request*; *within* are seconds for everything."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class OAuth2Flow(BaseAuthFlow):
    """
    Connects an account by an authorization code (RFC 6749 section 4.1), always with PKCE S256.

    What was begun is remembered here, by ``state``, for ten minutes and for one answer. May be
    used from any thread and any event loop.

    Client options are the fields of ``OAuth2AppCredentials``, ``scope`` and ``timeout`` (seconds);
    those of a call beat those of the flow, which beat the app credentials.

    Args:
        app_credentials: the client registration.
        default_scope: what is asked for where a call does not say.
        client_kwargs: client options of every call.
        token_class: what an exchange gives; the provider's ``user_credentials_class``.
        authorize_params: further parameters of every authorize URL.
        provider: the name that errors carry.
        sender: sends the requests; the network when left out.
        clock: tells the time.

    Raises:
        TypeError: *app_credentials* know nothing of OAuth 2.
        ConfigError: a parameter is reserved, or an option does not exist.
    """

    kind: ClassVar[str] = "oauth2"

    def __init__(
        self,
        app_credentials: AppCredentials,
        *,
        default_scope: Scope | None = None,
        client_kwargs: Mapping[str, object] | None = None,
        token_class: type[UserCredentials] | None = None,
        authorize_params: Mapping[str, str] | None = None,
        provider: str = "",
        sender: Sender | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        if not isinstance(app_credentials, OAuth2AppCredentials):
            raise TypeError(
                f"an OAuth 2 flow needs OAuth2AppCredentials, not {type(app_credentials).__name__}"
            )
        self.app_credentials = app_credentials
        self.token_class = token_class or UserCredentials
        self._client = {**(client_kwargs or {}), **as_option(default_scope)}
        self._options()  # a mistake is told here, not at the first call
        self._authorize_params = checked_params(authorize_params or {})
        self._provider = provider or None
        self._sender = sender
        self._clock = clock
        self._pending = PendingAuthorizations(clock)

    async def authorize(
        self,
        *,
        state: str | None = None,
        scope: Scope | None = None,
        redirect_uri: str | None = None,
        extra_params: Mapping[str, str] | None = None,
        client_kwargs: Mapping[str, object] | None = None,
        subject: Subject | None = None,
    ) -> dict[str, str]:
        """
        Begin: give the address to send a person to, a secret, with the state its answer repeats.

        Args:
            state: what nobody can guess; drawn when left out.
            scope: what is asked for.
            redirect_uri: where the answer arrives.
            extra_params: further parameters of the address.
            client_kwargs: client options of this one attempt, its exchange too.
            subject: whose account it is to be; the answer then counts for nobody else. Without it,
                a program with several users keeps the state with the session of each, and passes
                that to ``exchange``: a stranger could have his own account connected otherwise.

        Returns:
            ``authorization_url`` and ``state``.

        Raises:
            ValueError: there is no authorization URL or client id, or a parameter is reserved.
        """
        whose = None if subject is None else subject_key(subject)
        options = self._options(client_kwargs)
        required(options.authorization_url, "authorization_url")
        required(options.client_id, "client_id")
        if state is not None and not state:
            raise ConfigError("the state is empty", hint="leave it out, and one is drawn")
        words = options.words(scope)
        attempt = AuthorizationRequest(
            redirect_uri=redirect_uri or options.redirect_uri,
            state=state or secrets.token_urlsafe(RANDOM_BYTES),
            # Nothing in the ID token is used here, but some servers give none without a nonce.
            nonce=secrets.token_urlsafe(RANDOM_BYTES) if "openid" in words else NO_NONCE,
            pkce=PKCEChallenge.generate(),
            issuer=options.issuer or UNKNOWN_ISSUER,
            iss_announced=options.announces_iss,
        )
        own = {**self._authorize_params, **checked_params(extra_params or {})}
        further = {**own, **attempt.extra_params}
        url = authorize_url(attempt, options, words, further)
        self._pending.put(Pending(attempt, " ".join(words), dict(client_kwargs or {}), whose))
        return {"authorization_url": url, "state": attempt.state}

    async def exchange(
        self,
        *,
        subject: Subject,
        code: str | None = None,
        authorization_response: str | None = None,
        redirect_uri: str | None = None,
        scope: Scope | None = None,
        token_params: Mapping[str, str] | None = None,
        client_kwargs: Mapping[str, object] | None = None,
        state: str | None = None,
    ) -> UserCredentials:
        """
        Buy credentials with the answer to what ``authorize`` began; they are not stored.

        Args:
            subject: whose account it is.
            code: the code of the answer, with *state*; without it where only one is waiting.
            authorization_response: the address the person ended on, or its query.
            redirect_uri: the one of ``authorize``, where that had none.
            scope: sent along, where a server wants that.
            token_params: further fields of the token request.
            client_kwargs: client options of this call.
            state: the state of the answer, as the program kept it.

        Raises:
            TypeError: *subject* is no string and no mapping.
            ValueError: neither or both of *code* and *authorization_response* were given.
            CallbackError: the answer is forged, used, too old, an error, or another provider's.
            TokenTransportError: nobody answered.
            TokenError: the server refused, or its answer cannot be used.
        """
        whose = subject_key(subject)
        require_one(code, authorization_response)
        extra = checked_fields(token_params)
        self._options(client_kwargs)  # a mistake in the program uses nothing up
        with self._named():
            params = answer_in(code, authorization_response, state)
            begun = self._pending
            pending = begun.take_only(whose) if params is None else begun.take(params, whose)
            attempt = with_redirect(pending.attempt, redirect_uri)
            params = params or CallbackParams(code=code, state=attempt.state)
            options = self._options(pending.client, client_kwargs)
            asked = pending.scope if scope is None else " ".join(options.words(scope))
            request = code_exchange(
                required(options.token_url, "token_url"),
                proof=options.proof({**extra, **options.as_field(scope)}, now=self._clock.now()),
                code=attempt.code_from(params),
                redirect_uri=attempt.redirect_uri,
                code_verifier=attempt.code_verifier,
            )
            try:
                reply = await self._http().send(request, within=options.timeout)
            except TransportError as exc:
                raise TokenTransportError(str(exc), self._provider) from None
            now, separator = self._clock.now(), options.scope_separator
            with secrets_kept(request):
                tokens = read_tokens(self.plain(reply), now=now, requested_scope=asked)
                return credentials_from(tokens, self.token_class, separator=separator)

    async def refresh(
        self,
        *,
        subject: Subject | None = None,
        credentials: UserCredentials | Mapping[str, object] | None = None,
        refresh_token: str | None = None,
        scope: Scope | None = None,
        token_params: Mapping[str, str] | None = None,
        client_kwargs: Mapping[str, object] | None = None,
    ) -> UserCredentials:
        """
        Buy fresh credentials in place of *credentials*; they are not stored.

        What the answer does not say stays as it was: refresh token, scope, further fields.

        Args:
            subject: whose account it is.
            credentials: what was stored.
            refresh_token: in place of the one in *credentials*.
            scope: part of what was granted, where less is wanted.
            token_params: further fields of the token request.
            client_kwargs: client options of this call.

        Raises:
            ValueError: there is no refresh token, or *credentials* cannot be read.
            ReauthRequiredError: the server refused the refresh token for good.
            RefreshTransportError: nobody answered; the refresh token is as good as before.
            TokenRefreshError: anything else.
        """
        if subject is not None:
            subject_key(subject)
        known = known_from(credentials, self.token_class)
        token = refresh_token or known.refresh_token
        if not token:
            raise ConfigError("there is no refresh token", hint="connect the account again")
        options = self._options(client_kwargs)
        extra = {**checked_fields(token_params), **options.as_field(scope)}
        with self._named():
            request = refresh_request(
                required(options.token_url, "token_url"),
                proof=options.proof(extra, now=self._clock.now()),
                refresh_token=token,
            )
            try:
                reply = await self._http().send(request, within=options.timeout)
            except TransportError as exc:
                raise RefreshTransportError(str(exc), self._provider) from None
            now, separator = self._clock.now(), options.scope_separator
            with secrets_kept(request):
                fresh = read_renewed(self.plain(reply), now=now, refresh_token=token)
                return credentials_from(fresh, self.token_class, separator=separator, known=known)

    async def close(self) -> None:
        """Close every connection; may be repeated, and the flow used again."""
        if self._sender is not None:
            await self._sender.close()

    def plain(self, reply: WireReply) -> WireReply:
        """Give the answer of a token endpoint as RFC 6749 words it; most are worded like that."""
        return reply

    def _options(self, *layers: Mapping[str, object] | None) -> ClientOptions:
        return client_options(self.app_credentials, self._client, *layers)

    def _http(self) -> Sender:
        if self._sender is None:
            from pywry_auth.http import HttpClient

            self._sender = HttpClient()
        return self._sender

    @contextmanager
    def _named(self) -> Generator[None]:
        try:
            yield
        except AuthenticationError as exc:
            exc.provider = exc.provider or self._provider
            raise
