"""
The smallest application that signs in: ``python -m pywry_auth.demo.app start``.

It answers with one line of JSON. Started twice, it needs a person only the first time.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pywry_auth.errors import AuthError
from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.session import SessionManager
from pywry_auth.token_store import KeyringTokenStore
from pywry_auth.tokens import OAuthTokenSet
from pywry_auth.window.base import SignInWindow, WindowKind
from pywry_auth.window.webview import WebviewWindow


SERVICE = "pywry-auth:demo"
SESSION_KEY = "demo"
TITLE = "Sign in to the demo"
PATIENCE = 300.0  # seconds a person may take


@dataclass(frozen=True, slots=True)
class Signed:
    """
    How the application came to be signed in.

    Attributes:
        how: ``silent``, or ``window`` when a person had to do something.
        subject: who, as the provider's userinfo says with the token that was got.
        name: that person's name.
        window: which kind of window was seen, or "".
        renderer: the engine that showed it, or "".
        store: where the tokens are kept.
    """

    how: str
    subject: str
    name: str
    window: str
    renderer: str
    store: str


class DemoApp:
    """An application with one user, whose tokens are in the keyring."""

    def __init__(self, *, issuer: str, client_id: str, window: WindowKind, gui: str | None) -> None:
        self._provider = GenericOIDCProvider(client_id, issuer_url=issuer)
        self._store = KeyringTokenStore(SERVICE)
        self._session = SessionManager(self._provider, self._store, SESSION_KEY)
        self._window: SignInWindow | WindowKind = window
        if window is WindowKind.WEBVIEW:
            self._window = WebviewWindow(title=TITLE, gui=gui)

    def start(self) -> Signed:
        """Sign in, with a person's help only where nothing usable is stored."""
        if LOOP.run(self._session.initialize()) is None:
            self._ask_the_person()
            return self._signed("window")
        return self._signed("silent")

    def forget(self) -> None:
        """Remove what an earlier demo may have left."""
        LOOP.run(self._store.delete(SESSION_KEY))

    def expire(self) -> None:
        """Let the life of the stored access token be over, as if its time had passed."""
        tokens = LOOP.run(self._store.load(SESSION_KEY))
        if tokens is not None:
            LOOP.run(self._store.save(SESSION_KEY, _ended(tokens)))

    def sign_out(self) -> None:
        """Revoke the tokens and remove them."""
        LOOP.run(self._sign_out())

    async def _sign_out(self) -> None:
        await self._session.initialize()
        await self._session.logout()

    def _ask_the_person(self) -> None:
        flow = AuthFlowManager(
            self._provider,
            self._store,
            self._session,
            auth_timeout=PATIENCE,
            window=self._window,
        )
        flow.run_native()

    def _signed(self, how: str) -> Signed:
        person = LOOP.run(self._who())
        window = self._window
        shown = how == "window" and not isinstance(window, WindowKind)
        return Signed(
            how=how,
            subject=str(person.get("sub", "")),
            name=str(person.get("name", "")),
            window=window.kind.value if shown and not isinstance(window, WindowKind) else "",
            renderer=window.renderer if shown and isinstance(window, WebviewWindow) else "",
            store=self._store.identity,
        )

    async def _who(self) -> dict[str, object]:
        token = await self._session.get_access_token()
        return {**await self._provider.get_userinfo(token)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one thing, and say in one line of JSON how it went."""
    options = _parser().parse_args(arguments)
    app = DemoApp(
        issuer=options.issuer,
        client_id=options.client_id,
        window=WindowKind(options.window),
        gui=options.gui,
    )
    actions = {"forget": app.forget, "expire": app.expire, "sign-out": app.sign_out}
    try:
        if options.action == "start":
            answer: dict[str, object] = asdict(app.start())
        else:
            actions[options.action]()
            answer = {"done": options.action}
    except AuthError as exc:
        answer = {"error": exc.code, "message": exc.message, "hint": exc.hint}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 1 if "error" in answer else 0


def _ended(tokens: OAuthTokenSet) -> OAuthTokenSet:
    life = tokens.expires_in or 0
    return OAuthTokenSet(
        tokens.access_token,
        tokens.token_type,
        tokens.refresh_token,
        tokens.expires_in,
        tokens.id_token,
        tokens.scope,
        tokens.raw,
        tokens.issued_at - life - 1,
        tokens.refresh_expires_in,
        origin=tokens.origin,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pywry_auth.demo.app")
    parser.add_argument("action", choices=["start", "forget", "expire", "sign-out"])
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--client-id", required=True)
    parser.add_argument(
        "--window", choices=["webview", "browser", "paste", "auto"], default="webview"
    )
    parser.add_argument("--gui", choices=["qt", "gtk"])
    return parser


if __name__ == "__main__":
    sys.exit(main())
