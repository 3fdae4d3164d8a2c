"""How an application signs people in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth import flow as flows
from pywry_auth import ui
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.focus import HostWindow


AUTH_TIMEOUT = 300.0  # seconds; a person may have to find a telephone, and can cancel any time


@dataclass(frozen=True, slots=True)
class Manner:
    """
    What an application chooses once, for all sign-ins.

    Attributes:
        window: a window, or its kind; the native one where that is allowed when None.
        window_config: how the native window looks.
        callback: where the redirect arrives.
        auth_timeout: seconds to wait for the person.
        host: a window of the application, for desktops that let only its toolkit bring it back to
            the front.
        app_name: what pages call the application.
    """

    window: SignInWindow | WindowKind | None = None
    window_config: Mapping[str, object] = field(default_factory=dict[str, object])
    callback: "flows.CallbackOptions | None" = None
    auth_timeout: float = AUTH_TIMEOUT
    host: HostWindow | None = None
    app_name: str = ""

    def voice(self, texts: "ui.Texts") -> "flows.Voice":
        """Say how pages of ours speak."""
        return flows.Voice(self.app_name, texts)


def window_named(
    wanted: SignInWindow | WindowKind | str | None,
) -> SignInWindow | WindowKind | None:
    """
    Give the window, or the kind of one, that is meant.

    Raises:
        ConfigError: no kind of window has that name.
    """
    if not isinstance(wanted, str):
        return wanted
    from pywry_auth.flow.windows import named_kind

    return named_kind(wanted, "window")
