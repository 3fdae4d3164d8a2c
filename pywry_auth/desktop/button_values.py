"""The parts of a sign-in button, as whatever toolkit draws it sees them."""

from dataclasses import dataclass
from enum import StrEnum

from pywry_auth.account_index import Account
from pywry_auth.desktop.values import AuthState, ProviderChoice
from pywry_auth.ui.texts import ENGLISH, Texts


class Verb(StrEnum):
    """Everything a button can ask for; there is no other word."""

    SIGN_IN = "sign_in"  #: the key is the name of a provider
    RETRY = "retry"  #: the key is the name of a provider
    CANCEL = "cancel"
    OPEN_AGAIN = "open_again"
    SWITCH = "switch"  #: the key is that of an account
    ADD = "add"  #: the key is the name of a provider
    MANAGE = "manage"
    SIGN_OUT = "sign_out"  #: the key is that of an account


@dataclass(frozen=True, slots=True)
class MenuItem:
    """
    One thing that can be pressed.

    Attributes:
        verb: what it asks for.
        label: what is written on it.
        key: of which account (``Account.key``), or at which provider (its name); else "".
        detail: a second, smaller line, or "".
        mark: name of a provider's mark, or "".
        is_current: the account in use; pressing it changes nothing.
        initials: one or two letters that stand for the account, or "".
    """

    verb: Verb
    label: str
    key: str = ""
    detail: str = ""
    mark: str = ""
    is_current: bool = False
    initials: str = ""


@dataclass(frozen=True, slots=True)
class ButtonFace:
    """
    One sign-in button, in words of the person's language; holds no secret.

    Attributes:
        state: which picture to show.
        label: what is written on the button.
        accessible_name: what a screen reader calls it; begins with or holds ``label``.
        description: a sentence to show beside it, for example what went wrong, or "".
        live: what a screen reader says when this face appears, or "".
        press: what pressing the button does; None where it opens ``menu``, or does nothing.
        menu: what the button opens, or () where it has no menu.
        beside: small buttons next to it, for example Cancel.
        mark: name of the provider's mark to show on it, or "".
        initials: one or two letters for an account without a picture, or "".
        account: the account it shows, or None.
        busy: whether something is under way.
        menu_name: what a screen reader calls the menu.
    """

    state: AuthState
    label: str
    accessible_name: str
    description: str = ""
    live: str = ""
    press: MenuItem | None = None
    menu: tuple[MenuItem, ...] = ()
    beside: tuple[MenuItem, ...] = ()
    mark: str = ""
    initials: str = ""
    account: Account | None = None
    busy: bool = False
    menu_name: str = ""

    @property
    def can_press(self) -> bool:
        """Whether pressing it does anything."""
        return self.press is not None or bool(self.menu)

    def offered(self, verb: str, key: str) -> MenuItem | None:
        """Give what a person could press here to ask for *verb* with *key*; else None."""
        items = (*self.menu, *self.beside, *((self.press,) if self.press else ()))
        return next((item for item in items if (item.verb, item.key) == (verb, key)), None)


@dataclass(frozen=True, slots=True)
class ButtonFacts:
    """
    What a face depends on besides the status.

    Attributes:
        texts: the language.
        providers: where one can sign in.
        accounts: all that are remembered, the current one first.
        can_manage: whether the application has a place to manage accounts in.
    """

    texts: Texts = ENGLISH
    providers: tuple[ProviderChoice, ...] = ()
    accounts: tuple[Account, ...] = ()
    can_manage: bool = False

    def title_of(self, provider: str) -> str:
        """What people call *provider*; "" for an unknown one."""
        choice = self.choice(provider)
        return choice.title if choice else ""

    def choice(self, provider: str) -> ProviderChoice | None:
        """Give the provider of that name."""
        return next((choice for choice in self.providers if choice.name == provider), None)
