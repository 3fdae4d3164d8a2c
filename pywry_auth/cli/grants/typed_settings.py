"""What was typed beside the settings of a provider, so that none of it is ignored."""

from dataclasses import dataclass

from pywry_auth.account_index import Account
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.grants.grant_plan import GrantPlan, plan_of, text_of
from pywry_auth.cli.grants.secret_sources import secret_in
from pywry_auth.cli.parser import UsageError
from pywry_auth.cli.selection import Selected, is_meant, login_line, option
from pywry_auth.errors import CredentialMissingError
from pywry_auth.tokens import OAuthTokenSet


PASSWORD, EXCHANGE = ("password",), ("token_exchange",)
#: settings that only some grants have
ONLY_OF = {
    "username": PASSWORD,
    "password_env": PASSWORD,
    "totp": PASSWORD,
    "totp_env": PASSWORD,
    "audience": ("client_credentials", "token_exchange"),
    "refresh_token_env": ("refresh_token",),
    "subject_token_env": EXCHANGE,
    "subject_token_file": EXCHANGE,
}
#: variables and files that are looked at before anything else
SECRETS = {
    "client_secret_env": "client secret",
    "password_env": "password",
    "totp_env": "one-time code",
    "refresh_token_env": "refresh token",
    "subject_token_env": "subject token",
}
OF_CLIENT = {"client_secret_env", "auth_method", "private_key_file", "alg", "key_id"}
#: what only says how somebody would sign in
OF_SIGN_IN = {"username", "password_env", "totp", "totp_env", "refresh_token_env"}


@dataclass(frozen=True, slots=True)
class Once:
    """A token that is asked for and not kept: what, for whom."""

    plan: GrantPlan
    account: Account


def once(selected: Selected, args: Arguments) -> Once | None:
    """
    Say whether the token must be another one than is kept; None where that will do.

    What a program asks for otherwise than providers.toml says may be more, or less, than its next
    call shall have: so it is not kept under the same name.

    Raises:
        UsageError: something that was typed means nothing here.
        ConfigError: it cannot be used.
        CredentialMissingError: a person has to sign in as was typed.
    """
    require_meaning(selected, args)
    plan = plan_of(selected)
    if args.no_store:
        plan = _storable_nowhere(selected, plan)
    elif plan is None or not _differs(plan, selected):
        _require_same_grant(selected, plan)
        _require_usable(selected)
        return None
    account = Account(selected.name, plan.subject)
    if not is_meant(account, args.account):
        raise CredentialMissingError(
            f"{args.account} is not who {plan.kind} gives a token of at {selected.name}",
            provider=selected.name,
            hint=f"leave --account out, or name {plan.subject}",
        )
    return Once(plan, account)


def require_possible(selected: Selected, args: Arguments) -> None:
    """
    Refuse what a sign-in would ignore, or keep where the next program does not expect it.

    Raises:
        UsageError: there is something.
    """
    require_meaning(selected, args)
    plan = plan_of(selected)
    if plan is None:
        return
    typed = {"--device": args.device, "--window": args.window, "--ports": args.ports}
    useless = [name for name, value in {**typed, "--timeout": args.timeout}.items() if value]
    if useless:
        raise UsageError(
            f"{useless[0]} is for people who sign in on a page, "
            f"and the grant of {selected.name} is {plan.kind}",
            hint=f"leave {useless[0]} out",
        )
    if plan.is_of_program and selected.differing and not args.save:
        differing = ", ".join(sorted(map(option, selected.differing)))
        name = selected.name if selected.is_named else "NAME"
        raise UsageError(
            f"{differing}: providers.toml does not say so, "
            "and whoever asks later would be given what is kept",
            hint=f"run {login_line(selected, 'token')}, which keeps nothing; or add --save {name}",
        )


def is_storable_nowhere(plan: GrantPlan) -> bool:
    """Say whether *plan* can be carried out anew each time."""
    return plan.is_of_program or (plan.kind == "password" and plan.can_begin)


def require_meaning(selected: Selected, args: Arguments) -> None:
    """
    Refuse options that would be ignored.

    Raises:
        UsageError: there is one.
    """
    kind = text_of(selected, "grant")
    typed = args.registration | ({"password_stdin": True} if args.password_stdin else {})
    for setting in typed:
        kinds = ONLY_OF.get(setting, PASSWORD if setting == "password_stdin" else (kind,))
        if kind not in kinds:
            here = f"the grant of {selected.name} is {kind}" if kind else "no grant is named"
            raise UsageError(
                f"{option(setting)} is for --grant {' or '.join(kinds)}, and {here}",
                hint=f"add --grant {kinds[0]}, or leave {option(setting)} out",
            )


def require_granted(selected: Selected, stored: OAuthTokenSet) -> None:
    """
    Refuse to give a person's token for scopes that they did not consent to.

    Raises:
        CredentialMissingError: it has not all that was typed.
    """
    if "scopes" not in selected.differing or not stored.scopes:
        return
    missing = [word for word in text_of(selected, "scopes").split() if word not in stored.scopes]
    if missing:
        raise CredentialMissingError(
            f"what is kept for {selected.name} was not granted {' '.join(missing)}",
            provider=selected.name,
            hint=f"run {login_line(selected)}",
        )


def _require_usable(selected: Selected) -> None:
    """Strictly private: what will be needed at the next renewal is not found missing only then."""
    for setting in selected.differing & SECRETS.keys():
        secret_in(text_of(selected, setting), setting, SECRETS[setting])
    if selected.differing & OF_CLIENT and selected.settings.get("client_id"):
        from pywry_auth.cli.engine import make_provider

        make_provider(selected)


def _storable_nowhere(selected: Selected, plan: GrantPlan | None) -> GrantPlan:
    if plan is None:
        raise UsageError(
            f"--no-store is for grants that need no person, and {selected.name} has none",
            hint="for example --grant client_credentials --client-secret-env VAR",
        )
    if plan.kind == "refresh_token":
        raise UsageError(
            "--no-store would lose the refresh token that takes the place of the one you have",
            hint="leave --no-store out",
        )
    if not is_storable_nowhere(plan):
        raise UsageError(
            "--no-store asks nobody, so the password must be somewhere",
            hint="--username NAME --password-env VAR, with the variable set; with a one-time "
            "code, --totp-env VAR too",
        )
    return plan


def _differs(plan: GrantPlan, selected: Selected) -> bool:
    if plan.is_of_program:
        return bool(selected.differing)
    # A refresh token from elsewhere may be good once: what it brings has to be kept.
    return plan.kind == "password" and plan.can_begin and bool(selected.differing - OF_SIGN_IN)


def _require_same_grant(selected: Selected, plan: GrantPlan | None) -> None:
    """
    Refuse to give what was got in another way than was typed.

    Raises:
        CredentialMissingError: a person has to sign in in that way first.
    """
    typed = selected.is_configured and "grant" in selected.differing
    if typed and (plan is None or plan.kind == "password"):
        raise CredentialMissingError(
            f"what is kept for {selected.name} was not got with --grant "
            f"{text_of(selected, 'grant')}",
            provider=selected.name,
            hint=f"run {login_line(selected)}",
        )
