"""How a provider's tokens are got without a window, as far as its settings tell."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pywry_auth.account_index import Account
from pywry_auth.cli.options import GRANTS
from pywry_auth.cli.selection import (
    CLIENT_VARIABLES,
    Selected,
    account_index,
    is_meant,
    select_account,
)
from pywry_auth.errors import ConfigError


#: ordinary sign-ins, whose person confirms a code elsewhere
DEVICE = "device"


@dataclass(frozen=True, slots=True)
class GrantPlan:
    """
    One grant, not yet made.

    Attributes:
        kind: which.
        subject: whose tokens these will be: a user name, or else the client; "" is unknown.
        can_begin: whether nobody need be asked.
    """

    kind: str
    subject: str
    can_begin: bool

    @property
    def is_of_program(self) -> bool:
        """Whether no person ever signs in with it."""
        return self.kind in {"client_credentials", "token_exchange", "jwt_bearer"}


def plan_of(selected: Selected, env: Mapping[str, str] = os.environ) -> GrantPlan | None:
    """
    Give the plan for *selected*; None where its people sign in on a page.

    Raises:
        ConfigError: there is no such grant, or a setting is no text.
    """
    kind = text_of(selected, "grant")
    if kind not in {"", *GRANTS}:
        raise ConfigError(
            f"grant of {selected.name} is none", hint=f"one of {', '.join(sorted(GRANTS))}"
        )
    if kind in {"", DEVICE}:
        return None
    name = text_of(selected, "username") if kind == "password" else _client(selected, env)
    return GrantPlan(kind, name, bool(name) and _can_begin(kind, selected, env))


def account_for(selected: Selected, who: str | None) -> Account:
    """
    Find the account that is meant; one that nobody has to sign in with need not be known yet.

    Raises:
        CredentialMissingError: a person has to sign in first.
    """
    plan = plan_of(selected)
    if plan is None or not plan.subject:
        return select_account(selected, who)
    mine = Account(selected.name, plan.subject)
    known = {one.key: one for one in account_index().accounts(selected.name)}
    found = known.get(mine.key) or (mine if plan.can_begin else None)
    if found is not None and is_meant(found, who):
        return found
    return select_account(selected, who or plan.subject)


def renews_alone(selected: Selected, account: Account, *, at_first: bool = False) -> bool:
    """
    Say whether tokens of *account* can be had without a person or a token of theirs.

    Args:
        selected: the provider.
        account: whose.
        at_first: whether nothing is kept yet; a refresh token that came from elsewhere is good
            for a beginning, and only for that.
    """
    plan = plan_of(selected)
    if plan is None or (plan.kind == "refresh_token" and not at_first):
        return False
    return plan.can_begin and plan.subject == account.subject


def text_of(selected: Selected, setting: str) -> str:
    """
    Give a setting that is a text; "" where it is not there.

    Raises:
        ConfigError: it is something else.
    """
    found = selected.settings.get(setting, "")
    if not isinstance(found, str):
        raise ConfigError(
            f"{setting} of {selected.name} is no text", hint=f'write {setting} = "..."'
        )
    return found.strip()


def is_set(selected: Selected, setting: str) -> bool:
    """
    Give a setting that is a yes or no.

    Raises:
        ConfigError: it is something else.
    """
    found = selected.settings.get(setting, False)
    if not isinstance(found, bool):
        raise ConfigError(
            f"{setting} of {selected.name} is no yes or no", hint=f"write {setting} = true"
        )
    return found


def _client(selected: Selected, env: Mapping[str, str]) -> str:
    named = text_of(selected, "client_id")
    if named or selected.is_named:
        return named
    return next((env[name] for name in CLIENT_VARIABLES if env.get(name)), "")


def _can_begin(kind: str, selected: Selected, env: Mapping[str, str]) -> bool:
    match kind:
        case "password":
            needs_code = is_set(selected, "totp") and not _is_there(selected, "totp_env", env)
            return _is_there(selected, "password_env", env) and not needs_code
        case "refresh_token":
            return _is_there(selected, "refresh_token_env", env)
        case _:
            return True


def _is_there(selected: Selected, setting: str, env: Mapping[str, str]) -> bool:
    return bool(env.get(text_of(selected, setting)))
