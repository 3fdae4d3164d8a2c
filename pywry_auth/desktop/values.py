"""What an application, its button, its wizard see of a sign-in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pywry_auth import coach, ui
from pywry_auth import flow as flows
from pywry_auth.account_index import Account
from pywry_auth.window.base import WindowKind


class AuthState(StrEnum):
    """How a sign-in button looks; each has a picture of its own."""

    SIGNED_OUT = "signed_out"
    OPENING = "opening"  #: a sign-in has begun, and nothing is to be seen yet
    WAITING = "waiting"  #: the person is at the provider's page; can be cancelled, opened again
    SIGNED_IN = "signed_in"
    OFFLINE = "offline"  #: still signed in, and nobody can be reached
    ERROR = "error"  #: the last sign-in did not succeed; ``trouble`` says why


@dataclass(frozen=True, slots=True)
class AuthStatus:
    """
    A picture of one moment; holds no secret.

    Attributes:
        state: what to show.
        account: who is signed in, or was and must sign in again; None for nobody.
        provider: name of the provider of a sign-in under way or failed, or "".
        window: where the person sees its page, while ``state`` is ``waiting``.
        trouble: why, while ``state`` is ``error`` or ``offline``; in any other state, why the last
            attempt to sign in did not succeed, which changed nothing.
        needs_sign_in: the provider ended the session of ``account``.
        notice: the latest sentence a window wanted said, for example why the browser opened.
    """

    state: AuthState = AuthState.SIGNED_OUT
    account: Account | None = None
    provider: str = ""
    window: WindowKind | None = None
    trouble: "coach.Advice | None" = None
    needs_sign_in: bool = False
    notice: str = ""

    @property
    def is_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.account is not None and not self.needs_sign_in


class DesktopEventName(StrEnum):
    """The kinds of events."""

    SIGNED_IN = "signed_in"
    REFRESHED = "refreshed"
    NEEDS_SIGN_IN = "needs_sign_in"
    SIGNED_OUT = "signed_out"
    OFFLINE = "offline"
    ONLINE = "online"
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True)
class DesktopEvent:
    """
    One thing that happened; never holds a token.

    Attributes:
        name: what happened.
        account: to whom.
        reason: the ``code`` of the error behind it, or "".
    """

    name: DesktopEventName
    account: Account | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """
    One provider a person may choose.

    Attributes:
        name: how the application calls it; part of the keys in the store.
        title: how people call it, for example ``"Google"``.
        mark: name of its mark among the assets, for example ``"google"``, or "".
        scopes: what is going to be asked for.
        by_browser: whether it lets nobody sign in inside an application's own window.
    """

    name: str
    title: str
    mark: str = ""
    scopes: tuple[str, ...] = ()
    by_browser: bool = False


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """
    What is known of one account beyond its name; holds no token.

    Attributes:
        account: whose.
        scopes: what was granted.
        refreshed_at: Unix time in seconds when its tokens were last renewed, or None.
        expires_at: Unix time in seconds when its access token ends, or None.
        can_renew: whether a refresh token is held.
        needs_sign_in: whether a person must sign in again.
        is_current: whether the application uses it now.
    """

    account: Account
    scopes: tuple[str, ...] = ()
    refreshed_at: float | None = None
    expires_at: float | None = None
    can_renew: bool = False
    needs_sign_in: bool = False
    is_current: bool = False


class SignInControl(Protocol):
    """
    What buttons, wizards, pickers need of ``DesktopAuth``.

    The verbs that begin with ``begin_`` return at once and hold no thread of the host's for longer
    than a millisecond; what became of them is seen in ``status``.
    """

    @property
    def app_name(self) -> str:
        """How people call the application."""
        ...

    @property
    def texts(self) -> "ui.Texts":
        """The language to speak to the person."""
        ...

    @property
    def providers(self) -> Sequence[ProviderChoice]:
        """Where one can sign in; the first is offered first."""
        ...

    @property
    def status(self) -> AuthStatus:
        """What to show now; asks nobody."""
        ...

    def watch(self, on_status: Callable[[AuthStatus], None]) -> Callable[[], None]:
        """
        Call *on_status* after each change, on any thread; gives what ends that.

        It is called once at once, with the status of now.
        """
        ...

    def accounts(self) -> list[Account]:
        """
        Give all accounts that are remembered, the current one first; reads one small file.

        Raises:
            StoreError: it cannot be read.
        """
        ...

    def begin_sign_in(
        self, provider: str | None = None, *, options: "flows.SignInOptions | None" = None
    ) -> None:
        """Sign in: silently where that is possible, else in a window. One at a time."""
        ...

    def begin_add(self, provider: str | None = None) -> None:
        """Sign another account in, beside those that are."""
        ...

    def begin_switch(self, account: Account) -> None:
        """Make *account* the current one, and sign it in again where that is needed."""
        ...

    def begin_sign_out(self, account: Account | None = None) -> None:
        """Sign *account* out, the current one when left out."""
        ...

    def cancel(self) -> None:
        """End the sign-in under way."""
        ...

    def open_again(self) -> None:
        """Show the page of the sign-in under way once more, or hand it to the browser."""
        ...
