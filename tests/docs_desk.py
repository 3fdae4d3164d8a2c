"""An application as the documents have it: a provider, and a person who uses its windows."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pywry_auth
from pywry_auth import AccountPicker, ConnectedApps, DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop import FirstRunWizard
from pywry_auth.desktop.accounts_page.desk import ident
from pywry_auth.testing import CORRECT, HeadlessAgent, Put
from pywry_auth.window.callables import CallableWindow
from tests.cli_kit import BROWSER
from tests.fakes.staying import FakeStaying
from tests.screen import until
from tests.unit.test_wizard_run import Visitor


ROOT = Path(__file__).parents[1]
LIMIT = 20.0  # seconds; only a broken page comes near it
LONG = 60.0  # seconds for a whole sign-in on a loaded machine
PATIENCE = 3.0  # seconds until a person presses a key again


class Staying(FakeStaying):
    """A window that stays, whose person signs in by itself where a provider asks."""

    def __init__(self, sign_in_window):
        super().__init__()
        self.sign_in_window = sign_in_window


class AcmeNotes:
    """
    What the examples find: the classes they name, but in windows nobody has to look at.

    Attributes:
        people: one agent for each sign-in there was.
        names: what a block may name.
    """

    def __init__(self, op):
        self.op = op
        self.provider = GenericOIDCProvider(CORRECT.client.client_id, issuer_url=op.add("mine"))
        self.people = []
        self.staying = []
        self.opened = threading.Semaphore(0)
        public = {name: pywry_auth.__getattr__(name) for name in dir(pywry_auth)}
        self.DesktopAuth = partial(DesktopAuth, store="memory", window=self.window())
        self.names = public | {
            "provider": self.provider,
            "DesktopAuth": self.DesktopAuth,
            "FirstRunWizard": self._shown(FirstRunWizard),
            "AccountPicker": self._shown(AccountPicker),
            "ConnectedApps": self._shown(ConnectedApps),
        }

    def window(self):
        """Give a window whose person signs in."""

        def show(url, config):
            agent = HeadlessAgent()
            self.people.append(agent)
            return agent.show_window(url, config)

        return CallableWindow(show)

    def next_is(self, subject, name):
        """Let *name* be whoever signs in from now on."""
        said = {"sub": Put(subject), "name": Put(name)}
        self.op.program("mine", replace(CORRECT, id_token=said, userinfo=said))

    def _shown(self, kind):
        def make(auth, **options):
            window = Staying(self.window)
            self.staying.append(window)
            self.opened.release()
            return kind(auth, window=window, **options)

        return make

    def visit(self):
        """Give the page that was opened last, once it is."""
        assert self.opened.acquire(timeout=LIMIT)
        return Visitor(self.staying[-1].address())

    def while_person(self, does, work):
        """Give what *work* returns, while a person *does* something to the page it opens."""
        with ThreadPoolExecutor(1) as pool:
            person = pool.submit(lambda: does(self.visit()))
            made = work()
            person.result(LIMIT)
        return made

    def join(self):
        """Wait until every window has been read to its end."""
        for agent in self.people:
            agent.join()


def comes_to(page, what):
    """Wait until *page* shows *what*."""
    end = time.monotonic() + LIMIT
    while not re.search(what, page.page):
        assert time.monotonic() < end, f"the page never came to {what}"
        time.sleep(0.02)


def walks_through_the_wizard(page):
    """Go on from page to page, as a new person does."""
    page.do("go_on")
    if page.step == "choose":
        page.do("choose", provider=re.search(r'data-provider="([^"]+)"', page.page)[1])
    page.do("agree")
    comes_to(page, 'data-step="confirm"')
    page.do("confirm")
    page.do("finish")


def chooses(account):
    """Give what chooses *account* in the picker."""

    def choose(page):
        comes_to(page, 'data-screen="accounts"')
        page.do("choose", account=ident(account))

    return choose


def leaves(page):
    """Look at the page, and leave."""
    comes_to(page, 'data-screen="accounts"')
    page.do("leave")


def panics(page):
    """Press the panic button, and leave."""
    comes_to(page, 'data-screen="accounts"')
    page.do("panic")
    page.do("confirm")
    comes_to(page, 'data-screen="ended"')
    page.do("leave")


class Started:
    """
    A script of the documents as a newcomer runs it: real keyring, real window, real provider.

    Args:
        code: the script.
        folder: of the person; holds the script.
        env: the environment.
        own_env: variables that count more than those every such script gets.
    """

    def __init__(self, code, folder, env, **own_env):
        self.folder = folder
        script = folder / "example.py"
        script.write_text(code)
        self._begun = folder / "begun"
        browser = folder / "browser.sh"
        begins = BROWSER.replace("%s", '"$1"')
        browser.write_text(f"touch {self._begun}\nexec {begins}\n")
        own = {
            "PYWRY_AUTH_WINDOW": "browser",
            "BROWSER": f"sh {browser} %s",
            "CLI_BROWSER_LOG": str(folder / "last-page.html"),
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "PYTHONUNBUFFERED": "1",
            "QT_LOGGING_RULES": "*=false",
        }
        if os.geteuid() == 0:
            own["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        own |= own_env
        self._output = folder / "said.txt"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(script)],
                env={name: value for name, value in {**env, **own}.items() if value},
                stdout=output,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.process.kill()
        self.process.wait()

    @property
    def accounts(self):
        """Whoever the application knows."""
        file = self.folder / "pywry-auth" / "apps" / "acme-notes" / "accounts.json"
        return json.loads(file.read_text())["accounts"] if file.exists() else []

    @property
    def said(self):
        """What it has printed so far."""
        return self._output.read_text()

    def is_signed_in_at(self, screen, *keys):
        """Press *keys* in its window until somebody is signed in; give that window."""
        until(screen.windows, "a window", LIMIT)
        window = screen.window(screen.windows()[0].title)
        end = time.monotonic() + LONG
        while not self._begun.exists():
            assert time.monotonic() < end, "no sign-in began"
            assert self.process.poll() is None, "it ended"
            screen.press(*keys)
            pause(self._begun.exists, PATIENCE)
        until((self.folder / "last-page.html").exists, "the person has signed in", LONG)
        until(lambda: self.accounts, "the account is listed", LIMIT)
        return window

    def ends(self):
        """Wait until it has ended; give what it said."""
        assert self.process.wait(LONG) == 0
        return self.said


def pause(is_over, seconds):
    """Wait *seconds*, or until it is over."""
    end = time.monotonic() + seconds
    while not is_over() and time.monotonic() < end:
        time.sleep(0.05)
