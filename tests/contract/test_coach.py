"""Every known trouble, against a response that was recorded from a real provider."""

import json
from pathlib import Path

import pytest

from pywry_auth.coach import Advice, page_advice
from pywry_auth.coach.say import sentence
from pywry_auth.coach.tables import every_entry
from pywry_auth.ui.texts import ENGLISH


FIXTURES = Path(__file__).parent / "coach_fixtures"
RECORDED = sorted(FIXTURES.glob("*/*.json"))
ENTRIES = {f"{entry.family}/{entry.name}": entry for entry in every_entry()}


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def advice_about(fixture):
    """Let the package read the response as it would in a sign-in, and ask the coach about it."""
    match fixture["kind"]:
        case "page":
            return page_advice(fixture["url"], fixture["title"], fixture["text"])
        case _:
            raise AssertionError(f"no such kind: {fixture['kind']}")


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_a_recorded_response_leads_to_the_advice_that_was_written_for_it(path):
    fixture = json.loads(path.read_text())
    entry = ENTRIES[name_of(path)]
    assert advice_about(fixture) == Advice(
        entry.code, sentence(entry.say, ENGLISH), entry.fix, entry.action, entry.source
    )


def test_every_entry_has_a_recorded_response():
    assert set(ENTRIES) - {name_of(path) for path in RECORDED} == set()


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_every_recorded_response_says_where_it_was_seen(path):
    assert json.loads(path.read_text())["source"].startswith("https://")


def test_no_two_entries_share_a_name():
    assert len(ENTRIES) == len(every_entry())
