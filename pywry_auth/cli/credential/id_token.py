"""ID tokens that another program is to show as a credential."""

import time
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.credential.choosing import require_plain
from pywry_auth.cli.credential.refused import renew_next_time
from pywry_auth.cli.grants.grant_plan import account_for
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected
from pywry_auth.cli.token import fresh_tokens
from pywry_auth.errors import TokenError, TokenExpiredError
from pywry_auth.protocol.compact import part_of
from pywry_auth.protocol.renewal import BUFFER
from pywry_auth.tokens import OAuthTokenSet


class _Claims(BaseModel):
    exp: float


def fresh_id_token(selected: Selected, args: Arguments, output: Output) -> tuple[str, float]:
    """
    Give an ID token with some life left, then the Unix time in seconds at which it ends.

    It was verified when it came; who is shown it now verifies it again.

    Raises:
        TokenError: the provider gave none, or gives no fresh one without a person.
        CredentialMissingError: nobody is signed in.
    """
    account = account_for(selected, args.account)
    tokens = fresh_tokens(selected, account, output)
    found = _with_life(tokens, selected)
    if found is None:
        found = _with_life(_renewed(selected, account, tokens, output), selected)
    if found is None:
        raise TokenExpiredError(
            "the ID token has ended, and this provider gives no new one with a renewal",
            selected.name,
            hint=f"run pywry-auth login {selected.name}",
        )
    return found


def _renewed(
    selected: Selected, account: Account, tokens: OAuthTokenSet, output: Output
) -> OAuthTokenSet:
    """Strictly private: the access token may outlive the ID token that came with it."""
    renew_next_time(selected, account, tokens.access_token, output)
    try:
        return fresh_tokens(selected, account, output)
    except TokenError:
        return replace(tokens, expires_in=0)


def _with_life(tokens: OAuthTokenSet, selected: Selected) -> tuple[str, float] | None:
    if tokens.id_token is None:
        raise TokenError(
            f"{selected.name} gave no ID token",
            selected.name,
            hint="ask for the scope openid, or use the access token",
        )
    end = _end_of(tokens.id_token, selected.name)
    if end - time.time() <= BUFFER:
        return None
    return require_plain(tokens.id_token, selected.name), end


def _end_of(id_token: str, provider: str) -> float:
    try:
        return _Claims.model_validate_json(part_of(id_token, 1)).exp
    except ValidationError:
        raise TokenError("the ID token does not say when it ends", provider) from None
