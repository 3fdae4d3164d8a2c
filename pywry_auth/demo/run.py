"""The demo's story: a person signs in once, never to be asked again."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from pywry_auth.demo.embedded import EmbeddedProvider, Event
from pywry_auth.errors import AuthenticationError, AuthFlowCancelled, AuthFlowTimeout


@dataclass(frozen=True, slots=True)
class DemoMoment:
    """
    One step of the story.

    Attributes:
        name: for programs: ``provider``, ``signing_in``, ``signed_in``, ``expired``,
            ``starting_again``, ``signed_in_again`` or ``signed_out``.
        sentence: for people.
    """

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DemoReport:
    """
    What happened, every value as it was seen.

    Attributes:
        signed_in: whether both starts ended signed in, as the same person.
        subject: who.
        window: which kind of window was seen at the first start.
        renderer: the engine that showed it.
        store: where the tokens were kept.
        relogin: how the second start got in: ``silent``, or ``window``.
        relogin_refreshes: refreshes the provider answered during the second start.
        seconds: how long each phase took.
    """

    signed_in: bool
    subject: str
    window: str
    renderer: str
    store: str
    relogin: str
    relogin_refreshes: int
    seconds: Mapping[str, float]

    @property
    def is_success(self) -> bool:
        """Whether the person was asked exactly once, and the provider exactly once more."""
        return self.signed_in and self.relogin == "silent" and self.relogin_refreshes == 1

    def as_data(self) -> dict[str, object]:
        """Give it as what JSON can hold."""
        return asdict(self)


class DemoStory:
    """
    The story, told once.

    Args:
        window: ``auto``, ``webview``, ``browser`` or ``paste``.
        gui: the window's toolkit, ``qt`` or ``gtk``; None for what is installed.
        tell: told each moment.
        on_event: told each request the provider answered, on another thread.
    """

    def __init__(
        self,
        *,
        window: str = "webview",
        gui: str | None = None,
        tell: Callable[[DemoMoment], None],
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self._window = window
        self._gui = gui
        self._say = tell
        self._on_event = on_event
        self._seconds: dict[str, float] = {}

    def run(self) -> DemoReport:
        """
        Live through it all.

        Raises:
            ConfigError: the extra it needs is not installed.
            AuthFlowCancelled: the person closed the window.
            AuthFlowTimeout: the person did nothing.
            AuthenticationError: anything else went wrong.
        """
        with self._timed("provider"):
            provider = EmbeddedProvider(on_event=self._on_event)
        with provider:
            return self._with(provider)

    def _with(self, provider: EmbeddedProvider) -> DemoReport:
        self._tell("provider", f"an identity provider runs at {provider.issuer}")
        self._app(provider, "forget")
        who = f"{provider.user} / {provider.password}"
        self._tell("signing_in", f"the application starts for the first time; sign in as {who}")
        with self._timed("sign_in"):
            first = self._app(provider, "start")
        try:
            self._tell("signed_in", f"{first['name']} is signed in; the tokens are in the keyring")
            self._app(provider, "expire")
            self._tell("expired", "the access token's life is over, and the application has ended")
            return self._again(provider, first)
        finally:
            self._app(provider, "sign-out")
            self._tell("signed_out", "signed out; the keyring holds nothing of this demo any more")

    def _again(self, provider: EmbeddedProvider, first: Mapping[str, object]) -> DemoReport:
        before = provider.refreshes
        self._tell("starting_again", "the application starts again, in a new process")
        with self._timed("relogin"):
            second = self._app(provider, "start")
        refreshes = provider.refreshes - before
        self._tell(
            "signed_in_again",
            f"{second['name']} is signed in again, {_manner(second, refreshes)}",
        )
        subject = str(first["subject"])
        return DemoReport(
            signed_in=first["how"] == "window" and subject != "" and second["subject"] == subject,
            subject=subject,
            window=str(first["window"]),
            renderer=str(first["renderer"]),
            store=str(second["store"]),
            relogin=str(second["how"]),
            relogin_refreshes=refreshes,
            seconds=dict(self._seconds),
        )

    def _app(self, provider: EmbeddedProvider, action: str) -> Mapping[str, object]:
        command = [sys.executable, "-P", "-m", "pywry_auth.demo.app", action]
        command += ["--issuer", provider.issuer, "--client-id", provider.client_id]
        command += ["--window", self._window]
        command += ["--gui", self._gui] if self._gui else []
        ended = subprocess.run(  # noqa: S603  our own module
            command, stdout=subprocess.PIPE, check=False
        )
        try:
            answer: Mapping[str, object] = json.loads(ended.stdout)
        except ValueError:
            raise AuthenticationError(
                f"the demo's application ended with exit code {ended.returncode}, saying nothing"
            ) from None
        if "error" in answer:
            raise _error_of(answer)
        return answer

    @contextmanager
    def _timed(self, phase: str) -> Generator[None]:
        start = time.monotonic()
        yield
        self._seconds[phase] = round(time.monotonic() - start, 2)

    def _tell(self, name: str, sentence: str) -> None:
        self._say(DemoMoment(name, sentence))


def _manner(answer: Mapping[str, object], refreshes: int) -> str:
    if answer["how"] != "silent":
        return "but a person was needed"
    return f"without being asked; the provider answered {refreshes} refresh"


def _error_of(answer: Mapping[str, object]) -> AuthenticationError:
    kinds = {AuthFlowCancelled.code: AuthFlowCancelled, AuthFlowTimeout.code: AuthFlowTimeout}
    kind = kinds.get(str(answer["error"]), AuthenticationError)
    return kind(str(answer["message"]), hint=str(answer["hint"]))
