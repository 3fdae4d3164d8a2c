"""
A program with a window whose person signs in, beside a clock that ticks every 5 ms.

The sign-in is shown in the native window of the package, the tokens are kept in the keyring.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pywry_auth import DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop.values import AuthState


sys.path.append(str(Path(__file__).parent))

from ticking import Calls, Ticks, TkHost, host_named, tell


REST = 0.5  # seconds after each step, in which something late would be seen
SHORT_LIFE = 0.7  # seconds; then more than half the life of these tokens is over

toolkit = sys.argv[1]
os.environ["PYWRY_AUTH_GUI"] = "qt"
host = host_named(toolkit)
events: list[str] = []
calls = Calls()
auth = DesktopAuth(
    "Acme Ticks",
    GenericOIDCProvider("rp-client", issuer_url=os.environ["BENCH_ISSUER"]),
    window="webview",
    on_event=lambda event: events.append(str(event.name)),
)
if isinstance(host, TkHost):
    from pywry_auth.desktop import TkSignInButton

    button = TkSignInButton(host.root, auth)
    button.pack()
else:
    from pywry_auth.desktop import QtSignInButton

    button = QtSignInButton(auth, host.window)
    host.layout.addWidget(button)


def status():
    return calls.take("status", lambda: auth.status)


def is_in(*states: AuthState):
    return lambda: status().state in states


def story() -> Iterator[object]:
    calls.take("begin_silent", auth.begin_silent)
    yield REST
    ticks.count()
    calls.take("begin_sign_in", auth.begin_sign_in)
    yield is_in(AuthState.WAITING, AuthState.SIGNED_IN)
    calls.take("open_again", auth.open_again)
    yield is_in(AuthState.SIGNED_IN)
    yield SHORT_LIFE
    calls.take("begin_silent", auth.begin_silent)
    yield lambda: "refreshed" in events
    yield REST
    ticks.stop()
    leave = calls.take("watch", lambda: auth.watch(lambda _status: None))
    calls.take("leave", leave)
    account = auth.account
    calls.take("begin_add", auth.begin_add)
    yield 0.3
    calls.take("cancel", auth.cancel)
    yield is_in(AuthState.SIGNED_IN)
    yield REST
    calls.take("begin_switch", lambda: auth.begin_switch(account))
    yield is_in(AuthState.SIGNED_IN)
    yield REST
    calls.take("begin_sign_out", auth.begin_sign_out)
    yield is_in(AuthState.SIGNED_OUT)


ticks = Ticks(host, story())
found = ticks.run()
auth.close()
if "signed_in" not in events:
    raise SystemExit("nobody signed in, so nothing was measured")
if "--calls" in sys.argv:
    print(calls.longest, file=sys.stderr)
tell({**found, "call_ms": max(calls.longest.values())})
