"""What the words of the standards mean, whoever says them."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import (
    CallbackError,
    ReauthRequiredError,
    RegistrationError,
    TokenError,
)


_RFC = "https://www.rfc-editor.org/rfc/"
_AUTHORIZE = f"{_RFC}rfc6749#section-4.1.2.1"
_TOKEN = f"{_RFC}rfc6749#section-5.2"
_DPOP = f"{_RFC}rfc9449"
_OPENID = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError"
_REGISTER = f"{_RFC}rfc7591#section-3.2.2"

_REGISTER_LOOPBACK = (
    "Register the redirect URI for this client, as a native application: "
    "http://127.0.0.1/callback. Where the provider compares ports too, register one and use "
    "callback=CallbackOptions(ports=(PORT,))."
)

_setup = partial(Entry, say=Say.SETUP, action=Action.DEVELOPER)

ENTRIES = (
    Entry(
        "invalid_grant_refresh",
        "session_ended",
        Say.SESSION_ENDED,
        Action.SIGN_IN,
        "The provider ended the session: the refresh token was revoked, has expired, or was used "
        "twice. Nothing to change if a person did it; otherwise look for a second copy of the "
        "tokens.",
        source=_TOKEN,
        words=("invalid_grant",),
        kinds=(ReauthRequiredError,),
    ),
    Entry(
        "invalid_grant",
        "code_used",
        Say.TOO_LATE,
        Action.RETRY,
        "The code had expired or was used before, or the provider found another redirect URI or "
        "verifier with it; something between may send the request twice.",
        source=_TOKEN,
        words=("invalid_grant",),
        kinds=(TokenError,),
    ),
    Entry(
        "access_denied",
        "access_denied",
        Say.DENIED,
        Action.SIGN_IN,
        "The person, or a rule of the provider, said no. Ask for fewer scopes at first, and for "
        "more when they are needed.",
        source=_AUTHORIZE,
        words=("access_denied",),
    ),
    Entry(
        "login_required",
        "interaction_required",
        Say.SIGN_IN_AGAIN,
        Action.SIGN_IN,
        "The provider wants to see the person, so nothing goes silently. Sign in interactively.",
        source=_OPENID,
        words=(
            "login_required",
            "interaction_required",
            "consent_required",
            "account_selection_required",
        ),
    ),
    _setup(
        "redirect_page",
        "redirect_uri_mismatch",
        fix=_REGISTER_LOOPBACK,
        source=f"{_RFC}rfc8252#section-7.3",
        pattern="redirect_uri'? (?:parameter )?(?:did|does) not match any|mismatching redirect uri",
        on_page=True,
    ),
    _setup(
        "redirect_uri",
        "redirect_uri_mismatch",
        fix=_REGISTER_LOOPBACK,
        source=f"{_RFC}rfc8252#section-7.3",
        words=("invalid_request", "invalid_redirect_uri"),
        pattern="redirect_uri",
        kinds=(CallbackError, TokenError),
    ),
    _setup(
        "invalid_client",
        "client_unknown",
        fix="Compare client_id, with its secret if it has one, with the provider's. A desktop "
        "application is a public client: register it so, and leave client_secret empty.",
        source=_TOKEN,
        words=("invalid_client",),
    ),
    _setup(
        "unauthorized_client",
        "client_not_allowed",
        fix="Let the provider allow this client the authorization code grant with refresh tokens "
        "(and the device grant, where that is used).",
        source=_TOKEN,
        words=("unauthorized_client",),
    ),
    _setup(
        "unsupported_response_type",
        "client_not_allowed",
        fix="Let the provider allow this client the authorization code grant (response_type "
        "code); an implicit or hybrid client is of the wrong kind.",
        source=_AUTHORIZE,
        words=("unsupported_response_type",),
    ),
    _setup(
        "invalid_scope",
        "scope_unknown",
        fix="Ask for what the provider knows and allows this client: compare scopes with its "
        "documentation.",
        source=_AUTHORIZE,
        words=("invalid_scope",),
    ),
    _setup(
        "invalid_target",
        "resource_unknown",
        fix="Compare resources with the identifiers that the provider knows, letter by letter.",
        source=f"{_RFC}rfc8707#section-2",
        words=("invalid_target",),
    ),
    Entry(
        "dpop_time",
        "clock_wrong",
        Say.CLOCK,
        Action.RETRY,
        "The provider found the time in the proof too far from its own. Compare this machine's "
        "clock with the real time.",
        source=f"{_DPOP}#section-4.3",
        words=("invalid_dpop_proof",),
        pattern=r"\biat\b|\bexpired|\btime|too far|\bfuture|\bpast",
    ),
    _setup(
        "invalid_dpop_proof",
        "proof_refused",
        fix="Compare this machine's clock with the real time, and the setting dpop with what the "
        "provider wants of this client.",
        source=f"{_DPOP}#section-5",
        words=("invalid_dpop_proof",),
    ),
    Entry(
        "use_dpop_nonce",
        "proof_refused",
        Say.SERVICE_BROKEN,
        Action.RETRY,
        "The provider wanted another nonce twice in a row; its servers may not share them.",
        source=f"{_DPOP}#section-8",
        words=("use_dpop_nonce",),
    ),
    Entry(
        "temporarily_unavailable",
        "service_busy",
        Say.BUSY,
        Action.RETRY,
        "Nothing to change; the provider asks to begin again, also where its page was open for "
        "too long.",
        source=_AUTHORIZE,
        words=("temporarily_unavailable",),
    ),
    Entry(
        "server_error",
        "service_broken",
        Say.SERVICE_BROKEN,
        Action.RETRY,
        "Something broke at the provider; its own log tells what.",
        source=_AUTHORIZE,
        words=("server_error",),
    ),
    _setup(
        "registration_redirect",
        "redirect_uri_mismatch",
        fix="The provider registers no such redirect URI. Give ClientMetadata redirect_uris that "
        "it allows, and application_type native for addresses on this machine.",
        source=_REGISTER,
        words=("invalid_redirect_uri",),
        kinds=(RegistrationError,),
    ),
    _setup(
        "registration_metadata",
        "registration_refused",
        fix="The provider does not register a client like that. Compare ClientMetadata with what "
        "its metadata announces.",
        source=_REGISTER,
        words=("invalid_client_metadata",),
        kinds=(RegistrationError,),
    ),
    _setup(
        "not_allowed_for_client",
        "client_not_allowed",
        fix="Let the provider allow this client what its error_description names: a grant type "
        "(authorization_code, refresh_token, device_code) or the response type code.",
        source=_TOKEN,
        words=("invalid_request",),
        pattern="not allowed for (?:this|the) client",
    ),
    _setup(
        "invalid_request",
        "request_refused",
        fix="The provider found the request malformed; its error_description says where. Compare "
        "authorize_params, scopes and the client's settings with its documentation.",
        source=_TOKEN,
        words=("invalid_request",),
    ),
)
