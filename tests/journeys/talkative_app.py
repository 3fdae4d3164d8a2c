"""
An application that logs, prints and shows whatever it can, and does what it is told line by line.

What is secret goes to the file named first on its standard input, for whoever looks for leaks.
"""

import asyncio
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

from pywry_auth import (
    AuthError,
    AuthFlowManager,
    GenericOIDCProvider,
    KeyringTokenStore,
    SessionManager,
)
from pywry_auth.protocol.client_auth import SecretBasic
from pywry_auth.window.webview import WebviewWindow


SERVICE = "talkative"
TITLE = "Sign in to Acme"


class EverythingFormatter(logging.Formatter):
    """Writes the message with every attribute of the record."""

    def format(self, record):
        return f"{super().format(record)} {vars(record)!r}"


class LoudLoops(asyncio.DefaultEventLoopPolicy):
    """Every callback of every loop is too slow, and so described."""

    def new_event_loop(self):
        loop = super().new_event_loop()
        loop.set_debug(enabled=True)
        loop.slow_callback_duration = 0
        return loop


def log_everything(path):
    handler = logging.FileHandler(path)
    handler.setFormatter(EverythingFormatter("%(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.DEBUG, handlers=[handler])
    logging.captureWarnings(capture=True)
    asyncio.set_event_loop_policy(LoudLoops())


class Confiding:
    """Writes down what is secret."""

    def __init__(self, path):
        self.path = Path(path)

    def __call__(self, **secrets):
        with self.path.open("a") as file:
            file.write(json.dumps({k: v for k, v in secrets.items() if v}) + "\n")

    def tokens(self, tokens):
        self(access=tokens.access_token, refresh=tokens.refresh_token, id_token=tokens.id_token)


class WatchedProvider(GenericOIDCProvider):
    """Confides what passes through it."""

    confide = None

    async def authorization_url(self, attempt):
        url = await super().authorization_url(attempt)
        self.confide(
            url=url,
            state=attempt.state,
            nonce=attempt.sent_nonce,
            verifier=attempt.code_verifier,
            redirect=attempt.redirect_uri,
        )
        return url

    async def exchange_code(self, code, redirect_uri, pkce_verifier=None, nonce=None):
        self.confide(code=code, verifier=pkce_verifier, nonce=nonce)
        tokens = await super().exchange_code(code, redirect_uri, pkce_verifier, nonce)
        self.confide.tokens(tokens)
        return tokens

    async def refresh_tokens(self, refresh_token):
        self.confide(refresh=refresh_token)
        tokens = await super().refresh_tokens(refresh_token)
        self.confide.tokens(tokens)
        return tokens


class Application:
    def __init__(self, *, issuer, client_id, client_secret, secrets, log):
        log_everything(log)
        self.confide = Confiding(secrets)
        self.provider = WatchedProvider(
            client_id,
            client_secret,
            issuer,
            ["openid", "profile", "offline_access"],
            authorize_params={"prompt": "consent"},
            client_auth=SecretBasic(client_id, client_secret),
        )
        self.provider.confide = self.confide
        self.confide(
            proof=self.provider.client_auth.proof(audience="", now=0).headers["authorization"]
        )
        self.store = KeyringTokenStore(SERVICE)
        self.events = []
        self.session = SessionManager(self.provider, self.store, on_event=self.events.append)
        self.window = WebviewWindow(title=TITLE, gui="qt", fallback=None)

    def flow(self, **options):
        return AuthFlowManager(
            self.provider, session_manager=self.session, auth_timeout=60, **options
        )

    def sign_in(self):
        flow = self.flow(window=self.window)
        result = flow.run_native()
        show(flow, result, result.tokens, result.tokens.origin, self.window)
        show(self.provider, self.provider.client_auth, self.session, self.store)

    def fail_to_sign_in(self):
        flow = self.flow()
        # whoever reads the secrets walks the way to the failure
        flow.run_native(lambda url, _config: self.confide(walk=url) or "label", lambda _label: None)

    def refresh(self):
        show(asyncio.run(self.session.refresh()))
        asyncio.run(self.call_an_api())

    async def call_an_api(self):
        # Not as a task of its own: asyncio's debug mode shows both ends of the text a task gives.
        header = f"Bearer {await self.session.get_access_token()}"
        return len(header)

    def refresh_twice(self):
        """Let the provider refuse a refresh, by using its token behind the session's back."""
        held = asyncio.run(self.session.initialize())
        asyncio.run(self.spend(held.refresh_token))
        asyncio.run(self.session.refresh())

    async def spend(self, refresh_token):
        async with self.provider:
            await self.provider.refresh_tokens(refresh_token)

    def logout(self):
        asyncio.run(self.session.logout())
        show(*self.events)

    def leak(self):
        """Do everything one must not, so that whoever looks can be seen to find it."""
        lines = [json.loads(line) for line in self.confide.path.read_text().splitlines()]
        secret = next(line["access"] for line in lines if "access" in line)
        logging.getLogger("leak").debug("a token", extra={"token": secret})
        show(secret)
        Path(os.environ["XDG_DATA_HOME"], "leak.bin").write_bytes(pickle.dumps({"token": secret}))
        self.leaking = [
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", secret]),
            subprocess.Popen(["sleep", "60"], env={"LEAK": secret}),
        ]

    def stop_leaking(self):
        for process in self.leaking:
            process.kill()
            process.wait()


def show(*values):
    for value in values:
        sys.stderr.write(f"{value!r}\n{value!s}\n")


def main():
    application = Application(**json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        try:
            vars(Application)[line.strip()](application)
            how = "done"
        except AuthError as exc:
            traceback.print_exc()
            logging.getLogger("acme").exception("it failed")
            logging.getLogger("acme").error("it failed: %s %r %r", exc, exc, vars(exc))  # noqa: TRY400
            show(exc, exc.args)
            how = type(exc).__name__
        sys.stderr.flush()
        sys.stdout.write(how + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
