"""What goes into a sign-in, what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.scopes import ScopeDifference, as_words
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.ui.texts import Texts, texts_for


class AuthFlowState(StrEnum):
    """Where a sign-in stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


class NotSilent(StrEnum):
    """Why nobody could be signed in without being asked."""

    NOBODY = "nobody"  #: nobody was signed in here with an ID token, so nobody can be asked for
    NO_PROFILE = "no_profile"  #: no window of ours has kept the provider's cookies
    LOGIN = "login_required"
    CONSENT = "consent_required"
    INTERACTION = "interaction_required"
    ACCOUNT = "account_selection_required"
    LATE = "late"  #: the provider shows a page, or is too slow
    WINDOW = "window"  #: the hidden window broke, or its page leads nowhere
    NETWORK = "network"
    SOMEBODY_ELSE = "somebody_else"
    REFUSED = "refused"  #: another answer that is no success, or must not be believed


class NoPrompt(StrEnum):
    """Why a program that wanted to ask a person to sign in did not."""

    BUSY = "busy"  #: another program has been asking for too long
    PAUSED = "paused"  #: a person was asked a short while ago, and nothing came of it
    SCREEN_LOCKED = "screen_locked"


@dataclass(slots=True)
class AuthFlowResult:
    """
    What did happen; a sign-in that failed raises instead.

    Attributes:
        success: False only in deploy mode, where the sign-in happens in the visitor's browser.
        tokens: what the provider gave.
        error: in deploy mode, where to go.
        user_info: what userinfo said; {} where it said nothing.
        scopes: what was asked for, held against what was granted.
    """

    success: bool
    tokens: OAuthTokenSet | None = None
    error: str | None = None
    user_info: dict[str, object] | None = field(default=None, repr=False)
    scopes: ScopeDifference = field(default_factory=ScopeDifference)


class LogoutState(StrEnum):
    """How far a logout came; in every case the session here has ended."""

    CONFIRMED = "confirmed"  #: the provider sent the person back with our state
    UNCONFIRMED = "unconfirmed"  #: somebody came back, but not with our state
    CLOSED = "closed"  #: the person closed the provider's page
    TIMED_OUT = "timed_out"  #: nobody came back in time
    NOT_SHOWN = "not_shown"  #: the provider's page could not be shown; see the reason
    UNSUPPORTED = "unsupported"  #: the provider has no such page


@dataclass(frozen=True, slots=True)
class LogoutResult:
    """
    What became of a logout whose local part is done.

    Attributes:
        state: how far it came at the provider.
        reason: one sentence where that is not the whole story, or "".
    """

    state: LogoutState
    reason: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the provider answered, and it was certainly the provider."""
        return self.state is LogoutState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Voice:
    """
    How pages of ours speak to the person.

    Attributes:
        app_name: what they call the application; "" for a word that fits any.
        texts: their language; the person's own when None.
    """

    app_name: str = ""
    texts: Texts | None = None

    @property
    def language(self) -> Texts:
        """The language, found out where nobody chose one."""
        return self.texts or texts_for()


@dataclass(frozen=True, slots=True)
class CallbackOptions:
    """
    Where the redirect arrives, for providers that are particular about it.

    Attributes:
        host: ``127.0.0.1``, ``::1``, or ``localhost`` (both families on one port).
        ports: tried in order; 0 is any free one (RFC 8252 section 7.3).
        path: the path registered with the provider.
        response_mode: ``"form_post"`` keeps the code out of the browser's history.
    """

    host: str = "127.0.0.1"
    ports: tuple[int, ...] = (0,)
    path: str = "/callback"
    response_mode: Literal["query", "form_post"] = "query"


@dataclass(frozen=True, slots=True)
class SignInOptions:
    """
    What one sign-in asks for beyond the provider's settings (OIDC Core 3.1.2.1, RFC 9470).

    A sign-in that asks for *scopes*, *acr_values* or *max_age* while somebody is signed in must be
    that person's, unless *prompt* is ``select_account``.

    Attributes:
        scopes: asked for instead of the provider's; what was granted before is kept beside them.
        acr_values: acceptable strengths of sign-in, the most wanted first.
        max_age: seconds since the person last proved who they are; 0 is "now".
        prompt: ``none``, or any of ``login``, ``consent``, ``select_account``.
        login_hint: which account to offer, often a mail address.
        id_token_hint: an ID token of the person who must be the one who signs in.
        require_acr: whether a sign-in of another strength is refused; False only says what is
            preferred.

    Raises:
        ConfigError: a value that cannot be asked for.
    """

    scopes: Sequence[str] | None = None
    acr_values: Sequence[str] = ()
    max_age: int | None = None
    prompt: str | None = None
    login_hint: str | None = field(default=None, repr=False)
    id_token_hint: str | None = field(default=None, repr=False)
    require_acr: bool = True

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "acr_values", as_words(self.acr_values))
        if self.scopes is not None:
            put(self, "scopes", as_words(self.scopes))
        if self.scopes is not None and not self.scopes:
            raise ConfigError("scopes is empty", hint="leave it out to ask for the provider's")
        if self.max_age is not None and self.max_age < 0:
            raise ConfigError("max_age is a number of seconds, and never negative")
        if "none" in self.prompts and len(self.prompts) > 1:
            raise ConfigError("prompt is none, or other words, but not both")

    @property
    def prompts(self) -> frozenset[str]:
        """The words of *prompt*."""
        return frozenset((self.prompt or "").split())

    @property
    def is_step_up(self) -> bool:
        """Whether somebody is to prove more, rather than anybody to sign in."""
        asks_more = self.scopes is not None or bool(self.acr_values) or self.max_age is not None
        return asks_more and "select_account" not in self.prompts

    @property
    def params(self) -> dict[str, str]:
        """What goes into the authorize URL, without the scope."""
        found = {
            "acr_values": " ".join(self.acr_values) or None,
            "max_age": None if self.max_age is None else str(self.max_age),
            "prompt": self.prompt,
            "login_hint": self.login_hint,
            "id_token_hint": self.id_token_hint,
        }
        return {name: value for name, value in found.items() if value is not None}
