"""A sign-in that is a grant: a password, a token from elsewhere, a proof of the client."""

import time

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.grants.grant_making import GrantMaker, Typed
from pywry_auth.cli.grants.grant_plan import GrantPlan, is_set, text_of
from pywry_auth.cli.grants.granted import begun, keep, prepared, require_same
from pywry_auth.cli.grants.secret_sources import piped_secrets, secret_in, typed_name, typed_secrets
from pywry_auth.cli.login_words import new_table, remark, tell, written
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected, token_store
from pywry_auth.errors import (
    ConfigError,
    InputCancelledError,
    ReauthRequiredError,
    TokenRefreshError,
)
from pywry_auth.grants.grant import TokenGrant


PASSWORD, CODE = "Password for {who} at {name}", "One-time code"


def grant_login(selected: Selected, plan: GrantPlan, args: Arguments, output: Output) -> int:
    """
    Make the grant, whatever is kept, and replace that once it succeeded.

    Raises:
        TokenError: the provider refused; whoever was signed in is so still.
        CredentialMissingError: what is kept under this name was got elsewhere.
    """
    # Whatever can be found out to be wrong is found out before a person types a password.
    table = new_table(selected, args)
    provider = prepared(selected)
    maker = GrantMaker(selected, provider)
    who = plan.subject
    if plan.kind == "password":
        who = who or args.account or _username(selected)
    account = Account(selected.name, who, signed_in_at=time.time())
    stored = token_store(output).slot(account.key).load()
    require_same(provider, stored.origin if stored else None, selected)
    grant = _grant(selected, plan, maker, who, args)
    try:
        tokens = begun(provider, grant)
    except ReauthRequiredError as exc:
        # This was the sign-in: what was refused is what it was made with.
        raise TokenRefreshError(
            exc.message,
            selected.name,
            error=exc.error,
            error_description=exc.error_description,
            hint=_what_to_check(selected, plan),
        ) from None
    keep(account, tokens, output)
    written(table, output)
    code = tell(selected, account, tokens, output, window=plan.kind)
    if not plan.can_begin:
        remark(selected, account, tokens, args, output)
    return code


def _what_to_check(selected: Selected, plan: GrantPlan) -> str:
    """Strictly private: what this grant sent, and where it was taken from."""
    match plan.kind:
        case "password":
            return _check_password(selected)
        case "refresh_token":
            return f"check what {text_of(selected, 'refresh_token_env')} holds: it may be spent"
        case "token_exchange":
            where = text_of(selected, "subject_token_file") or text_of(
                selected, "subject_token_env"
            )
            return f"check the subject token in {where}, and --audience"
        case "jwt_bearer":
            return "check the assertion: its key, its subject, for whom it is"
        case _:
            return "check the client, and what proves which one it is"


def _check_password(selected: Selected) -> str:
    variable, code = text_of(selected, "password_env"), text_of(selected, "totp_env")
    password = f"the password in {variable}" if variable else "the password"
    if code:
        return f"check the user name, {password} and the one-time code in {code}"
    if is_set(selected, "totp"):
        return f"check the user name, {password} and the one-time code"
    return f"check the user name and {password}; if a one-time code is wanted too, add --totp"


def _grant(
    selected: Selected, plan: GrantPlan, maker: GrantMaker, who: str, args: Arguments
) -> TokenGrant:
    if plan.kind != "password":
        return maker.grant(plan.kind)
    return maker.grant(plan.kind, _typed(selected, who, args))


def _username(selected: Selected) -> str:
    found = typed_name(f"User name at {selected.name}")
    if not found:
        raise InputCancelledError("no user name was typed")
    return found


def _typed(selected: Selected, who: str, args: Arguments) -> Typed:
    wants_code = is_set(selected, "totp")
    variable, code_variable = text_of(selected, "password_env"), text_of(selected, "totp_env")
    if args.password_stdin:
        password, code = piped_secrets(2)
    elif variable:
        password, code = secret_in(variable, "password_env", "password"), ""
    else:
        questions = [PASSWORD.format(who=who, name=selected.name)]
        password, *codes = typed_secrets(*questions, *([CODE] * (wants_code and not code_variable)))
        code = codes[0] if codes else ""
    if code_variable:
        code = secret_in(code_variable, "totp_env", "one-time code")
    elif wants_code and not code and args.password_stdin:
        raise ConfigError(
            "there is no one-time code",
            hint="write it in a second line after the password, or use --totp-env VAR",
        )
    elif wants_code and not code:
        [code] = typed_secrets(CODE)
    if not password:
        raise ConfigError("there is no password", hint="nothing was sent; run it again")
    return Typed(who, password, code)
