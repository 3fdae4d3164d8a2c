"""The one object an application holds."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pywry_auth import desktop
from pywry_auth import flow as flows
from pywry_auth.account_index import Account
from pywry_auth.desktop.background import Background
from pywry_auth.desktop.board import Board, OnEvent
from pywry_auth.desktop.engine import Engine
from pywry_auth.desktop.manner import AUTH_TIMEOUT, Manner, window_named
from pywry_auth.desktop.naming import Places, app_id_of, checked_app_id, store_for
from pywry_auth.desktop.offers import Offered, Offers
from pywry_auth.desktop.values import AccountDetails
from pywry_auth.flow.patience import SILENT_TIMEOUT
from pywry_auth.off_loop import off_loop
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.focus import HostWindow


T = TypeVar("T")


class DesktopAuth(Background):
    """
    Everything a desktop application needs to know who uses it.

        auth = DesktopAuth("Acme Notes", provider)
        account = auth.silent() or auth.sign_in()
        client = httpx.Client(auth=auth.auth("https://api.example.com"))

    It owns sign-in, tokens, their renewal. Each blocking method has an awaited twin (``asign_in``)
    and, for buttons, one that returns at once (``begin_sign_in``). Any thread may call any of them;
    on one that draws windows, or runs an event loop, what blocks would freeze the application.

    Args:
        app_name: how people call the application.
        providers: one, several, or a mapping from names of your own; a name is part of what is
            stored, so keep it. In place of a provider may stand a function that makes it.
        marks: files with the marks of providers, by the names of these, where terms of use want an
            application to bring them: SVG or PNG.
        app_id: names folders and keyring entries; made from *app_name* when left out.
        store: ``"keyring"``, ``"sealed"``, ``"memory"`` or a store; the best for this machine when
            left out.
        window: ``"webview"``, ``"browser"``, ``"paste"`` or a window; when left out the native
            one, where provider and machine allow.
        window_config: title, width, height, center, resizable of the native window.
        callback: where the redirect arrives.
        auth_timeout: seconds to wait for the person.
        language: a BCP 47 tag; the person's own language when left out.
        host: the application's window, brought back to the front after a sign-in; only Wayland
            needs it (``pywry_auth.window.hosts``).
        on_event: told what happens, one thing after the other, never on the package's loop.
        asks_when_lost: whether a person is asked at once when a program needs a token and the
            provider has ended the session; otherwise that is an event, and an error for whoever
            needed it.

    Raises:
        ConfigError: something about these settings cannot be.
    """

    def __init__(  # noqa: PLR0913  # each is a setting of its own, all but two by keyword
        self,
        app_name: str,
        providers: OAuthProvider | Sequence[OAuthProvider] | Mapping[str, Offered],
        *,
        marks: Mapping[str, str | Path] | None = None,
        app_id: str | None = None,
        store: TokenStore | str | None = None,
        window: SignInWindow | WindowKind | str | None = None,
        window_config: Mapping[str, object] | None = None,
        callback: "flows.CallbackOptions | None" = None,
        auth_timeout: float = AUTH_TIMEOUT,
        language: str | None = None,
        host: HostWindow | None = None,
        on_event: OnEvent | None = None,
        asks_when_lost: bool = False,
    ) -> None:
        places = Places(app_id_of(app_name) if app_id is None else checked_app_id(app_id))
        super().__init__(
            app_name,
            lambda texts: Engine(
                offers=Offers(providers, marks=marks),
                store=store_for(places, store),
                places=places,
                board=Board(on_event),
                manner=Manner(
                    window=window_named(window),
                    window_config={
                        "title": app_name,
                        "language": language,
                        **(window_config or {}),
                    },
                    callback=callback,
                    auth_timeout=auth_timeout,
                    host=host,
                    app_name=app_name,
                ),
                texts=texts,
                asks_when_lost=asks_when_lost,
            ),
            language,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"DesktopAuth({self.app_name!r}, {self._engine.offers.names!r})"

    @property
    def app_id(self) -> str:
        """What names this application's folders and keyring entries."""
        return self._engine.places.app_id

    def add_provider(self, name: str, provider: OAuthProvider) -> None:
        """Let people sign in at *provider* too; it takes the place of one with the same *name*."""
        self._engine.offers.add(name, provider)

    @property
    def account(self) -> Account | None:
        """Who is signed in; asks nobody, so call ``silent`` first."""
        return self._engine.current

    def silent(self, within: float = SILENT_TIMEOUT) -> Account | None:
        """
        Take up whoever is signed in; never shows a window.

        Stored tokens are taken as they are while they are good, and renewed when they are not.
        Where the provider has ended the session, but still knows the person, it is begun anew in a
        hidden window.

        Args:
            within: seconds for that hidden window; 0 for none.

        Returns:
            The account; None where a person must sign in. While nobody can be reached it is the
            account, and the status is ``offline``.

        Raises:
            StoreError: what is stored cannot be read.
        """
        return self._engine.silent(within)

    async def asilent(self, within: float = SILENT_TIMEOUT) -> Account | None:
        """As ``silent``, without blocking the running loop."""
        return await self._awaited(lambda: self.silent(within))

    def sign_in(
        self,
        provider: str | None = None,
        *,
        options: "flows.SignInOptions | None" = None,
        window: SignInWindow | None = None,
    ) -> Account:
        """
        Sign in: silently where that is possible, else in a window, while the calling thread waits.

        Args:
            provider: where, by its name; where the person was last, or the first, when left out.
            options: what is asked for besides; then a person is asked in any case.
            window: shows this one sign-in, instead of the window of all others.

        Raises:
            AuthFlowTimeout: nobody finished in time.
            AuthFlowCancelled: ``cancel`` was called, or the person closed the window.
            AuthenticationError: it did not succeed, or another one is under way.
            ProviderNotFoundError: no provider has that name.
            StoreError: what is stored cannot be read.
        """
        with self._engine.turn.taken():
            return self._engine.sign_in(provider, options, window, SILENT_TIMEOUT)

    async def asign_in(
        self,
        provider: str | None = None,
        *,
        options: "flows.SignInOptions | None" = None,
        window: SignInWindow | None = None,
    ) -> Account:
        """As ``sign_in``; whoever cancels the wait cancels the sign-in."""
        return await self._awaited(lambda: self.sign_in(provider, options=options, window=window))

    def add(self, provider: str | None = None, *, window: SignInWindow | None = None) -> Account:
        """
        Sign another account in, beside those that are; it becomes the current one.

        Raises:
            AuthenticationError: as ``sign_in``.
        """
        with self._engine.turn.taken():
            return self._engine.add(provider, window)

    async def aadd(
        self, provider: str | None = None, *, window: SignInWindow | None = None
    ) -> Account:
        """As ``add``; whoever cancels the wait cancels the sign-in."""
        return await self._awaited(lambda: self.add(provider, window=window))

    def switch(self, account: Account, *, window: SignInWindow | None = None) -> Account:
        """
        Make *account* the current one; shows a window only where it must sign in again.

        Raises:
            AuthenticationError: as ``sign_in``.
            StoreError: what is stored cannot be read or written.
        """
        with self._engine.turn.taken():
            return self._engine.switch(account, window, SILENT_TIMEOUT)

    async def aswitch(self, account: Account, *, window: SignInWindow | None = None) -> Account:
        """As ``switch``; whoever cancels the wait cancels the sign-in."""
        return await self._awaited(lambda: self.switch(account, window=window))

    def sign_out(self, account: Account | None = None, *, everywhere: bool = False) -> None:
        """
        End a session: revoke its tokens, delete them, forget the account.

        Of several accounts the one used before becomes the current one. What is here goes whatever
        the provider says, or when nobody can be reached.

        Args:
            account: whose; the current one's when left out.
            everywhere: also show the provider's own sign-out page, where it has one.

        Raises:
            StoreError: what is stored could not be deleted.
        """
        self._engine.sign_out(account, everywhere=everywhere)

    async def asign_out(self, account: Account | None = None, *, everywhere: bool = False) -> None:
        """As ``sign_out``, without blocking the running loop."""
        await off_loop(lambda: self.sign_out(account, everywhere=everywhere))

    def panic(
        self, on_end: "Callable[[desktop.AccountEnd], None] | None" = None
    ) -> "desktop.PanicReport":
        """
        End all at once: every session here and at the providers, windows' cookies, the accounts.

        Works without a network, as far as this computer goes. Other processes of the application
        use no token from then on.

        Args:
            on_end: told on the package's loop about each account as soon as its end is known.
        """
        return self._engine.panic(on_end)

    async def apanic(
        self, on_end: "Callable[[desktop.AccountEnd], None] | None" = None
    ) -> "desktop.PanicReport":
        """As ``panic``, without blocking the running loop."""
        return await off_loop(lambda: self.panic(on_end))

    def details(self) -> list[AccountDetails]:
        """
        Say what is known of each account, the current one first; reads the store.

        Raises:
            StoreError: it cannot be read.
        """
        return self._engine.details()

    def close(self) -> None:
        """End what is under way; who is signed in stays so, for the next start."""
        self._engine.close()

    async def _awaited(self, work: Callable[[], T]) -> T:
        from pywry_auth.flow.running import awaited

        return await awaited(work, self.cancel)
