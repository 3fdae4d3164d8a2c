"""One token endpoint, asked in the name of one grant."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from pywry_auth.clock import Clock
from pywry_auth.errors import (
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenRefreshError,
    TransportError,
)
from pywry_auth.grants.device import DeviceCodeAuth, granted_by_device
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.refresh_token import RefreshTokenAuth
from pywry_auth.grants.renewal.known_secrets import KnownSecrets
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.grant import grant_request
from pywry_auth.protocol.token import program_hint, read_refreshed, refresh_request
from pywry_auth.protocol.wire import WireReply, WireRequest, printable
from pywry_auth.tokens import OAuthTokenSet


T = TypeVar("T")

SAID = 200  # characters of an answer that is no JSON


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """
    Where tokens come from.

    Attributes:
        grant: what to ask with.
        token_url: whom to ask.
        issuer: for whom the client's proof is made.
        send: exchanges one request for its reply, or raises ``TransportError``.
        clock: tells the time.
    """

    grant: TokenGrant
    token_url: str
    issuer: str
    send: Callable[[WireRequest], WireReply]
    clock: Clock

    def refresh(self, refresh_token: str) -> OAuthTokenSet:
        """
        Ask for fresh tokens (RFC 6749 section 6).

        Raises:
            ReauthRequiredError: the server refused the refresh token for good.
            RefreshTransportError: no usable answer arrived.
            TokenRefreshError: it refused otherwise, or its answer cannot be used.
        """
        proof = self._proof()
        # What is not said again would be all that was ever granted.
        less = self.grant.scope if isinstance(self.grant, RefreshTokenAuth) else ""
        request = _written(
            lambda: refresh_request(
                self.token_url,
                proof=proof,
                refresh_token=refresh_token,
                scope=less,
                resources=self.grant.resources,
            )
        )
        clean = KnownSecrets({"refresh_token": refresh_token}, proof)
        return self._tokens(request, refresh_token, clean)

    def grant_tokens(self, over: threading.Event) -> OAuthTokenSet:
        """
        Make the whole grant; *over* is set when nobody wants its tokens any more.

        Raises:
            ReauthRequiredError: the server refused what cannot be made once more.
            RefreshTransportError: no usable answer arrived.
            TokenRefreshError: the server refused otherwise, or its answer cannot be used.
            AuthenticationError: the person whose consent is needed did not give it.
        """
        if isinstance(self.grant, DeviceCodeAuth):
            return self._by_device(self.grant, over)
        fields, proof = self.grant.grant_data(), self._proof()
        request = _written(
            lambda: grant_request(
                self.token_url, fields=fields, proof=proof, resources=self.grant.resources
            )
        )
        clean = KnownSecrets(fields, proof)
        try:
            tokens = self._tokens(request, fields.get("refresh_token", ""), clean)
        except ReauthRequiredError as exc:
            # What was refused here is the grant itself, for example a password.
            kind = TokenRefreshError if self.grant.outlasts_refusal else ReauthRequiredError
            refusal = _refused(exc, kind) if self.grant.can_reauthenticate else exc
        else:
            return _with_scope(tokens, fields.get("scope", ""))
        raise refusal

    def _by_device(self, grant: DeviceCodeAuth, over: threading.Event) -> OAuthTokenSet:
        try:
            return granted_by_device(
                grant,
                token_url=self.token_url,
                issuer=self.issuer,
                send=self.send,
                clock=self.clock,
                wait=over.wait,
            )
        except TransportError as exc:
            raise RefreshTransportError(exc.message, hint=exc.hint) from None

    def _proof(self) -> ClientProof:
        auth = self.grant.client_auth()
        return _written(lambda: auth.proof(audience=self.issuer, now=self.clock.now()))

    def _tokens(
        self, request: WireRequest, refresh_token: str, clean: KnownSecrets
    ) -> OAuthTokenSet:
        try:
            reply = self.send(request)
        except RefreshTransportError:
            raise
        except TransportError as exc:
            raise RefreshTransportError(exc.message, hint=exc.hint) from None
        try:
            return read_refreshed(reply, now=self.clock.now(), refresh_token=refresh_token)
        except RefreshTransportError:
            raise
        except TokenRefreshError as exc:
            told = _in_words(exc, reply, clean)
        raise told  # not from within, as the error before it still holds what the server said


def _with_scope(tokens: OAuthTokenSet, requested: str) -> OAuthTokenSet:
    return tokens if tokens.scope or not requested else replace(tokens, scope=requested)


def _refused(error: ReauthRequiredError, kind: type[TokenRefreshError]) -> TokenRefreshError:
    return kind(
        error.message,
        error=error.error,
        error_description=error.error_description,
        hint="check what was sent: the user name, the password, the secret, the assertion",
        status=error.context.get("status"),
    )


def _in_words(error: TokenRefreshError, reply: WireReply, clean: KnownSecrets) -> TokenRefreshError:
    said = clean(error.error_description or "") or clean.word(error.error)
    said = said or printable(clean(_text(reply)), SAID) or error.message
    words = f"the token endpoint answered {reply.status}: {said}"
    if 200 <= reply.status < 300 and not error.error:  # noqa: PLR2004
        words = error.message  # what came with a success may hold whatever it likes
    return type(error)(
        words,
        error=clean.word(error.error),
        error_description=error.error_description and clean(error.error_description),
        hint=error.hint or program_hint(error.error or ""),
        status=reply.status,
    )


def _text(reply: WireReply) -> str:
    return reply.body.decode("utf-8", "replace")


def _written(make: Callable[[], T]) -> T:
    # Not told from within: the error says the whole text, which is a password here and there.
    with suppress(UnicodeError):
        return make()
    raise ConfigError(
        "what the grant says cannot be written as a form",
        hint="a part of it is no text; was it read in another encoding?",
    )
