"""The single steps of the authorization code flow."""

import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from pywry_auth.errors import CallbackError, ConfigError, ReauthRequiredError, TokenRefreshError
from pywry_auth.integrations.flows.client_options import ClientOptions, Scope
from pywry_auth.protocol.authorization import AuthorizationRequest, CallbackParams
from pywry_auth.protocol.authorize_params import request_params
from pywry_auth.protocol.token import read_refreshed
from pywry_auth.protocol.wire import WireReply, is_loopback, with_query
from pywry_auth.tokens import OAuthTokenSet


#: how GitHub, HubSpot, Slack say ``invalid_grant`` of a refresh token in words of their own
DEAD_REFRESH_TOKEN = frozenset({"bad_refresh_token", "invalid_refresh_token"})
#: what no call may put into a token request
_RESERVED = frozenset(
    {
        "client_secret",
        "code",
        "code_verifier",
        "grant_type",
        "redirect_uri",
        "refresh_token",
        "scope",
    }
)


_NO_WAY_BACK = frozenset({"javascript", "data", "file", "vbscript", "blob"})


def as_option(scope: Scope | None) -> dict[str, object]:
    """Give *scope* as a client option; none where nobody said one."""
    if scope is None:
        return {}
    return {"scope": scope if isinstance(scope, str) else list(scope)}


def required(value: str, name: str) -> str:
    """
    Give *value* back.

    Raises:
        ConfigError: there is none.
    """
    if not value:
        raise ConfigError(f"there is no {name}", hint="the app credentials, or the call, name it")
    return value


def authorize_url(
    attempt: AuthorizationRequest,
    options: ClientOptions,
    words: list[str],
    further: Mapping[str, str],
) -> str:
    """
    Make the address that asks a person for *words* (RFC 6749 section 4.1.1); a secret.

    Raises:
        ConfigError: the answer would go over a network in the clear, or cannot be asked for.
    """
    _require_safe_return(attempt.redirect_uri)
    params = request_params(
        options.client_id,
        redirect_uri=attempt.redirect_uri,
        state=attempt.state,
        scopes=words,
        resources=(),
        pkce=attempt.challenge,
    )
    if words:
        params["scope"] = options.scope_separator.join(words)
    if not attempt.redirect_uri:
        del params["redirect_uri"]  # the one that is registered
    with suppress(UnicodeEncodeError):
        return with_query(options.authorization_url, {**params, **further})
    raise ConfigError("half a character cannot be sent", hint="look at state, scope, extra_params")


def _require_safe_return(redirect_uri: str) -> None:
    # Schemes of the application's own are fine (RFC 8252 section 7.1).
    scheme = redirect_uri.partition(":")[0].strip().lower()
    in_the_clear = scheme == "http" and not is_loopback(redirect_uri)
    if in_the_clear or scheme in _NO_WAY_BACK:
        raise ConfigError(
            "nobody should be sent back to this redirect_uri",
            hint="use https, http on 127.0.0.1, or a scheme of the application's own",
        )


def require_one(code: str | None, response: str | None) -> None:
    """
    Make sure that either a code or a whole response was given.

    Raises:
        ConfigError: neither was, or both.
    """
    if bool(code) == bool(response):
        raise ConfigError(
            "exchange needs one of code and authorization_response",
            hint="pass the address the person ended on as authorization_response",
        )


def answer_in(code: str | None, response: str | None, state: str | None) -> CallbackParams | None:
    """
    Give what arrived; None where it is a bare code that has to do without a state.

    Raises:
        CallbackError: *response* holds no answer, or one to another *state*.
    """
    if response is None:
        return None if state is None else CallbackParams(code=code, state=state)
    params = _read(response)
    if params is None:
        raise CallbackError(
            "the authorization_response is not where a browser ends",
            hint="pass the whole address the person was sent back to, or what follows its ?",
        )
    if state is not None and not _same(params.state or "", state):
        raise CallbackError(
            "the authorization_response belongs to another state",
            hint="finish with the state of the authorize that this person began",
        )
    return params


def _read(response: str) -> CallbackParams | None:
    # No error is raised while the one that knows the whole response is being handled.
    try:
        return CallbackParams.from_text(response)
    except ValueError:
        return None


def with_redirect(attempt: AuthorizationRequest, redirect_uri: str | None) -> AuthorizationRequest:
    """
    Give *attempt* with the redirect URI that is said only now.

    Raises:
        ConfigError: it is another one than was sent.
    """
    if redirect_uri is None or redirect_uri == attempt.redirect_uri:
        return attempt
    if attempt.redirect_uri:  # the server compares them (RFC 6749 section 4.1.3)
        raise ConfigError(
            "this is another redirect_uri than the one of authorize",
            hint="leave it out, and that one is repeated",
        )
    return replace(attempt, redirect_uri=redirect_uri)


def checked_fields(params: Mapping[str, str] | None) -> dict[str, str]:
    """
    Give further fields of a token request back.

    Raises:
        ConfigError: one of them is what makes each request safe, or has an argument of its own.
    """
    reserved = sorted(_RESERVED & set(params or {}))
    if reserved:
        raise ConfigError(
            f"token_params must not set {', '.join(reserved)}",
            hint="the flow sets them itself; scope and redirect_uri are arguments of the call",
        )
    return dict(params or {})


def read_renewed(reply: WireReply, *, now: float, refresh_token: str) -> OAuthTokenSet:
    """
    Read the answer to a refresh, as `read_refreshed`; refusals in other words count too.

    Raises:
        ReauthRequiredError: the server refused the refresh token for good.
        RefreshTransportError: the server says "not now".
        TokenRefreshError: anything else that is no token answer.
    """
    try:
        return read_refreshed(reply, now=now, refresh_token=refresh_token)
    except TokenRefreshError as exc:
        if exc.error not in DEAD_REFRESH_TOKEN:
            raise
        raise ReauthRequiredError(
            str(exc), error=exc.error, error_description=exc.error_description
        ) from None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
