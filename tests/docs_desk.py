"""An application as the documents have it: a provider, and a person who uses its windows."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pywry_auth
from pywry_auth import AccountPicker, ConnectedApps, DesktopAuth, GenericOIDCProvider
from pywry_auth.desktop import FirstRunWizard
from pywry_auth.desktop.accounts_page.desk import ident
from pywry_auth.testing import CORRECT, HeadlessAgent, Put
from pywry_auth.window.callables import CallableWindow
from tests.fakes.staying import FakeStaying
from tests.unit.test_wizard_run import Visitor


LIMIT = 20.0  # seconds; only a broken page comes near it


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


def panics(page):
    """Press the panic button, and leave."""
    comes_to(page, 'data-screen="accounts"')
    page.do("panic")
    page.do("confirm")
    comes_to(page, 'data-screen="ended"')
    page.do("leave")
