"""An application as somebody would write it, which says what happened as one line of JSON."""

import argparse
import asyncio
import json
import sys

from pywry_auth import (
    AuthError,
    AuthFlowManager,
    CallbackOptions,
    GenericOIDCProvider,
    KeyringTokenStore,
    SessionManager,
)
from pywry_auth.window.webview import WebviewWindow


TITLE = "Sign in to Acme"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=("start", "logout"))
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--gui", default="qt")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--form-post", action="store_true")
    return parser.parse_args()


class Acme:
    def __init__(self, args):
        scopes = ["openid", "profile", "email", *(["offline_access"] if args.offline else [])]
        params = {"prompt": "consent"} if args.offline else {}
        self.provider = GenericOIDCProvider(
            "native", issuer_url=args.issuer, scopes=scopes, authorize_params=params
        )
        self.store = KeyringTokenStore("acme")
        self.events = []
        self.session = SessionManager(
            self.provider,
            self.store,
            "acme",
            on_event=lambda event: self.events.append(str(event.name)),
        )
        # no fallback: a window that breaks must fail the journey, not continue elsewhere
        self.window = WebviewWindow(title=TITLE, gui=args.gui, fallback=None)
        self.args = args

    def start(self):
        tokens = asyncio.run(self.session.initialize())
        if tokens is not None:
            return {"how": "silent", "subject": tokens.origin.subject, **self.facts(tokens)}
        mode = "form_post" if self.args.form_post else "query"
        flow = AuthFlowManager(
            self.provider,
            session_manager=self.session,
            auth_timeout=self.args.timeout,
            window=self.window,
            callback=CallbackOptions(ports=(self.args.port,), response_mode=mode),
        )
        result = flow.run_native()
        return {
            "how": "window",
            "renderer": self.window.renderer,
            "subject": result.tokens.origin.subject,
            "user_info": result.user_info,
            **self.facts(result.tokens),
        }

    def facts(self, tokens):
        return {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "events": self.events,
        }

    def logout(self):
        asyncio.run(self.session.initialize())
        asyncio.run(self.session.logout())
        return {"how": "logout", "keys": asyncio.run(self.store.list_keys()), "events": self.events}


def main():
    args = arguments()
    app = Acme(args)
    try:
        answer = app.start() if args.action == "start" else app.logout()
    except AuthError as exc:
        answer = {"error": type(exc).__name__, "message": str(exc)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
