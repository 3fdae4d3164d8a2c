"""What a page about accounts shows at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Advice
from pywry_auth.desktop.panic import AccountEnd, PanicReport
from pywry_auth.desktop.values import AccountDetails


class Screen(StrEnum):
    """The pages there are."""

    LOADING = "loading"
    ACCOUNTS = "accounts"
    PROVIDERS = "providers"  #: where to sign another account in
    SIGNING_IN = "signing_in"
    SIGN_OUT = "sign_out"  #: are you sure? of one account
    SIGN_OUT_ALL = "sign_out_all"  #: are you sure? of all
    SIGNING_OUT = "signing_out"
    PANIC = "panic"  #: are you sure? of everything
    ENDING = "ending"
    ENDED = "ended"
    LEFT = "left"


class Verb(StrEnum):
    """What a person can do in a page."""

    CHOOSE = "choose"
    ADD = "add"
    PROVIDER = "provider"
    BROWSER = "browser"
    OUT = "out"
    OUT_ALL = "out_all"
    PANIC = "panic"
    CONFIRM = "confirm"
    BACK = "back"
    RETRY = "retry"
    LEAVE = "leave"


class Purpose(StrEnum):
    """What the page is opened for."""

    CHOOSE = "choose"  #: which account is used from now on
    REVIEW = "review"  #: what is signed in, what it may do, and its end


@dataclass(frozen=True, slots=True)
class Desk:
    """
    One moment; holds no secret.

    Attributes:
        screen: which page.
        details: what is known of the accounts, the current one first.
        pictures: where those of the accounts lie that have one, by ``ident``.
        chosen: ``ident`` of the account in question, or "".
        by_browser: whether a sign-in goes on in the browser.
        trouble: what went wrong last, or None.
        ends: how it ended with each account so far, by ``ident``.
        report: how everything ended, once it has.
    """

    screen: Screen = Screen.LOADING
    details: tuple[AccountDetails, ...] = ()
    pictures: Mapping[str, Path] = field(default_factory=dict[str, Path])
    chosen: str = ""
    by_browser: bool = False
    trouble: Advice | None = None
    ends: Mapping[str, AccountEnd] = field(default_factory=dict[str, AccountEnd])
    report: PanicReport | None = None

    def account(self, name: str) -> Account | None:
        """Give the account that pages call *name*."""
        found = (each.account for each in self.details)
        return next((account for account in found if ident(account) == name), None)


def ident(account: Account) -> str:
    """Give what pages call *account*: a word that any address can hold, and that says nothing."""
    return sha256(account.key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
