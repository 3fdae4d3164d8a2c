"""Long texts over short entries, with a fault at every single change."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.errors import StoredDataError
from pywry_auth.token_store.entries import LongEntries, Manifest, split


class Killed(BaseException):
    """The process ended here."""


def nothing(name):
    del name


class Entries:
    """Entries in a dictionary; the change with number *fatal* never happens, nor any after it."""

    def __init__(self, kept=None, fatal=None):
        self.kept = {} if kept is None else kept
        self.changes = 0
        self.fatal = fatal
        self.before_get = nothing

    def get(self, name):
        self.before_get(name)
        return self.kept.get(name)

    def set(self, name, text):
        self._change()
        self.kept[name] = text

    def remove(self, name):
        self._change()
        self.kept.pop(name, None)

    def _change(self):
        if self.changes == self.fatal:
            raise Killed
        self.changes += 1


texts = st.text(max_size=60)
sizes = st.integers(1, 12)


@given(texts, sizes)
def test_parts_are_short_and_make_the_text_again(text, size):
    parts = split(text, size)
    assert "".join(parts) == text
    assert all(0 < len(part) <= size for part in parts)


@given(texts, st.none() | sizes)
def test_a_text_of_any_length_is_given_back(text, size):
    entries = Entries()
    LongEntries(entries, size).set("name", text)
    assert LongEntries(entries, size).get("name") == text


@given(st.text(alphabet="abc", min_size=13, max_size=60), sizes)
def test_no_part_is_longer_than_an_entry_holds(text, size):
    entries = Entries()
    LongEntries(entries, size).set("name", text)
    parts = [value for name, value in entries.kept.items() if ":" in name and "part" in name]
    assert parts
    assert max(map(len, parts)) <= size


@given(old=st.none() | texts, new=texts, old_size=st.none() | sizes, size=st.none() | sizes)
def test_a_crash_at_any_change_leaves_the_old_text_or_the_new_one(old, new, old_size, size):
    start = Entries()
    if old is not None:
        LongEntries(start, old_size).set("name", old)
    for fatal in range(200):
        entries = Entries(dict(start.kept), fatal)
        try:
            LongEntries(entries, size).set("name", new)
        except Killed:
            after = Entries(entries.kept)
            assert LongEntries(after, size).get("name") in {old, new}
        else:
            break
    else:
        raise AssertionError("the write never came to its end")
    assert LongEntries(entries, size).get("name") == new


@given(
    st.lists(st.tuples(texts, st.integers(0, 40)), min_size=1, max_size=6),
    st.integers(1, 12),
)
def test_the_next_write_removes_what_crashes_left_behind(crashes, size):
    entries = Entries()
    for text, fatal in crashes:
        entries = Entries(entries.kept, fatal)
        with suppress(Killed):
            LongEntries(entries, size).set("name", text)
    entries = Entries(entries.kept)
    LongEntries(entries, size).set("name", "x" * (size * 3))
    assert len(entries.kept) == 1 + 3
    LongEntries(entries, size).remove("name")
    assert entries.kept == {}


@given(st.text(min_size=20, max_size=60), st.integers(0, 12), sizes)
def test_a_crash_within_a_removal_is_repaired_by_the_next_write(text, fatal, size):
    entries = Entries()
    LongEntries(entries, size).set("name", text)
    crashing = Entries(entries.kept, fatal)
    with suppress(Killed):
        LongEntries(crashing, size).remove("name")
    after = Entries(entries.kept)
    assert LongEntries(after, size).get("name") in {text, None}
    LongEntries(after, size).set("name", "s")
    assert LongEntries(after, size).get("name") == "s"
    LongEntries(after, size).remove("name")
    assert after.kept == {}


def test_a_reader_between_two_writes_gets_the_newer_text():
    entries = Entries()
    long = LongEntries(entries, 5)
    long.set("name", "the old text, in parts")

    def meanwhile(name):
        if "part" in name:
            entries.before_get = nothing
            LongEntries(entries, 5).set("name", "the new text, in parts")

    entries.before_get = meanwhile
    assert LongEntries(entries, 5).get("name") == "the new text, in parts"


@pytest.mark.parametrize("harm", ["remove", "change"])
def test_parts_that_do_not_belong_together_are_never_given_out(harm):
    entries = Entries()
    LongEntries(entries, 5).set("name", "a text in several parts")
    part = next(name for name in entries.kept if "part" in name)
    if harm == "remove":
        del entries.kept[part]
    else:
        entries.kept[part] = "other"
    with pytest.raises(StoredDataError):
        LongEntries(entries, 5).get("name")


def test_the_same_text_is_not_written_again():
    entries = Entries()
    LongEntries(entries, None).set("name", "text")
    LongEntries(entries, None).set("name", "text")
    assert entries.changes == 1


def test_an_unlimited_store_takes_one_write():
    entries = Entries()
    LongEntries(entries, None).set("name", "first")
    LongEntries(entries, None).set("name", "second" * 1000)
    assert entries.changes == 2
    assert list(entries.kept) == ["name"]


@given(texts)
def test_no_record_is_mistaken_for_a_manifest(text):
    manifest = Manifest.of(text, 3)
    assert Manifest.read(str(manifest)) == manifest
    assert Manifest.read('{"v":1}' + text) is None
