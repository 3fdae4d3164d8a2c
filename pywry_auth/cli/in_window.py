"""A sign-in on the provider's page, in whichever window this machine has."""

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.countdown import Countdown
from pywry_auth.cli.engine import let_the_window_go, read_settings, redirect_ports
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected
from pywry_auth.errors import AuthenticationError, AuthError, WindowError
from pywry_auth.flow.manager import AuthFlowManager
from pywry_auth.flow.values import AuthFlowResult, CallbackOptions
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.device import DeviceEndpoint
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.base import WindowKind


PLACES = {
    WindowKind.WEBVIEW: "in the sign-in window",
    WindowKind.BROWSER: "in your browser",
}


class InWindow:
    """
    Opens the window, counts down meanwhile.

    Args:
        selected: the provider, with what is known of it.
        args: what was typed.
        output: where to say things.
        provider: where to sign in.
        store: where the tokens go.
    """

    def __init__(
        self,
        selected: Selected,
        args: Arguments,
        output: Output,
        provider: OAuthProvider,
        store: TokenStore,
    ) -> None:
        settings = read_settings(selected)
        # Nothing said leaves it to PYWRY_AUTH_WINDOW: about this machine, not about the provider.
        window = args.window or (settings.window if "window" in selected.settings else None)
        self._selected = selected
        self._output = output
        self._provider = provider
        self._seconds = args.timeout or settings.auth_timeout_seconds
        self._flow = AuthFlowManager(
            provider,
            store,
            use_pkce=settings.use_pkce,
            auth_timeout=self._seconds,
            window=WindowKind(window) if window else None,
            callback=CallbackOptions(ports=redirect_ports(selected)),
            on_notice=output.note,
        )

    @property
    def window(self) -> str:
        """Which window the person saw."""
        return str(self._flow.window_kind)

    def sign_in(self) -> AuthFlowResult:
        """Sign in, and tell the person meanwhile how long there is."""
        name, seconds = self._selected.name, self._seconds
        self._output.note(f"signing in at {name}; waiting up to {seconds:g} s, Ctrl-C cancels")
        try:
            with Countdown(self._output, seconds, self._place):
                return self._flow.run_native()
        except (AuthenticationError, KeyboardInterrupt) as exc:
            if isinstance(exc, WindowError):
                exc.hint = self._instead(exc)
            self._flow.farewell()  # the browser's last page says why
            let_the_window_go()
            raise

    def farewell(self) -> None:
        """Wait until the browser has its last page."""
        self._flow.farewell()

    def _place(self) -> str:
        return PLACES.get(self._flow.window_kind, "")

    def _instead(self, error: WindowError) -> str:
        if error.context.get("nowhere") and has_device_grant(self._provider):
            return f"run pywry-auth login {self._selected.name} --device"
        return error.hint or "leave --window out to use what works here"


def has_device_grant(provider: OAuthProvider) -> bool:
    """Find out whether a person can sign in at *provider* with a code."""
    if not isinstance(provider, DeviceEndpoint):
        return False
    try:
        LOOP.run(provider.prepare())
    except AuthError:
        return False
    return bool(provider.device_url)
