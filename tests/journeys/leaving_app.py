"""An application that signs in and out as its input says, and tells what it still holds."""

import json
import sys
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))  # the kits, wherever this is started

from pywry_auth import CallbackOptions, DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop.values import AuthState
from tests.what_is_left import holdings


TITLE = "Acme Leaving"
LIMIT = 40.0  # seconds for a window on a loaded machine


class App:
    def __init__(self, quick, slow):
        self.auth = DesktopAuth(
            TITLE,
            {
                "quick": GenericOIDCProvider("rp-client", issuer_url=quick),
                "slow": GenericOIDCProvider("rp-client", issuer_url=slow),
            },
            store="memory",
            window="webview",
            callback=CallbackOptions(),
            auth_timeout=60,
        )

    def open(self):
        """Come as far as a page where the person has to do something."""
        self.auth.begin_sign_in("slow")
        self.reach(AuthState.WAITING)

    def cancel(self):
        self.auth.cancel()
        self.settle()

    def settle(self):
        self.reach(AuthState.SIGNED_OUT, AuthState.SIGNED_IN)

    def sign_in(self):
        self.auth.begin_sign_in("quick")
        self.reach(AuthState.SIGNED_IN)

    def sign_out(self):
        self.auth.sign_out()
        self.reach(AuthState.SIGNED_OUT)

    def close(self):
        self.auth.close()

    def reach(self, *states):
        end = time.monotonic() + LIMIT
        while self.auth.status.state not in states:
            if time.monotonic() > end:
                raise AssertionError(f"{self.auth.status} is not {states}")
            time.sleep(0.02)


def say(fact):
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


def main():
    say(holdings())
    app = App(*sys.argv[1:3])
    for line in sys.stdin:
        verb = line.strip()
        say(holdings() if verb == "holdings" else getattr(app, verb)())


if __name__ == "__main__":
    main()
