"""What every store of credentials does, run once for each of them (4A.15 to 4A.20)."""

import asyncio
import threading

import pytest

from pywry_auth.errors import ConfigError


RECORD = {
    "access_token": "ghp-one",
    "refresh_token": "r" * 3000,
    "expires_at": 1_800_000_000.5,
    "scope": "repo user",
    "team": {"name": "Zoë", "list": [1, 2.5, None, True]},
}
SUBJECTS = [
    "ada",
    "Ada",
    " ",
    "a/b:c\\d#dpop",
    "ключ 鍵 🔑",
    "\u00e9",  # the same letter as the next one, in one piece
    "e\u0301",
    "\ud800",  # half a character
    "a\0b",
    "a\nb",
    "k" * 500,
    "s:ada",
    "j:{}",
    {"": ""},
    {"tenant": "acme", "user": 7},
    {"user": {"id": [1, 2]}},
]


class CredentialStoreContract:
    """Subclasses give a fixture ``store``: empty, and emptied afterwards."""

    def test_4a_15_what_was_set_is_got_until_it_is_deleted(self, store):
        async def scenario():
            assert await store.get("github", "ada") is None
            await store.set("github", "ada", RECORD)
            assert await store.get("github", "ada") == RECORD
            await store.set("github", "ada", {"access_token": "two"})
            assert await store.get("github", "ada") == {"access_token": "two"}
            await store.delete("github", "ada")
            await store.delete("github", "ada")
            assert await store.get("github", "ada") is None

        asyncio.run(scenario())

    def test_4a_16_the_order_of_a_mapping_makes_no_other_subject(self, store):
        async def scenario():
            await store.set("github", {"tenant": "acme", "user": 7}, RECORD)
            assert await store.get("github", {"user": 7, "tenant": "acme"}) == RECORD
            await store.delete("github", {"user": 7, "tenant": "acme"})
            assert await store.get("github", {"tenant": "acme", "user": 7}) is None

        asyncio.run(scenario())

    def test_4a_17_copies_go_in_and_come_out(self, store):
        given = {"access_token": "one", "team": {"list": [1]}}

        async def scenario():
            await store.set("github", "ada", given)
            given["access_token"] = "other"
            given["team"]["list"].append(2)
            found = await store.get("github", "ada")
            assert found == {"access_token": "one", "team": {"list": [1]}}
            found["access_token"] = "other"
            found["team"]["list"].append(3)
            again = await store.get("github", "ada")
            assert again == {"access_token": "one", "team": {"list": [1]}}

        asyncio.run(scenario())

    def test_4a_18_a_text_that_looks_like_a_mapping_is_another_subject(self, store):
        async def scenario():
            await store.set("github", {"user": 7}, {"access_token": "mapping"})
            for text in ('{"user":7}', '{"user": 7}', 'j:{"user":7}', 's:{"user":7}'):
                assert await store.get("github", text) is None
                await store.set("github", text, {"access_token": text})
            assert await store.get("github", {"user": 7}) == {"access_token": "mapping"}
            assert await store.get("github", '{"user":7}') == {"access_token": '{"user":7}'}

        asyncio.run(scenario())

    @pytest.mark.parametrize("subject", [None, 7, b"ada", ["ada"], {"user": object()}, {"n": {1}}])
    def test_4a_19_a_subject_that_json_cannot_say_is_refused_before_anything_else(
        self, store, subject, monkeypatch
    ):
        self.forbid_io(store, monkeypatch)

        async def scenario():
            for call in (
                lambda: store.get("github", subject),
                lambda: store.set("github", subject, RECORD),
                lambda: store.delete("github", subject),
            ):
                with pytest.raises(TypeError, match="subject"):
                    await call()

        asyncio.run(scenario())

    @pytest.mark.parametrize(
        "data",
        [None, "text", [("a", 1)], {"when": object()}, {"life": float("nan")}, {7: "seven"}],
        ids=str,
    )
    def test_what_json_cannot_say_is_refused_before_anything_else(self, store, data, monkeypatch):
        asyncio.run(store.set("github", "ada", RECORD))
        with monkeypatch.context() as patched:
            self.forbid_io(store, patched)
            with pytest.raises(TypeError, match="credentials"):
                asyncio.run(store.set("github", "ada", data))
        assert asyncio.run(store.get("github", "ada")) == RECORD

    def test_4a_20_each_provider_keeps_each_subject_apart(self, store):
        pairs = [(provider, who) for provider in ("github", "google") for who in ("ada", "bob")]

        async def scenario():
            for provider, who in pairs:
                await store.set(provider, who, {"access_token": f"{provider}-{who}"})
            await store.delete("github", "ada")
            assert await store.get("github", "ada") is None
            for provider, who in pairs[1:]:
                found = await store.get(provider, who)
                assert found == {"access_token": f"{provider}-{who}"}

        asyncio.run(scenario())

    def test_a_provider_is_the_same_however_it_is_spelt(self, store):
        async def scenario():
            await store.set("Google Drive", "ada", RECORD)
            assert await store.get("google-drive", "ada") == RECORD
            await store.delete("gdrive", "ada")
            assert await store.get("google_drive", "ada") is None

        asyncio.run(scenario())

    def test_subjects_may_hold_any_character(self, store):
        async def scenario():
            for number, subject in enumerate(SUBJECTS):
                await store.set("github", subject, {"access_token": str(number)})
            for number, subject in enumerate(SUBJECTS):
                assert await store.get("github", subject) == {"access_token": str(number)}
            for subject in SUBJECTS:
                await store.delete("github", subject)
                assert await store.get("github", subject) is None

        asyncio.run(scenario())

    @pytest.mark.parametrize("nobody", ["", {}])
    def test_nobody_has_a_record(self, store, nobody):
        async def scenario():
            for work in (
                lambda: store.set("github", nobody, RECORD),
                lambda: store.get("github", nobody),
                lambda: store.delete("github", nobody),
            ):
                with pytest.raises(ConfigError, match="empty"):
                    await work()

        asyncio.run(scenario())

    def test_threads_with_loops_of_their_own_share_a_store(self, store):
        failures = []

        def work(number):
            async def scenario():
                for _ in range(2):
                    await store.set("github", f"own-{number}", {"access_token": str(number)})
                    found = await store.get("github", f"own-{number}")
                    assert found == {"access_token": str(number)}

            try:
                asyncio.run(scenario())
            except BaseException as exc:  # noqa: BLE001 - told to the thread that asserts
                failures.append(exc)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_writers_at_the_same_moment_leave_one_whole_record(self, store):
        records = [{"access_token": f"word-{number}" * 200} for number in range(4)]

        async def scenario():
            await asyncio.gather(*(store.set("github", "ada", record) for record in records))
            return await store.get("github", "ada")

        assert asyncio.run(scenario()) in records

    def test_a_store_has_a_name_for_the_locks_of_its_records(self, store):
        assert store.identity

    def test_4a_12_no_secret_shows_in_a_store(self, store):
        asyncio.run(store.set("github", "ada", RECORD))
        shown = repr(store) + str(store) + store.identity
        assert "ghp-one" not in shown
        assert "rrr" not in shown

    def forbid_io(self, store, monkeypatch):
        """Let everything fail that reads or writes."""


