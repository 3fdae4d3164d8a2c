"""A program that needs a token, whether or not a person sits before it; says what happened."""

import asyncio
import json
import sys

from pywry_auth import (
    AuthError,
    AuthFlowManager,
    GenericOIDCProvider,
    KeyringTokenStore,
    SessionManager,
    TokenError,
)
from pywry_auth.window.webview import WebviewWindow


def tell(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Needy:
    def __init__(self, issuer, window):
        self.provider = GenericOIDCProvider("native", issuer_url=issuer, scopes=["openid"])
        self.session = SessionManager(
            self.provider,
            KeyringTokenStore("needy"),
            "shared",
            on_reauth_required=self.sign_in,
        )
        self.flow = AuthFlowManager(
            self.provider,
            session_manager=self.session,
            window=WebviewWindow(child_command=window, fallback=None),
            auth_timeout=90,
        )

    def sign_in(self):
        tell(needs="a sign-in")
        return self.flow.run_when_needed()

    async def token(self):
        await self.session.initialize()
        try:
            return await self.session.get_access_token()
        except TokenError:
            result = await asyncio.to_thread(self.sign_in)
        return None if result is None else result.tokens.access_token


def main():
    issuer, *window = sys.argv[1:]
    needy = Needy(issuer, window)
    tell(ready=True)
    sys.stdin.readline()
    try:
        token = asyncio.run(needy.token())
    except AuthError as exc:
        tell(error=type(exc).__name__, why=needy.flow.why_no_prompt)
    else:
        tell(token=token, why=needy.flow.why_no_prompt)


if __name__ == "__main__":
    main()
