"""
An application with a window of its own and a sign-in button in it, told by its test what to do.

It reads one JSON object a line and answers each with one: ``{"do": "status", ...}``.
"""

import gc
import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))  # the fakes, wherever this is started

import webview  # found only now

from pywry_auth.desktop.bridge.connecting import connect
from pywry_auth.desktop.values import AuthState, AuthStatus
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE, FakeSignIn


class Api:
    """What the application itself offers to its page."""

    def __init__(self):
        self.calls = []

    def greet(self, name):
        self.calls.append(name)
        return f"Hello {name}"


class Host:
    def __init__(self, gui, options):
        self.gui = gui
        self.api = Api()
        self.exposed = []
        self.told = []
        self.fake = FakeSignIn((GOOGLE, GITHUB) if options.get("two") else (GITHUB,), [])
        page = {"html": options["html"]} if "html" in options else {"url": options["url"]}
        api = self.api if options.get("api") else None
        self.window = webview.create_window("Acme Notes", js_api=api, **page)
        if options.get("api"):
            self.window.expose(self.add)
        self.window.state += lambda kind, key, value: self.told.append((str(kind), key, value))
        self.options = options
        self.disconnect = None
        if not options.get("late"):
            self.connect()

    def connect(self):
        manage = (lambda: self.exposed.append("manage")) if self.options.get("manage") else None
        origins = self.options.get("origins")
        self.disconnect = connect(self.window, self.fake, origins=origins, manage=manage)

    def add(self, left, right):
        self.exposed.append((left, right))
        return left + right

    # what the test asks for

    def do(self, order):
        what = order.pop("do")
        return {
            "connect": self.connect,
            "disconnect": self.disconnect,
            "asked": lambda: self.fake.asked,
            "calls": lambda: [self.api.calls, self.exposed, self.told],
            "state": self.state,
            "heard": lambda: len(self.told),
            "shared": lambda: dict(self.window.state),
            "js": self.window.run_js,
            "url": self.window.get_current_url,
            "load": self.window.load_url,
            "html": self.window.load_html,
            "threads": lambda: sorted(thread.name for thread in threading.enumerate()),
            "watched": lambda: self.fake.watched,
            "storm": self.storm,
            "second": self.second,
        }[what](**order)

    def state(self, state, account="", *, needs_sign_in=False):
        known = {"": None, "ada": ADA, "bob": BOB}[account]
        if known is not None:
            self.fake.signed_in(known)
        status = AuthStatus(AuthState(state), known, "github", needs_sign_in=needs_sign_in)
        self.fake.show(replace(status, provider="github"))

    def storm(self, seconds):
        """Change the status as fast as it goes, until the window is gone or *seconds* are over."""
        end = time.monotonic() + seconds

        def change():
            while time.monotonic() < end:
                self.fake.signed_in(ADA)
                self.fake.signed_in(BOB)

        threading.Thread(target=change, daemon=True).start()

    def second(self, html):
        """Open a second window with a button, close it, collect the garbage on this thread."""
        window = webview.create_window("Second", html=html)
        closed = threading.Event()
        window.events.closed += closed.set
        connect(window, self.fake)
        end, state = time.monotonic() + 10, None
        while state != "signed_out" and time.monotonic() < end:
            state = window.run_js("document.querySelector('pywry-sign-in').dataset.state || ''")
            time.sleep(0.02)
        window.destroy()
        assert closed.wait(10)
        while self.fake.watched > 1 and time.monotonic() < end:
            time.sleep(0.02)
        del window
        gc.collect()
        return [state, self.fake.watched]

    def listen(self):
        for line in sys.stdin:
            order = json.loads(line)
            try:
                self.say({"gave": self.do(order)})
            except Exception as exc:  # noqa: BLE001 (whatever it is, the test wants to know)
                self.say({"raised": f"{type(exc).__name__}: {exc}"})

    def say(self, answer):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def run(self):
        threading.Thread(target=self.listen, name="test-orders", daemon=True).start()
        webview.start(gui=self.gui)
        end = time.monotonic() + 8
        # With GTK a window's ``closed`` may be told after its loop has ended.
        while time.monotonic() < end and (self.left() or self.fake.watched):
            time.sleep(0.02)
        self.say({"closed": self.left(), "watched": self.fake.watched})

    def left(self):
        return [t.name for t in threading.enumerate() if t.name.startswith("pywry-auth-bridge")]


if __name__ == "__main__":
    Host(sys.argv[1], json.loads(sys.argv[2])).run()
