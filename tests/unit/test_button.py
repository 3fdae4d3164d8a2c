"""How a sign-in button looks, whatever toolkit draws it."""

import itertools

import pytest

from pywry_auth.account_index import Account
from pywry_auth.desktop.button import face, facts_of, press
from pywry_auth.desktop.button_values import (
    ButtonFacts,
    MenuItem,
    Verb,
)
from pywry_auth.desktop.person import initials_of, person_of
from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind
from tests.fakes.desktop import (
    ACME,
    ADA,
    BOB,
    GITHUB,
    GOOGLE,
    MICROSOFT,
    NAMELESS,
    NO_NETWORK,
    REFUSED,
    FakeSignIn,
)


class Loud(Texts):
    """A language in which every sentence says that it was translated."""

    def __call__(self, text, **values):
        return "«" + Texts.__call__(self, text, **values) + "»"


ONE = ButtonFacts(providers=(GOOGLE,))
TWO = ButtonFacts(providers=(GOOGLE, GITHUB))
FULL = ButtonFacts(providers=(GOOGLE, GITHUB), accounts=(ADA, BOB), can_manage=True)
STATUSES = [
    AuthStatus(state, account, provider, window, trouble, needs_sign_in)
    for state, account, provider, window, trouble, needs_sign_in in itertools.product(
        AuthState,
        (None, ADA, NAMELESS),
        ("", "google", "unheard-of"),
        (None, WindowKind.BROWSER, WindowKind.WEBVIEW),
        (None, NO_NETWORK),
        (False, True),
    )
]
FACTS = [ButtonFacts(), ONE, TWO, FULL, ButtonFacts(providers=(ACME,), accounts=(NAMELESS,))]


def verbs(items):
    return [(item.verb, item.key) for item in items]


def nothing():
    """No place to manage accounts in."""


@pytest.mark.parametrize("facts", FACTS, ids=["nothing", "one", "two", "full", "nameless"])
def test_every_status_has_a_face_with_a_name_that_holds_what_is_written(facts):
    for status in STATUSES:
        shown = face(status, facts)
        assert shown.state is status.state
        assert shown.label
        assert shown.label in shown.accessible_name  # WCAG 2.5.3
        assert shown.live
        assert all(item.label for item in (*shown.menu, *shown.beside))
        assert bool(shown.menu) == bool(shown.menu_name)
        assert not (shown.menu and shown.press), "a button does one thing"
        everything = verbs((*shown.menu, *shown.beside))
        assert len(everything) == len(set(everything))


def test_every_sentence_goes_through_the_language():
    facts = ButtonFacts(Loud("de"), (GOOGLE, GITHUB), (ADA, BOB), can_manage=True)
    names = {person_of(ADA), person_of(BOB), person_of(NAMELESS), *"·"}
    for status in STATUSES:
        shown = face(status, facts)
        said = [shown.label, shown.accessible_name, shown.menu_name, shown.live]
        said += [item.label for item in (*shown.menu, *shown.beside)]
        sentence = status.trouble.sentence if status.trouble else ""
        left = [text for text in said if text and text not in names and text != sentence]
        assert [text for text in left if "«" not in text] == []


def test_one_provider_is_named_on_the_button_and_pressed_at_once():
    shown = face(AuthStatus(), ONE)
    assert shown.label == "Sign in with Google"
    assert shown.press == MenuItem(Verb.SIGN_IN, "Sign in with Google", "google", mark="google")
    assert shown.mark == "google"
    assert not shown.menu


@pytest.mark.parametrize(
    ("choice", "label"),
    [
        (GITHUB, "Sign in with GitHub"),
        (MICROSOFT, "Sign in with Microsoft"),
        (ACME, "Sign in with Acme Identity"),
    ],
)
def test_each_provider_is_called_by_its_title(choice, label):
    assert face(AuthStatus(), ButtonFacts(providers=(choice,))).label == label


def test_several_providers_are_a_menu():
    shown = face(AuthStatus(), TWO)
    assert shown.label == "Sign in"
    assert shown.press is None
    assert verbs(shown.menu) == [(Verb.SIGN_IN, "google"), (Verb.SIGN_IN, "github")]


def test_who_is_remembered_is_offered_before_the_providers():
    shown = face(AuthStatus(), FULL)
    assert verbs(shown.menu)[:2] == [(Verb.SWITCH, ADA.key), (Verb.SWITCH, BOB.key)]


def test_a_session_that_ended_asks_for_its_own_person():
    shown = face(AuthStatus(account=ADA, needs_sign_in=True), FULL)
    assert shown.press is not None
    assert (shown.press.verb, shown.press.key) == (Verb.SIGN_IN, "google")
    assert "Ada Lovelace" in shown.description


def test_a_sign_in_under_way_can_be_cancelled_and_opened_again():
    opening = face(AuthStatus(AuthState.OPENING, provider="google"), ONE)
    waiting = face(AuthStatus(AuthState.WAITING, provider="google"), ONE)
    assert verbs(opening.beside) == [(Verb.CANCEL, "")]
    assert verbs(waiting.beside) == [(Verb.OPEN_AGAIN, ""), (Verb.CANCEL, "")]
    assert opening.busy
    assert waiting.busy
    assert not opening.can_press
    assert not waiting.can_press


def test_the_person_is_told_where_to_go_on():
    in_browser = AuthStatus(AuthState.WAITING, provider="google", window=WindowKind.BROWSER)
    assert face(in_browser, ONE).label == "Continue in your browser"
    in_window = AuthStatus(AuthState.WAITING, provider="google", window=WindowKind.WEBVIEW)
    assert face(in_window, ONE).label == "Continue in the sign-in window"
    noticed = AuthStatus(AuthState.WAITING, notice="The browser opened, because Google asks so.")
    assert face(noticed, ONE).description == noticed.notice


