"""Pages in Chromium: the button for pages, the wizard, accounts, what follows a redirect."""

import contextlib
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from album import Album, Shot
from fakes.accounts import EVERYBODY, NOW, FakeAccounts
from fakes.desktop import ADA, BOB

from pywry_auth.desktop.accounts_page.desk import Purpose
from pywry_auth.desktop.panic import AccountEnd, Remainder, Revocation
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.ui.pages import Page
from pywry_auth.ui.texts import texts_for
from tests import axe_kit
from tests.journeys import test_wizard_pages
from tests.journeys.accounts_kit import visited
from tests.journeys.element_kit import Element, scenes
from tests.journeys.test_accessible_pages import _device, _sign_in, _sign_out
from tests.journeys.test_accounts_page import opened, walk
from tests.journeys.test_wizard_pages import Tour


SCHEMES = ("light", "dark")
LANGUAGES = ("en", "de", "fr", "es", "ja", "zh-Hans", "ar")
FEW = ("en", "de", "ja", "ar")
SMALL, NATIVE, USUAL = (360, 520), (520, 720), (900, 640)
test_wizard_pages.LONG_NAME = "Ada Lovelace"  # the test wants to see what is too long
SHARP = 1.5  # pixels of the screen for one of the page
MENUS = ("signed_out_several", "signed_out_remembered", "signed_in")


@contextlib.contextmanager
def tab(browser, scheme, size) -> Iterator["axe_kit.sync_api.Page"]:
    """Open a tab as large as a window of ours."""
    width, height = size
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        device_scale_factor=SHARP,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def element(album: Album, language: str) -> None:
    """The button for pages, in each of its states."""
    with axe_kit.chromium() as browser:
        for scheme, name in product(SCHEMES, scenes()):
            words = name.replace("_", " ")
            with tab(browser, scheme, (SMALL[0], 240)) as page:
                Element(page, scenes(texts_for(language))[name]).boot()
                shot = Shot("Sign-in button in a page", words, scheme, language)
                page.screenshot(path=album.add(shot))
        for scheme, name in product(SCHEMES, MENUS):
            words = name.replace("_", " ")
            with tab(browser, scheme, (SMALL[0], 460)) as page:
                Element(page, scenes(texts_for(language))[name]).boot()
                page.locator("pywry-sign-in .main").press("ArrowDown")
                shot = Shot("Sign-in button in a page", f"{words}, open", scheme, language)
                page.screenshot(path=album.add(shot))


def wizard(album: Album, language: str) -> None:
    """Every step of a first run."""
    with axe_kit.chromium() as browser:
        for scheme in SCHEMES:
            _tour(album, browser, "First-run wizard", scheme, language)


def themed(album: Album) -> None:
    """The same in the colours of another application, in a small window."""
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5"'
    logo += b' r="4.5" fill="#0b7a53"/></svg>'
    theme = Theme(accent="#0b7a53", logo=logo, radius=4, words={"welcome_title": "Hello, gardener"})
    with axe_kit.chromium() as browser:
        for scheme in SCHEMES:
            _tour(
                album,
                browser,
                "First-run wizard with a theme",
                scheme,
                "en",
                theme=theme,
                size=SMALL,
            )


def _tour(album, browser, window, scheme, language, *, size=NATIVE, **options) -> None:
    with tempfile.TemporaryDirectory() as folder, tab(browser, scheme, size) as page:
        there = Tour(page, Path(folder), texts=texts_for(language), **options)
        try:
            for step in there.steps():
                page.screenshot(path=album.add(Shot(window, step, scheme, language)))
        finally:
            there.end()


def accounts(album: Album, language: str) -> None:
    """The picker, the connected apps, the panic button with its report."""
    windows = {Purpose.CHOOSE: "Account picker", Purpose.REVIEW: "Connected apps"}
    with axe_kit.chromium() as browser:
        for scheme in SCHEMES:
            for purpose, window in windows.items():
                _walk(album, browser, purpose, window, scheme, language)


def _walk(album, browser, purpose, window, scheme, language) -> None:
    control = FakeAccounts(texts=texts_for(language))
    control.signed_in(ADA)
    control.ends = {BOB.key: AccountEnd(BOB, Revocation.UNREACHABLE, NOW)}
    control.left = (Remainder.BROWSING,)
    with visited(control, purpose) as (_, there), tab(browser, scheme, (480, 640)) as page:
        opened(page, there)
        for screen in walk(page, control, purpose):
            state = screen.replace("_", " ")
            page.screenshot(path=album.add(Shot(window, state, scheme, language)))
            if screen == "accounts":
                page.set_viewport_size({"width": 480, "height": 1500})
                page.screenshot(path=album.add(Shot(window, f"{state}, all", scheme, language)))
                page.set_viewport_size({"width": 480, "height": 640})


def nobody(album: Album) -> None:
    """The picker where nobody is signed in, or the keyring is locked."""
    with axe_kit.chromium() as browser:
        for scheme in SCHEMES:
            _picker(album, browser, FakeAccounts(()), "nobody is signed in", scheme)
            control = FakeAccounts(EVERYBODY[:2])
            control.locked = True
            _picker(album, browser, control, "the keyring is locked", scheme)


def _picker(album, browser, control, state, scheme) -> None:
    with visited(control, Purpose.CHOOSE) as (_, there), tab(browser, scheme, (480, 640)) as page:
        opened(page, there)
        page.screenshot(path=album.add(Shot("Account picker", state, scheme)))


def callback(album: Album, language: str) -> None:
    """What the browser, or the window, shows after a redirect; the device's page."""
    replies = _sign_in(language) | _sign_out(language)
    with axe_kit.chromium() as browser, _device(language) as device:
        for scheme, name in product(SCHEMES, replies):
            policy = replies[name].headers["Content-Security-Policy"]
            with tab(browser, scheme, USUAL) as page:
                axe_kit.show(page, Page(replies[name].body, policy))
                shot = Shot("Pages after a redirect", name, scheme, language)
                page.screenshot(path=album.add(shot))
        for scheme in SCHEMES:
            with tab(browser, scheme, NATIVE) as page:
                page.goto(device)
                page.wait_for_selector("text=WDJB")
                page.screenshot(path=album.add(Shot("Device page", "code", scheme, language)))


PARTS = {
    **{f"element-{lang}": (lambda album, lang=lang: element(album, lang)) for lang in LANGUAGES},
    **{f"wizard-{lang}": (lambda album, lang=lang: wizard(album, lang)) for lang in FEW},
    "wizard-themed": themed,
    **{f"accounts-{lang}": (lambda album, lang=lang: accounts(album, lang)) for lang in FEW},
    "accounts-nobody": nobody,
    **{f"pages-{lang}": (lambda album, lang=lang: callback(album, lang)) for lang in LANGUAGES},
}
