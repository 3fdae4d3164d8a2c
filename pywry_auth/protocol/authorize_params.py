"""Which further parameters an authorize URL may carry."""

from collections.abc import Mapping

from pywry_auth.errors import ConfigError


#: what no setting may put into an authorize URL
RESERVED_PARAMS = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)


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
            hint="every sign-in chooses these for itself; scopes has a setting of its own",
        )
    return dict(params)