def test_who_is_signed_in_finds_accounts_and_the_way_out():
    shown = face(AuthStatus(AuthState.SIGNED_IN, BOB, "google"), FULL)
    assert shown.label == "Bob"
    assert [item.is_current for item in shown.menu[:2]] == [False, True]
    assert verbs(shown.menu[2:]) == [
        (Verb.ADD, "google"),
        (Verb.ADD, "github"),
        (Verb.MANAGE, ""),
        (Verb.SIGN_OUT, BOB.key),
    ]


def test_two_accounts_of_one_name_can_be_told_apart():
    twin = Account("github", "9", "ada@home.test", name="Ada Lovelace")
    facts = ButtonFacts(providers=(GOOGLE, GITHUB), accounts=(ADA, twin))
    shown = face(AuthStatus(AuthState.SIGNED_IN, ADA), facts)
    assert [item.detail for item in shown.menu[:2]] == [
        "ada@example.test · Google",
        "ada@home.test · GitHub",
    ]


def test_an_application_without_a_place_to_manage_offers_none():
    shown = face(AuthStatus(AuthState.SIGNED_IN, ADA), ONE)
    assert Verb.MANAGE not in {item.verb for item in shown.menu}


def test_offline_says_so_and_keeps_everything_else():
    online = face(AuthStatus(AuthState.SIGNED_IN, ADA), FULL)
    offline = face(AuthStatus(AuthState.OFFLINE, ADA, trouble=NO_NETWORK), FULL)
    assert offline.description == NO_NETWORK.sentence
    assert offline.menu == online.menu
    assert face(AuthStatus(AuthState.OFFLINE, ADA), FULL).description


def test_what_went_wrong_is_said_and_can_be_tried_again():
    shown = face(AuthStatus(AuthState.ERROR, provider="github", trouble=REFUSED), TWO)
    assert shown.description == shown.live == REFUSED.sentence
    assert shown.press == MenuItem(Verb.RETRY, "Try again", "github")
    assert verbs(shown.beside) == [(Verb.SIGN_IN, "google")]


def test_only_what_is_shown_can_be_asked_for():
    shown = face(AuthStatus(AuthState.SIGNED_IN, ADA), FULL)
    assert shown.offered("sign_out", ADA.key)
    assert shown.offered("switch", BOB.key)
    assert shown.offered("sign_out", BOB.key) is None
    assert shown.offered("switch", "google/3") is None
    assert shown.offered("cancel", "") is None
    assert shown.offered("get_access_token", "") is None


@pytest.mark.parametrize(
    ("account", "letters"),
    [
        (ADA, "AL"),
        (BOB, "B"),
        (Account("p", "1", name="山田太郎"), "山"),
        (Account("p", "1", name="mary ann van der berg"), "MB"),
        (Account("p", "1", name="\u202e ."), ""),
        (Account("p", "1", "zoe@example.test"), "Z"),
    ],
)
def test_letters_stand_for_a_person_without_a_picture(account, letters):
    assert initials_of(account) == letters


def test_a_name_is_one_line_that_turns_nothing_round():
    account = Account("p", "1", "a@b.test", name="Ada\n\u202eLovelace \x00")
    assert person_of(account) == "Ada Lovelace"


def test_a_list_that_cannot_be_read_leaves_a_button():
    fake = FakeSignIn(accounts=[ADA])
    fake.broken = True
    assert facts_of(fake).accounts == ()


def test_a_button_for_one_provider_is_for_that_one():
    fake = FakeSignIn((GOOGLE, GITHUB))
    assert facts_of(fake, provider="github").providers == (GITHUB,)
    assert facts_of(fake, provider="unheard-of").providers == (GOOGLE, GITHUB)


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        (MenuItem(Verb.SIGN_IN, "", "github"), ("sign_in", "github")),
        (MenuItem(Verb.RETRY, "", ""), ("sign_in", None)),
        (MenuItem(Verb.ADD, "", "google"), ("add", "google")),
        (MenuItem(Verb.CANCEL, ""), ("cancel", None)),
        (MenuItem(Verb.OPEN_AGAIN, ""), ("open_again", None)),
        (MenuItem(Verb.SWITCH, "", BOB.key), ("switch", BOB.key)),
        (MenuItem(Verb.SIGN_OUT, "", BOB.key), ("sign_out", BOB.key)),
        (MenuItem(Verb.SIGN_OUT, ""), ("sign_out", None)),
    ],
)
def test_what_is_pressed_is_done(item, asked):
    fake = FakeSignIn((GOOGLE, GITHUB), [ADA, BOB])
    press(item, fake, manage=nothing)
    assert fake.asked == [asked]


def test_managing_is_the_applications_own():
    called = []
    fake = FakeSignIn()
    press(MenuItem(Verb.MANAGE, ""), fake, manage=lambda: called.append("manage"))
    assert (called, fake.asked) == (["manage"], [])


def test_an_account_that_is_gone_meanwhile_is_left_alone():
    fake = FakeSignIn(accounts=[ADA])
    press(MenuItem(Verb.SWITCH, "", "google/99"), fake, manage=nothing)
    press(MenuItem(Verb.SIGN_OUT, "", "google/99"), fake, manage=nothing)
    assert fake.asked == []


def test_the_current_account_can_be_signed_out_where_the_list_cannot_be_read():
    fake = FakeSignIn(accounts=[ADA])
    fake.signed_in(ADA)
    fake.broken = True
    press(MenuItem(Verb.SIGN_OUT, "", ADA.key), fake, manage=nothing)
    assert fake.asked == [("sign_out", ADA.key)]
