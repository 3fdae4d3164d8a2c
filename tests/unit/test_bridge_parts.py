"""What the page is told, how it is told, and what is kept out of its way."""

import json
import threading

import pytest

from pywry_auth.account_index import Account
from pywry_auth.desktop.bridge.native_calls import MAX_HANGING, NativeCalls
from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.desktop.bridge.public_face import MAX_PICTURE, public_marks, public_world
from pywry_auth.desktop.bridge.scripts import boot_script, element_source, push_script
from pywry_auth.desktop.bridge.state_guard import StateGuard
from pywry_auth.desktop.button import face, facts_of
from pywry_auth.desktop.values import AuthState, AuthStatus
from tests.fakes.desktop import ADA, GITHUB, GOOGLE, REFUSED, FakeSignIn


OWN = Origins.of(["http://127.0.0.1:8000"])
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 10


class State(dict):
    """Like ``pywebview.state``: a dictionary that tells of what is put into it by name."""

    def __init__(self):
        super().__init__()
        self.told = []

    def __setitem__(self, key, value):
        self.told.append(key)
        super().__setitem__(key, value)

    def __iadd__(self, handler):
        return self

    def __isub__(self, handler):
        return self


def world(pictures=None, status=None):
    fake = FakeSignIn((GOOGLE, GITHUB), [ADA])
    fake.show(status or AuthStatus(AuthState.SIGNED_IN, ADA, "google"))
    facts = facts_of(fake)
    return public_world(fake.status, {"": face(fake.status, facts)}, facts, pictures or {})


def test_a_page_learns_who_and_nothing_else():
    told = world()
    assert set(told) == {"status", "language", "direction", "pictures", "faces"}
    assert told["status"] == {
        "state": "signed_in",
        "account": {
            "key": "google/1",
            "provider": "google",
            "label": "ada@example.test",
            "name": "Ada Lovelace",
        },
        "provider": "google",
        "needs_sign_in": False,
        "reason": "",
    }
    assert "token" not in json.dumps(told)


def test_what_only_the_developer_should_read_stays_here():
    told = world(status=AuthStatus(AuthState.ERROR, None, "google", trouble=REFUSED))
    assert told["status"]["reason"] == "access_denied"
    assert REFUSED.source == "" or REFUSED.source not in json.dumps(told)


@pytest.mark.parametrize(
    ("picture", "is_shown"),
    [
        (PNG, True),
        (b"\xff\xd8\xff" + b"0" * 10, True),
        (b"", False),
        (b"<svg onload=alert(1)>", False),
        (b"<html>", False),
        (b"\x89PNG\r\n\x1a\n" + b"0" * MAX_PICTURE, False),
    ],
)
def test_only_small_pictures_are_shown(tmp_path, picture, is_shown):
    file = tmp_path / "picture"
    file.write_bytes(picture)
    assert bool(world({ADA.key: file})["pictures"][ADA.key]) == is_shown


def test_a_picture_that_is_gone_is_none(tmp_path):
    assert world({ADA.key: tmp_path / "gone"})["pictures"] == {ADA.key: ""}


def test_each_mark_comes_with_its_colours():
    marks = public_marks((GOOGLE, GITHUB))
    assert marks["github"]["light"]
    assert marks["github"]["colors"]["dark"]["ground"].startswith("#")


def test_a_name_that_is_a_script_is_only_a_name():
    evil = Account("google", "1", name="</script><img src=x onerror=alert(1)>\u2028'\"`${1}\\")
    fake = FakeSignIn((GOOGLE,), [evil])
    fake.signed_in(evil)
    facts = facts_of(fake)
    told = public_world(fake.status, {"": face(fake.status, facts)}, facts, {})
    script = push_script(OWN, told)
    assert script.isascii()
    start = script.index("JSON.parse(") + len("JSON.parse(")
    text, _ = json.JSONDecoder().raw_decode(script[start:])
    assert json.loads(text) == told


def test_every_script_looks_first_where_it_is():
    for script in (
        boot_script(OWN, nonce="n", marks={}),
        push_script(OWN, world()),
    ):
        lines = [line.strip() for line in script.splitlines()]
        assert lines[1] == '"use strict";'
        assert (
            lines[2] == f'if (!(location.origin === "{next(iter(OWN.web))}")) return "elsewhere";'
        )
        assert script.isascii()


def test_the_element_holds_no_text_of_its_own():
    # What people read comes from the application, in their language.
    source = element_source()
    assert 'textContent = "' not in source
    assert 'aria-label": "' not in source
    assert "innerHTML" not in source


def test_what_would_end_the_text_is_held_back_and_given_back():
    state = State()
    dict.update(state, {"fine": 'a "b" \\', "evil": "'; alert(1); //", "also'evil": 1})
    guard = StateGuard(state)
    guard.hold()
    assert dict(state) == {"fine": 'a "b" \\'}
    guard.release()
    assert dict(state) == {"fine": 'a "b" \\', "evil": "'; alert(1); //", "also'evil": 1}
    assert state.told == []


def test_what_the_application_set_meanwhile_is_not_overwritten():
    state = State()
    dict.update(state, {"a": "it's old"})
    guard = StateGuard(state)
    guard.hold()
    dict.update(state, {"a": "new"})
    guard.release()
    assert dict(state) == {"a": "new"}


def test_an_apostrophe_deep_inside_is_found():
    state = State()
    dict.update(state, {"deep": {"list": [1, {"x": "it's"}]}})
    StateGuard(state).hold()
    assert dict(state) == {}


def test_a_call_that_hangs_costs_a_thread_and_not_the_bridge():
    never = threading.Event()
    calls = NativeCalls(limit=0.01)
    started = []

    def hang():
        started.append(1)
        never.wait()

    for _ in range(MAX_HANGING + 5):
        assert calls.ask(hang) is None
    assert len(started) == MAX_HANGING
    never.set()


def test_a_call_that_fails_gives_nothing():
    def fail():
        raise KeyError("the window is gone")

    calls = NativeCalls()
    assert calls.ask(fail) is None
    assert calls.ask(lambda: 7) == 7