class LastingCredentialStoreContract(CredentialStoreContract):
    """
    What stores do whose records outlive the process.

    Subclasses also give ``again``, a second object for the same place, and ``plant``: a callable
    that puts a damaged record in the place of the one of a provider with a subject.
    """

    def test_another_object_for_the_same_place_finds_the_record(self, store, again):
        assert store.identity == again.identity
        asyncio.run(store.set("github", "ada", RECORD))
        assert asyncio.run(again.get("github", "ada")) == RECORD
        asyncio.run(again.delete("github", "ada"))
        assert asyncio.run(store.get("github", "ada")) is None

    def test_4a_48_a_damaged_record_is_told_without_its_content(self, store, again, plant):
        from pywry_auth.errors import StoredDataError

        asyncio.run(store.set("github", "bob", RECORD))
        plant("github", "ada")
        for _ in range(2):  # it stays lost: nothing else may take its place unseen
            with pytest.raises(StoredDataError) as caught:
                asyncio.run(store.get("github", "ada"))
            assert (caught.value.provider, "ada" in str(caught.value)) == ("github", True)
            assert "hemmelig" not in str(caught.value) + repr(caught.value.__dict__)
            assert caught.value.__cause__ is None
        assert asyncio.run(store.get("github", "bob")) == RECORD
        asyncio.run(store.set("github", "ada", RECORD))
        assert asyncio.run(store.get("github", "ada")) == RECORD
        asyncio.run(again.delete("github", "ada"))
        assert asyncio.run(store.get("github", "ada")) is None  # removed, no longer damaged

    def test_what_was_damaged_can_be_deleted(self, store, plant):
        from pywry_auth.errors import StoredDataError

        plant("github", "ada")
        with pytest.raises(StoredDataError):
            asyncio.run(store.get("github", "ada"))
        asyncio.run(store.delete("github", "ada"))
        assert asyncio.run(store.get("github", "ada")) is None
