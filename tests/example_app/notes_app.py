"""
Notes in the cloud: a small desktop program that signs its user in.

    python notes_app.py https://id.example.com my-client-id
"""

import asyncio
import sys
from collections.abc import Callable

from pywry_auth import (
    AuthError,
    AuthFlowManager,
    GenericOIDCProvider,
    KeyringTokenStore,
    OAuthProvider,
    SessionEvent,
    SessionEventName,
    SessionManager,
    StoreError,
    TokenExpiredError,
    TokenStore,
    TransportError,
)
from pywry_auth.clock import SYSTEM_CLOCK, Clock


class NotesApp:
    """
    What the window of the program stands on.

    Args:
        provider: where the user has an account.
        store: keeps the tokens; the keyring of the desktop when None.
        patience: seconds to wait for the user to sign in.
        clock: tells the time; tests turn it by hand.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        store: TokenStore | None = None,
        *,
        patience: float = 60.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._patience = patience
        self.status = "signed out"
        self.provider = provider
        self.session = SessionManager(
            provider,
            store or KeyringTokenStore("pywry-auth:notes"),
            on_event=self._tell,
            on_reauth_required=self._ask_to_sign_in,
            clock=clock,
        )

    def start(self) -> bool:
        """Take up the last session; False means: show the button "Sign in"."""
        try:
            tokens = asyncio.run(self.session.initialize())
        except StoreError as error:
            self.status = f"cannot open the keyring: {error}. {error.hint}"
            return False
        self.status = "signed out" if tokens is None else "signed in"
        return tokens is not None

    def sign_in(
        self,
        show_window: Callable[..., str] | None = None,
        close_window: Callable[[str], None] | None = None,
    ) -> bool:
        """Let the user sign in; tests bring a window of their own."""
        flow = AuthFlowManager(
            self.provider, session_manager=self.session, auth_timeout=self._patience
        )
        try:
            result = flow.run_native(show_window, close_window)
        except TransportError:
            self.status = "you seem to be offline; try again later"
            return False
        except AuthError as error:
            self.status = f"not signed in: {error}"
            return False
        name = (result.user_info or {}).get("name", "you")
        self.status = f"signed in as {name}"
        return True

    def headers(self) -> dict[str, str]:
        """Give what each request for notes needs; {} when nobody is signed in any more."""
        try:
            token = asyncio.run(self.session.get_access_token())
        except TokenExpiredError:
            self._ask_to_sign_in()
            return {}
        except TransportError:
            self.status = "offline; your notes are sent later"
            return {}
        return {"Authorization": f"Bearer {token}"}

    def sign_out(self) -> None:
        """Forget the user, here as at the provider."""
        try:
            asyncio.run(self.session.logout())
        except StoreError as error:
            self.status = f"still stored in the keyring: {error}. {error.hint}"
        else:
            self.status = "signed out"

    def close(self) -> None:
        """End the program; whoever is signed in stays so."""
        asyncio.run(self.provider.close())

    def _tell(self, event: SessionEvent) -> None:
        if event.name is SessionEventName.REFRESH_FAILED:
            self.status = "offline; trying again soon"
        elif event.name is SessionEventName.REFRESHED:
            self.status = "signed in"

    def _ask_to_sign_in(self) -> None:
        self.status = "please sign in again"


def main() -> None:
    issuer_url, client_id = sys.argv[1:]
    app = NotesApp(GenericOIDCProvider(client_id, issuer_url=issuer_url))
    if not app.start():
        app.sign_in()
    print(app.status)  # noqa: T201
    app.close()


if __name__ == "__main__":
    main()
