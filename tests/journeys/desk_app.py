"""An application that does with its ``DesktopAuth`` what each line of its input says."""

import argparse
import json
import sys

from pywry_auth import AuthError, CallbackOptions, DesktopAuth, GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.window.profiles import forget_profile


TITLE = "Acme Notes"


def providers(args):
    made = {}
    for each in args.provider:
        name, _, issuer = each.partition("=")
        made[name] = GenericOIDCProvider(
            args.client,
            issuer_url=issuer,
            scopes=["openid", "profile", "email", *(["offline_access"] if args.offline else [])],
            authorize_params={"prompt": "consent"} if name == "node" and args.offline else {},
        )
    return made


class App:
    def __init__(self, args):
        self.events = []
        self.auth = DesktopAuth(
            TITLE,
            providers(args),
            window="webview",
            callback=CallbackOptions(ports=(args.port,)),
            auth_timeout=60,
            on_event=lambda event: self.events.append(str(event.name)),
        )

    def obey(self, verb, given):
        return getattr(self, verb)(**given)

    def silent(self, within=20.0):
        return name_of(self.auth.silent(within))

    def sign_in(self, provider=None):
        return name_of(self.auth.sign_in(provider))

    def add(self, provider=None):
        return name_of(self.auth.add(provider))

    def switch(self, key):
        wanted = next(each for each in self.auth.accounts() if each.key == key)
        return name_of(self.auth.switch(wanted))

    def sign_out(self):
        self.auth.sign_out()

    def token(self):
        return LOOP.run(self.auth.session().get_access_token())

    def accounts(self):
        return [each.key for each in self.auth.accounts()]

    def forget_sessions(self):
        """The person signs out at the provider, in that same window's profile."""
        forget_profile(f"{self.auth.app_id}/node")

    def state(self):
        return str(self.auth.status.state)


def name_of(account):
    return None if account is None else account.key


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--provider", action="append", required=True, help="NAME=ISSUER")
    parser.add_argument("--client", default="native")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--offline", type=int, default=1)
    app = App(parser.parse_args())
    for line in sys.stdin:
        given = json.loads(line)
        try:
            answer = {"ok": app.obey(given.pop("verb"), given)}
        except AuthError as exc:
            answer = {"error": type(exc).__name__, "message": str(exc), "hint": exc.hint}
        sys.stdout.write(json.dumps({**answer, "events": app.events}) + "\n")
        sys.stdout.flush()
    app.auth.close()


if __name__ == "__main__":
    main()
