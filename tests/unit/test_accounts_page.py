"""What the pages about accounts hold, and what they refuse."""

import asyncio
import threading

import pytest
from fakes.accounts import FakeAccounts
from fakes.desktop import ADA, BOB

from pywry_auth.account_index import Account
from pywry_auth.desktop.accounts_page.desk import Desk, Purpose, Screen, Verb, ident
from pywry_auth.desktop.accounts_page.kept import kept_where
from pywry_auth.desktop.accounts_page.office import Office
from pywry_auth.desktop.accounts_page.pieces import Scene, whole
from pywry_auth.desktop.accounts_page.site import AccountsSite
from pywry_auth.desktop.accounts_page.views import sheet
from pywry_auth.desktop.accounts_page.windows import AccountPicker, ConnectedApps
from pywry_auth.desktop.pages.commands import Command, RefusedCommandError, read_command
from pywry_auth.desktop.panic import AccountEnd, PanicReport, Remainder, Revocation
from pywry_auth.desktop.values import AccountDetails
from pywry_auth.errors import ConfigError, WindowError
from pywry_auth.ui.texts import ENGLISH


def scene(screen, purpose=Purpose.REVIEW, **members):
    control = FakeAccounts()
    desk = Desk(screen, tuple(control.details()), **members)
    return Scene(desk, purpose, "Acme Notes", tuple(control.providers), ENGLISH)


def office(control, purpose=Purpose.REVIEW):
    return Office(control, purpose, window=lambda **_how: None, on_changed=lambda _number: None)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("screen", Screen)
def test_every_page_has_a_heading_and_a_way_on(screen, purpose):
    shown = sheet(scene(screen, purpose, chosen=ident(BOB)))
    assert shown.title
    text = whole(scene(screen, purpose, chosen=ident(BOB)), shown).text
    assert text.count("<h1") == 1
    dead_ends = {Screen.SIGNING_OUT, Screen.ENDING, Screen.LEFT}
    assert bool(shown.moves) == (screen not in dead_ends)


@pytest.mark.parametrize("revocation", Revocation)
def test_every_end_has_a_sentence(revocation):
    report = PanicReport((AccountEnd(ADA, revocation, 1.0),))
    text = sheet(scene(Screen.ENDED, report=report)).content.text
    assert "Ada Lovelace" in text
    assert ("good" in text) == (revocation in {Revocation.REVOKED, Revocation.NOTHING})


@pytest.mark.parametrize("remainder", Remainder)
def test_whatever_is_left_has_a_sentence_and_no_headline_of_success(remainder):
    shown = sheet(scene(Screen.ENDED, report=PanicReport((), (remainder,))))
    assert shown.title == "Not everything could be deleted"
    assert "<li>" in shown.content.text


def test_what_an_account_is_called_in_pages_says_nothing_about_it():
    strange = Account("work", 'a"/\n\ud800')
    assert ident(strange) != ident(ADA)
    assert ident(strange).isalnum()
    assert "ada" not in ident(ADA)


def test_a_page_asks_for_nothing_but_what_is_on_it():
    control = FakeAccounts()
    made = office(control)
    site = AccountsSite(made, control, Purpose.REVIEW)
    for verb in Verb:
        if verb is Verb.LEAVE:
            continue
        values = dict.fromkeys(site.verbs[verb], "anything")
        command = read_command(
            f'{{"verb": "{verb}", "values": {values}}}'.replace("'", '"').encode(), site.verbs
        )
        with pytest.raises(RefusedCommandError):
            asyncio.run(site.act(command))
    assert made.desk == Desk()
    assert control.asked == []


@pytest.mark.parametrize("verb", [Verb.CHOOSE, Verb.OUT])
def test_an_account_that_is_not_there_changes_nothing(verb):
    control = FakeAccounts()
    made = office(control, Purpose.CHOOSE)
    made.desk = Desk(Screen.ACCOUNTS, tuple(control.details()))
    before = made.desk
    command = Command(str(verb), {"account": "0123456789abcdef"})
    asyncio.run(AccountsSite(made, control, Purpose.CHOOSE).act(command))
    assert made.desk == before
    assert control.asked == []


@pytest.mark.parametrize("verb", [Verb.PANIC, Verb.OUT_ALL])
def test_the_picker_is_not_there_to_end_everything(verb):
    made = office(FakeAccounts(), Purpose.CHOOSE)
    made.desk = Desk(Screen.ACCOUNTS)
    assert not made.do(verb, "")
    other = office(FakeAccounts())
    other.desk = Desk(Screen.ACCOUNTS)
    assert other.do(verb, "")


@pytest.mark.parametrize(
    "name", ["face-", "face-../../etc/passwd", "mark-", "mark-99", "mark-²", "x"]
)
def test_no_other_file_is_served(name):
    control = FakeAccounts()
    assert AccountsSite(office(control), control, Purpose.REVIEW).page(name) is None


def test_a_picture_that_became_something_else_is_not_served(tmp_path):
    control = FakeAccounts()
    path = tmp_path / "face"
    path.write_bytes(b"<svg onload='alert(1)'/>")
    made = office(control)
    made.desk = Desk(Screen.ACCOUNTS, (AccountDetails(ADA),), {ident(ADA): path})
    site = AccountsSite(made, control, Purpose.REVIEW)
    assert site.page(f"face-{ident(ADA)}") is None


@pytest.mark.parametrize(
    ("identity", "platform", "words"),
    [
        ("keyring:acme", "linux", "keyring"),
        ("keyring:acme", "darwin", "keychain"),
        ("keyring:acme", "win32", "Credential Manager"),
        ("sealed:/x", "darwin", "encrypted file"),
        ("file:/x", "linux", "only you can read"),
        ("memory:1", "linux", "until this application is closed"),
        ("redis:x", "linux", "database"),
    ],
)
def test_where_sign_ins_are_kept_is_said(identity, platform, words):
    assert words in kept_where(identity, ENGLISH, platform)


def test_nothing_is_made_up_about_a_store_of_somebody_else():
    assert kept_where("vault:x", ENGLISH) == kept_where("", ENGLISH) == ""


@pytest.mark.parametrize("kind", [AccountPicker, ConnectedApps])
def test_a_window_nobody_knows_is_told_where_it_was_given(kind):
    with pytest.raises(ConfigError):
        kind(FakeAccounts(), window="hologram")


@pytest.mark.parametrize("kind", [AccountPicker, ConnectedApps])
def test_where_nothing_can_be_shown_there_is_an_error(kind):
    with pytest.raises(WindowError):
        kind(FakeAccounts(), window="paste").run()


class Closing:
    """A window during whose opening the application thinks better of it."""

    def __init__(self):
        self.page = None
        self.was_closed = False

    def open(self, _url, _listener):
        self.page.close()

    def close(self):
        self.was_closed = True


@pytest.mark.parametrize("kind", [AccountPicker, ConnectedApps])
def test_a_page_can_be_closed_before_it_is_seen_and_opened_again(kind):
    window = Closing()
    window.page = kind(FakeAccounts(), window=window)
    for _ in range(2):
        assert window.page.run() is None
        assert window.was_closed
    done = threading.Event()
    window.page.begin(lambda *_account: done.set())
    assert done.wait(30)
