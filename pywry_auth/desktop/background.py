"""What buttons, wizards, pickers do with a sign-in, without waiting for it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pywry_auth import flow as flows
from pywry_auth import http_auth, protocol, ui
from pywry_auth import session as sessions
from pywry_auth.account_index import Account
from pywry_auth.desktop.board import OnStatus
from pywry_auth.desktop.current import CurrentSession
from pywry_auth.desktop.engine import Engine
from pywry_auth.desktop.values import AuthStatus, ProviderChoice
from pywry_auth.errors import TokenExpiredError
from pywry_auth.flow.patience import SILENT_TIMEOUT
from pywry_auth.providers.base import OAuthProvider


OnStepUp = Callable[["protocol.StepUpChallenge"], object]


class Background:
    """
    The half of ``DesktopAuth`` that never waits; it is a ``SignInControl``.

    Args:
        app_name: how people call the application.
        make_engine: makes what does the work, given what gives the language.
        language: a BCP 47 tag; the person's own language when None.
    """

    def __init__(
        self,
        app_name: str,
        make_engine: "Callable[[Callable[[], ui.Texts]], Engine]",
        language: str | None,
    ) -> None:
        self._app_name = app_name
        self._language = language
        self._texts: ui.Texts | None = None
        self._engine = make_engine(lambda: self.texts)

    @property
    def app_name(self) -> str:
        """How people call the application."""
        return self._app_name

    @property
    def app_id(self) -> str:
        """What names its folders and keyring entries."""
        return self._engine.places.app_id

    @property
    def texts(self) -> "ui.Texts":
        """The language to speak to the person."""
        if self._texts is None:
            from pywry_auth.ui.texts import texts_for

            self._texts = texts_for(self._language)
        return self._texts

    @property
    def providers(self) -> Sequence[ProviderChoice]:
        """Where one can sign in; the first is offered first."""
        return self._engine.offers.choices()

    def add_provider(self, name: str, provider: OAuthProvider) -> None:
        """
        Let people sign in at *provider* too, for example because one named their organisation.

        Add it again at the next start, before ``silent``: accounts of unknown providers are left
        alone.
        """
        self._engine.offers.add(name, provider)

    @property
    def status(self) -> AuthStatus:
        """What to show now; asks nobody."""
        return self._engine.board.status

    def watch(self, on_status: OnStatus) -> Callable[[], None]:
        """
        Call *on_status* with the status of now, then after each change; gives what ends that.

        It is called on any thread but the package's loop, for one change after the other.
        """
        return self._engine.board.watch(on_status)

    def accounts(self) -> list[Account]:
        """
        Give all accounts that are remembered, the one last used first; reads one small file.

        Raises:
            StoreError: it cannot be read.
        """
        return self._engine.resuming.accounts()

    def picture(self, account: Account) -> Path | None:
        """
        Give where the picture of *account* lies: PNG, JPEG, GIF or WebP, at most 256 KiB.

        It is fetched after a sign-in; None until then, or where there is none.
        """
        found = self._engine.pictures.of(account)
        return None if found is None else found.path

    @property
    def store_identity(self) -> str:
        """Names the store with its place, so that people can be told where their sign-ins are."""
        return self._engine.store.identity

    def before_close(self, end: Callable[[], object]) -> Callable[[], None]:
        """Call *end* when the application closes this, first of all; gives what undoes that."""
        return self._engine.turn.before_close(end)

    def begin_silent(self) -> None:
        """Take up whoever is signed in, as ``silent``, and return at once."""
        self._engine.turn.beside(lambda: self._engine.silent(SILENT_TIMEOUT))

    def begin_sign_in(
        self, provider: str | None = None, *, options: "flows.SignInOptions | None" = None
    ) -> None:
        """Sign in as ``sign_in``, and return at once; nothing happens while one is under way."""
        engine = self._engine
        engine.begin(
            engine.place(provider),
            lambda: engine.sign_in(provider, options, None, SILENT_TIMEOUT),
        )

    def begin_add(self, provider: str | None = None) -> None:
        """Sign another account in as ``add``, and return at once."""
        engine = self._engine
        where = engine.place(provider)
        engine.begin(where, lambda: engine.add(where, None))

    def begin_switch(self, account: Account) -> None:
        """Make *account* the current one as ``switch``, and return at once."""
        engine = self._engine
        engine.begin(account.provider, lambda: engine.switch(account, None, SILENT_TIMEOUT))

    def begin_sign_out(self, account: Account | None = None) -> None:
        """Sign *account* out as ``sign_out``, and return at once."""
        self._engine.turn.beside(lambda: self._engine.sign_out(account, everywhere=False))

    def cancel(self) -> None:
        """End the sign-in under way, if there is one."""
        self._engine.entering.cancel()

    def open_again(self) -> None:
        """Show the page of the sign-in under way once more: in front, or in a new browser tab."""
        self._engine.entering.again()

    def session(self, account: Account | None = None) -> "sessions.SessionManager":
        """
        Give the session that holds an account's tokens, for whatever is not offered here.

        Raises:
            TokenExpiredError: nobody is signed in.
        """
        session = self._engine.session(account)
        if session is None:
            raise TokenExpiredError("nobody is signed in", hint="call sign_in() first")
        return session

    def auth(
        self, *allowed_origins: str, on_step_up: OnStepUp | None = None
    ) -> "http_auth.HttpxAuth":
        """
        Give an ``auth=`` object for httpx, which sends the token of whoever is signed in then.

        Args:
            allowed_origins: where the token may go, like ``"https://api.example.com"``.
            on_step_up: as for ``HttpxAuth``.

        Raises:
            ConfigError: no origin is allowed, or what is written is none.
        """
        from pywry_auth.http_auth.httpx_auth import HttpxAuth

        return HttpxAuth(self._current(), allowed_origins=allowed_origins, on_step_up=on_step_up)

    def requests_auth(
        self, *allowed_origins: str, on_step_up: OnStepUp | None = None
    ) -> "http_auth.RequestsAuth":
        """As ``auth``, for requests."""
        from pywry_auth.http_auth.requests_auth import RequestsAuth

        return RequestsAuth(self._current(), allowed_origins=allowed_origins, on_step_up=on_step_up)

    def _current(self) -> CurrentSession:
        return CurrentSession(self._engine.session)
