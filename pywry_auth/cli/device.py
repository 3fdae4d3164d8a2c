"""A sign-in on another device, whose code this terminal shows."""

import math
import time
from contextlib import ExitStack

from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.countdown import Countdown
from pywry_auth.cli.engine import read_settings
from pywry_auth.cli.output import Output
from pywry_auth.cli.selection import Selected
from pywry_auth.flow.device import WINDOW, DeviceFlow
from pywry_auth.flow.values import AuthFlowResult
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore


class OnAnotherDevice:
    """
    Shows each code, counts down until it ends.

    Args:
        selected: the provider, with what is known of it.
        args: what was typed.
        output: where to say things.
        provider: where to sign in.
        store: where the tokens go.
    """

    #: where the person signed in, in one word
    window = WINDOW

    def __init__(
        self,
        selected: Selected,
        args: Arguments,
        output: Output,
        provider: OAuthProvider,
        store: TokenStore,
    ) -> None:
        settings = read_settings(selected)
        # Two minutes are enough for a page on this screen, not for a phone in the next room: what
        # nobody said leaves it to the code.
        said = "auth_timeout_seconds" in settings.model_fields_set
        self._timeout = args.timeout or (settings.auth_timeout_seconds if said else None)
        self._name = selected.name
        self._output = output
        self._codes = 0
        self._until = math.inf
        self._counting = ExitStack()
        self._flow = DeviceFlow(
            provider,
            store,
            show=self._show,
            auth_timeout=self._timeout,
            on_notice=output.note,
        )

    def sign_in(self) -> AuthFlowResult:
        """Sign in, and tell the person meanwhile how long there is."""
        if self._timeout is not None:
            self._until = time.time() + self._timeout
        with self._counting:
            return self._flow.run()

    def farewell(self) -> None:
        """Nothing is left to be shown: the other device has a page of the provider's."""

    def _show(self, prompt: DevicePrompt) -> None:
        from pywry_auth.cli.prompt import picture, words

        self._counting.close()
        self._codes += 1
        if self._codes > 1:
            self._output.note("the code ended; here is a new one")
        left, screen = prompt.seconds_left(time.time()), self._output.screen
        rows = picture(prompt, screen)
        self._output.draw(rows)
        text = words(prompt, screen, name=self._name, above=len(rows), left=left)
        self._output.note(f"\n{text}" if rows else text)
        if not self._output.is_lively:
            self._output.note("waiting; Ctrl-C cancels")
        seconds = min(left, max(0.0, self._until - time.time()))
        self._counting.enter_context(Countdown(self._output, seconds, lambda: f"at {prompt.host}"))
