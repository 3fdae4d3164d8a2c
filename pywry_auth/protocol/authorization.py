"""One attempt to sign in: the request, with the only judge of what answers it."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType
from urllib.parse import parse_qsl, urlsplit

from pywry_auth.errors import CallbackError
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.authorize_params import checked_further
from pywry_auth.protocol.skipped import NO_NONCE, UNKNOWN_ISSUER, Skipped
from pywry_auth.protocol.wire import printable


AuthorizationCode = NewType("AuthorizationCode", str)


#: what error words mean (RFC 6749 section 4.1.2.1, OIDC Core 3.1.2.6), for people
_PLAINLY = {
    "access_denied": "somebody said no on the provider's page",
    "login_required": "nobody is signed in at the provider",
    "consent_required": "the provider wants to be told that this application may know it",
    "interaction_required": "the provider wants to ask something first",
    "server_error": "something broke at the provider",
    "temporarily_unavailable": "the provider has too much to do just now",
    "invalid_scope": "the provider does not know what was asked for",
    "invalid_target": "the provider does not know a resource that was named",
    "invalid_client": "the provider does not believe that this is the application it knows",
    "invalid_dpop_proof": "the provider did not take the proof of this application's key",
    "unmet_authentication_requirements": "the provider cannot sign you in as strongly as asked",
    "unauthorized_client": "the provider does not let this application ask like this",
}

RANDOM_BYTES = 32  # 256 bits, so that no guess of state or nonce is worth a try
MAX_CALLBACK = 16 * 1024  # characters; some providers put a whole token into the code
_JUDGED = ("state", "iss", "error", "error_description", "code")


@dataclass(frozen=True, slots=True)
class CallbackParams:
    """
    The parameters of a redirect, as they arrived; nothing in here is trusted yet.

    Attributes:
        code: the authorization code, or None.
        state: what should be our state, or None.
        iss: who says to have answered (RFC 9207), or None.
        error: the error word (RFC 6749 section 4.1.2.1), or None.
        error_description: text for people, or None.
        repeated: names of judged parameters that came more than once.
    """

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None
    repeated: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, query: str) -> "CallbackParams":
        """
        Read a query string or a form body.

        Raises:
            ValueError: it is too long, or no form encoding at all.
        """
        if len(query) > MAX_CALLBACK:
            raise ValueError("the redirect is too long")
        query.encode()  # half a character, as terminals give them, is a ValueError too
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
        found: dict[str, str] = {}
        repeated: set[str] = set()
        for name, value in pairs:
            if name in found:
                repeated.add(name)
            elif name in _JUDGED:
                found[name] = value
        return cls(
            code=found.get("code"),
            state=found.get("state"),
            iss=found.get("iss"),
            error=found.get("error"),
            error_description=found.get("error_description"),
            repeated=frozenset(repeated),
        )

    @classmethod
    def from_text(cls, text: str) -> "CallbackParams":
        """
        Read what a person pasted: a whole redirect URL, or only its query.

        Raises:
            ValueError: it holds no parameters.
        """
        line = text.strip()
        query = urlsplit(line).query if "://" in line else line.lstrip("?")
        if "=" not in query:
            raise ValueError("this is not the address the browser ended on")
        return cls.parse(query)


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """
    Everything one attempt must remember between asking and being answered (RFC 6749 section 4.1).

    Attributes:
        redirect_uri: where the answer arrives; the same string goes to the token endpoint.
        state: 256 random bits that only the true answer repeats.
        nonce: 256 random bits that the ID token repeats, or ``NO_NONCE``.
        pkce: verifier and challenge, or ``NO_PKCE``.
        issuer: what ``iss`` must equal (RFC 9207), or ``UNKNOWN_ISSUER``.
        iss_announced: whether the metadata promises an ``iss`` in every answer.
        response_mode: ``"query"``, or ``"form_post"`` where that was asked for.
        further: what this attempt asks differently from the provider's settings, ``scope`` too.
    """

    redirect_uri: str
    state: str = field(repr=False)
    nonce: str | Literal[Skipped.NO_NONCE] = field(repr=False)
    pkce: PKCEChallenge | Literal[Skipped.NO_PKCE]
    issuer: str | Literal[Skipped.UNKNOWN_ISSUER]
    iss_announced: bool = False
    response_mode: str = "query"
    further: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @classmethod
    def begin(
        cls,
        redirect_uri: str,
        *,
        openid: bool,
        pkce: PKCEChallenge | Literal[Skipped.NO_PKCE],
        issuer: str | Literal[Skipped.UNKNOWN_ISSUER],
        iss_announced: bool = False,
        response_mode: str = "query",
        further: Mapping[str, str] | None = None,
    ) -> "AuthorizationRequest":
        """Draw fresh randomness for one attempt; *openid* says whether an ID token is asked for."""
        return cls(
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(RANDOM_BYTES),
            nonce=secrets.token_urlsafe(RANDOM_BYTES) if openid else NO_NONCE,
            pkce=pkce,
            issuer=issuer,
            iss_announced=iss_announced,
            response_mode=response_mode,
            further=checked_further(further or {}),
        )

    @property
    def challenge(self) -> PKCEChallenge | None:
        """The challenge, or None where it was left out by name."""
        return self.pkce if isinstance(self.pkce, PKCEChallenge) else None

    @property
    def code_verifier(self) -> str | None:
        """The verifier for the token endpoint; a secret."""
        return self.pkce.verifier if isinstance(self.pkce, PKCEChallenge) else None

    @property
    def sent_nonce(self) -> str | None:
        """The nonce the ID token must repeat, or None where none was sent."""
        return self.nonce if isinstance(self.nonce, str) else None

    @property
    def extra_params(self) -> dict[str, str]:
        """What the authorize URL needs beyond state and challenge."""
        params = dict(self.further)
        if isinstance(self.nonce, str):
            params["nonce"] = self.nonce
        if self.response_mode != "query":
            params["response_mode"] = self.response_mode
        return params

    def is_answered_by(self, params: CallbackParams) -> bool:
        """Say whether *params* carry our state, exactly once; anything else is a stranger's."""
        if params.state is None or "state" in params.repeated:
            return False
        return hmac.compare_digest(params.state.encode(), self.state.encode())

    def code_from(self, params: CallbackParams) -> AuthorizationCode:
        """
        Turn the answer into a code: first ``iss``, then ``state``, then ``error``, then ``code``.

        Raises:
            CallbackError: the answer is forged, mixed up, an error, or holds no code.
        """
        self._require_issuer(params)
        if not self.is_answered_by(params):
            raise CallbackError("this redirect does not belong to the sign-in under way")
        if params.repeated & {"iss", "error", "code"}:
            raise CallbackError("the redirect repeats a parameter that may come only once")
        if params.error is not None:
            raise refused_request(params.error, params.error_description)
        if not params.code:
            raise CallbackError("the redirect holds no code")
        if params.iss is None and self.iss_announced:
            raise CallbackError(
                "the redirect does not say which provider sent it, though the provider promised to",
                error="missing_iss",
            )
        return AuthorizationCode(params.code)

    def _require_issuer(self, params: CallbackParams) -> None:
        if params.iss is None or self.issuer is UNKNOWN_ISSUER:
            return
        if params.iss != self.issuer:  # a plain string comparison: RFC 9207 section 2.4
            raise CallbackError("another provider answered this sign-in", error="invalid_iss")


def refused_request(error: str, error_description: str | None) -> CallbackError:
    """Say that the provider refused an authorization request, whichever way it answered."""
    word = printable(error, 80)
    words = printable(error_description or "", 300)
    said = _PLAINLY.get(word, "the provider did not sign you in")
    return CallbackError(
        f"{said} ({word})" + (f": {words}" if words else ""),
        error=word,
        error_description=words or None,
    )
