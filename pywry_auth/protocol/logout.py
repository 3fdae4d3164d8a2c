"""Signing out at the provider, in the provider's own page (OIDC RP-Initiated Logout 1.0)."""

import hmac
import secrets
from dataclasses import dataclass, field

from pywry_auth.protocol.authorization import RANDOM_BYTES, CallbackParams
from pywry_auth.protocol.wire import with_query


#: characters; servers take about 8000 of an address, and some put hundreds of groups into a token
MAX_HINT = 6000


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """
    Everything one logout must remember between asking and being answered (section 2).

    Attributes:
        end_session_url: the end-session endpoint.
        client_id: who asks; some providers want it beside the hint.
        redirect_uri: where the answer arrives, as it was registered; None asks for no answer.
        state: 256 random bits that only the true answer repeats.
        id_token_hint: an ID token of who is signed in; an ended one will do.
        logout_hint: which account, in the provider's words, or None.
    """

    end_session_url: str
    client_id: str
    redirect_uri: str | None
    state: str = field(repr=False)
    id_token_hint: str | None = field(default=None, repr=False)
    logout_hint: str | None = field(default=None, repr=False)

    @classmethod
    def begin(
        cls,
        end_session_url: str,
        *,
        client_id: str,
        redirect_uri: str | None,
        id_token_hint: str | None = None,
        logout_hint: str | None = None,
    ) -> "LogoutRequest":
        """Draw fresh randomness for one logout."""
        state = secrets.token_urlsafe(RANDOM_BYTES)
        return cls(end_session_url, client_id, redirect_uri, state, id_token_hint, logout_hint)

    @property
    def url(self) -> str:
        """The address that asks; a secret where it holds the hint."""
        hint = self.id_token_hint
        params = {
            # Without a hint the provider asks the person, which beats an address that is cut.
            "id_token_hint": hint if hint is not None and len(hint) <= MAX_HINT else None,
            "client_id": self.client_id,
            "logout_hint": self.logout_hint,
            "post_logout_redirect_uri": self.redirect_uri,
            "state": None if self.redirect_uri is None else self.state,
        }
        said = {name: value for name, value in params.items() if value is not None}
        return with_query(self.end_session_url, said)

    def is_answered_by(self, params: CallbackParams) -> bool:
        """Say whether *params* carry our state, exactly once (section 3)."""
        if params.state is None or "state" in params.repeated:
            return False
        return hmac.compare_digest(params.state.encode(), self.state.encode())
