"""What outlives a first run that was cut off."""

import json
import os
import stat
from dataclasses import replace

import pytest

from pywry_auth.account_index import Account
from pywry_auth.coach.values import Advice
from pywry_auth.desktop.wizard.known import MAX_KEPT, Known, restore_organisations
from pywry_auth.desktop.wizard.memory import MAX_BYTES, NAME, Memory, Remembered
from pywry_auth.desktop.wizard.resume import resumed
from pywry_auth.desktop.wizard.steps import Offer, Place, Step
from pywry_auth.errors import ConfigError


BEGAN = 1_000.0
OFFER = Offer(("work", "home"), organisations=True)
WAY = (Step.WELCOME, Step.CHOOSE)
NEW = Account("work", "1", "ada@example.test", BEGAN + 5)
OLD = Account("work", "2", "bob@example.test", BEGAN - 5)


def remembered(step, provider="work", **more):
    return Remembered(step, provider, trail=WAY, began_at=BEGAN, **more)


def test_what_is_written_is_read_again(tmp_path):
    memory = Memory(tmp_path / "app")
    for step in Step:
        memory.write(remembered(step, query="ada@example.com", issuer="https://id"))
        assert memory.read() == remembered(step, query="ada@example.com", issuer="https://id")
    memory.forget()
    memory.forget()
    assert memory.read() is None


def test_only_what_is_no_secret_is_remembered(tmp_path):
    place = Place(
        Step.CONFIRM, "work", account=NEW, trouble=Advice("code", "sentence", "fix"), trail=WAY
    )
    Memory(tmp_path).write(Remembered.of(place, began_at=BEGAN))
    members = json.loads((tmp_path / NAME).read_text())
    assert members.keys() == {"v", "step", "provider", "query", "issuer", "trail", "began_at"}
    assert "ada" not in (tmp_path / NAME).read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_the_file_is_its_owners_alone(tmp_path):
    Memory(tmp_path / "app").write(remembered(Step.CHOOSE))
    assert stat.S_IMODE((tmp_path / "app" / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "app").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b'{"v": 2, "step": "choose", "trail": []}',
        b'{"v": 1, "step": "nowhere", "trail": []}',
        b'{"v": 1, "step": ["choose"], "trail": []}',
        b'{"v": 1, "step": "choose", "trail": ["nowhere"]}',
        b'{"v": 1, "step": "choose", "trail": [{}]}',
        b'{"v": 1, "step": "choose"}',
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda content: content[:30],
)
def test_a_damaged_file_means_to_begin_anew(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    assert Memory(tmp_path).read() is None


def test_a_file_of_odd_values_is_read_without_them(tmp_path):
    odd = {"v": 1, "step": "access", "trail": [], "provider": 1, "query": None, "began_at": "x"}
    (tmp_path / NAME).write_text(json.dumps(odd))
    assert Memory(tmp_path).read() == Remembered(Step.ACCESS)


def test_a_time_that_no_clock_shows_is_none(tmp_path):
    Memory(tmp_path).write(remembered(Step.CHOOSE))
    path = tmp_path / NAME
    path.write_text(path.read_text().replace("1000.0", "1" + "0" * 400))
    assert Memory(tmp_path).read() == replace(remembered(Step.CHOOSE), began_at=0.0)


def test_a_folder_that_cannot_be_used_stops_nobody(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file")
    memory.write(remembered(Step.CHOOSE))
    assert memory.read() is None
    memory.forget()
    assert {"wizard.not_written"} <= {record.message for record in caplog.records}


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "real").write_text('{"v": 1, "step": "choose", "trail": []}')
    (tmp_path / NAME).symlink_to(tmp_path / "real")
    assert Memory(tmp_path).read() is None


# going on


@pytest.mark.parametrize("step", [Step.WELCOME, Step.CHOOSE, Step.ORGANISATION, Step.ACCESS])
def test_a_first_run_goes_on_at_the_same_step(step):
    place = resumed(remembered(step, query="ada@example.com"), offer=OFFER, accounts=[NEW])
    assert (place.step, place.provider, place.query) == (step, "work", "ada@example.com")
    assert place.trail == WAY


@pytest.mark.parametrize("step", [Step.SIGN_IN, Step.TROUBLE, Step.CONFIRM, Step.DONE])
def test_who_is_signed_in_already_is_only_asked_whether_it_is_them(step):
    place = resumed(remembered(step), offer=OFFER, accounts=[OLD, NEW])
    assert (place.step, place.account) == (Step.CONFIRM, NEW)


@pytest.mark.parametrize(
    ("step", "goes_on"),
    [
        (Step.SIGN_IN, Step.SIGN_IN),
        (Step.TROUBLE, Step.TROUBLE),
        (Step.CONFIRM, Step.ACCESS),
        (Step.DONE, Step.ACCESS),
    ],
)
def test_an_account_of_before_is_nobody_who_signed_in_now(step, goes_on):
    other = replace(NEW, provider="home")
    place = resumed(remembered(step), offer=OFFER, accounts=[OLD, other])
    assert (place.step, place.account) == (goes_on, None)


@pytest.mark.parametrize(
    ("memory", "offer"),
    [
        (remembered(Step.ACCESS, "gone"), OFFER),
        (remembered(Step.SIGN_IN, ""), OFFER),
        (remembered(Step.ORGANISATION), Offer(("work",))),
        (remembered(Step.CHOOSE), Offer((), organisations=True)),
        (remembered(Step.LEFT), OFFER),
    ],
)
def test_what_is_not_offered_any_more_means_to_begin_anew(memory, offer):
    assert resumed(memory, offer=offer, accounts=[NEW]) == Place()


def test_a_way_that_nobody_goes_is_straightened():
    odd = replace(remembered(Step.ACCESS), trail=(Step.SIGN_IN, Step.CHOOSE, Step.WELCOME) * 3)
    assert resumed(odd, offer=OFFER, accounts=[]).trail == WAY


# organisations


class Taking:
    app_id = "acme"

    def __init__(self):
        self.added = []

    def add_provider(self, name, provider):
        self.added.append((name, provider))


def test_organisations_are_known_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_path", lambda _name: tmp_path)
    folder = tmp_path / "apps" / "acme"
    Known(folder).add("example.com", "https://id.example.com")
    Known(folder).add("refused.example", "https://refused.example")
    auth = Taking()

    def make(issuer):
        return None if "refused" in issuer else issuer

    assert restore_organisations(auth, make) == ["example.com"]
    assert auth.added == [("example.com", "https://id.example.com")]


def test_a_damaged_list_of_organisations_is_an_empty_one(tmp_path):
    known = Known(tmp_path)
    assert known.read() == {}
    for content in ("{", "[]", '{"organizations": []}', '{"organizations": {"a": 1}}'):
        (tmp_path / "organizations.json").write_text(content)
        assert known.read() == {}


def test_organisations_are_not_kept_without_end(tmp_path):
    known = Known(tmp_path)
    for number in range(MAX_KEPT + 3):
        known.add(f"{number}.example", "https://id")
    assert len(known.read()) == MAX_KEPT
    assert "0.example" not in known.read()


def test_an_organisation_that_cannot_be_made_again_costs_no_other(tmp_path, caplog):
    Known(tmp_path).add("odd.example", "http://odd.example")
    Known(tmp_path).add("example.com", "https://id.example.com")
    auth = Taking()

    def make(issuer):
        if issuer.startswith("http:"):
            raise ConfigError("this is not encrypted")
        return issuer

    assert restore_organisations(auth, make, folder=tmp_path) == ["example.com"]
    assert "not_restored" in caplog.text
