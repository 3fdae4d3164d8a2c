"""The parameters of an authorization request."""

from collections.abc import Mapping, Sequence

from pywry_auth import protocol
from pywry_auth.errors import ConfigError


#: what no setting may put into an authorize URL
RESERVED_PARAMS = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "nonce",
        "redirect_uri",
        "request_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)


def checked_further(params: Mapping[str, str]) -> dict[str, str]:
    """
    Give what one attempt asks for besides, if it leaves alone what makes each sign-in safe.

    Raises:
        ConfigError: one of them does not; only the scope may differ from the settings.
    """
    return checked_params({n: v for n, v in params.items() if n != "scope"}) | dict(params)


def checked_params(params: Mapping[str, str]) -> dict[str, str]:
    """
    Give further parameters of the authorize URL back, if every sign-in may send them.

    Raises:
        ConfigError: one of them is what makes each sign-in safe, or has a setting of its own.
    """
    reserved = sorted(RESERVED_PARAMS & set(params))
    if reserved:
        raise ConfigError(
            f"authorize_params must not set {', '.join(reserved)}",
            hint="every sign-in chooses these for itself; scopes, resources have their own setting",
        )
    return dict(params)


def request_params(
    client_id: str,
    *,
    redirect_uri: str,
    state: str,
    scopes: Sequence[str],
    resources: Sequence[str],
    pkce: "protocol.PKCEChallenge | None",
) -> dict[str, str | Sequence[str]]:
    """Give what every authorization request says (RFC 6749 section 4.1.1, RFC 7636, RFC 8707)."""
    params: dict[str, str | Sequence[str]] = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if scopes:
        params["scope"] = " ".join(scopes)
    if resources:
        params["resource"] = resources
    if pkce is not None:
        params |= {"code_challenge": pkce.challenge, "code_challenge_method": pkce.method}
    return params
