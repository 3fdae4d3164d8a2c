"""What every token store does, run once for each of them."""

import asyncio
import json
import logging
import threading

import pytest

from pywry_auth.protocol.dpop import DPoPKey
from pywry_auth.token_store import TokenStore
from pywry_auth.token_store.base import key_entry
from pywry_auth.token_store.bound_keys import key_in, record_of
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin


KEYS = [
    "default",
    "a:b/c\\d#e",
    "../../etc/passwd",
    "work/ada@https://op.example/realms/x?y=1&z=[*]",
    "*",
    "~pywry~index",
    "~pywry~key:",
    "naïve ключ 鍵 🔑",
    "",
    " ",
    "new\nline\x00nul\ttab",
    "Upper",
    "upper",
    "k" * 1000,
    "lone \ud800 surrogate",
]


def tokens_of(word: str = "one", *, size: int = 0) -> OAuthTokenSet:
    return OAuthTokenSet(
        access_token=f"access-{word}-" + "a" * size,
        refresh_token=f"refresh-{word}",
        expires_in=3600,
        id_token=f"h.{word}.s",
        scope="openid email",
        raw={"tenant": {"name": "Zoë"}, "list": [1, 2.5, None, True]},
        issued_at=1_700_000_000.25,
        origin=TokenOrigin("https://op.example", "client", f"sub-{word}"),
    )


class TokenStoreContract:
    """Subclasses give a fixture ``store``: empty, and emptied afterwards."""

    def test_an_empty_store_gives_nothing(self, store: TokenStore) -> None:
        async def scenario():
            assert await store.load("default") is None
            assert not await store.exists("default")
            assert await store.list_keys() == []
            await store.delete("default")

        asyncio.run(scenario())
        assert store.slot().load() is None
        store.slot().clear()

    def test_what_was_saved_is_loaded_whole(self, store: TokenStore) -> None:
        async def scenario():
            await store.save("default", tokens_of())
            found = await store.load("default")
            assert found == tokens_of()
            assert found.raw == tokens_of().raw
            assert found.origin == tokens_of().origin
            assert await store.exists("default")

        asyncio.run(scenario())

    def test_the_key_that_tokens_are_bound_to_is_kept_whole_but_not_listed(
        self, store: TokenStore
    ) -> None:
        key = DPoPKey.draw("PS256")  # the longest

        async def scenario():
            await store.save(key_entry("default"), record_of(key, tokens_of()))
            await store.save("default", tokens_of())
            assert await store.list_keys() == ["default"]
            found = key_in(await store.load(key_entry("default")), "default")
            assert found == key
            assert found.to_text() == key.to_text()
            await store.delete("default")
            await store.delete(key_entry("default"))
            assert await store.load(key_entry("default")) is None

        asyncio.run(scenario())

    def test_what_is_not_known_stays_unknown(self, store: TokenStore) -> None:
        bare = OAuthTokenSet("only-this", issued_at=5.0)
        store.slot("bare").save(bare)
        found = store.slot("bare").load()
        assert found == bare
        assert found.expires_at is None
        assert found.refresh_token is None
        assert found.origin is None

    def test_a_save_replaces_the_earlier_one(self, store: TokenStore) -> None:
        async def scenario():
            for word, size in (("one", 5000), ("two", 10), ("three", 3000), ("four", 0)):
                await store.save("default", tokens_of(word, size=size))
                assert await store.load("default") == tokens_of(word, size=size)
            assert await store.list_keys() == ["default"]

        asyncio.run(scenario())

    def test_a_deleted_record_is_gone_and_its_neighbours_stay(self, store: TokenStore) -> None:
        async def scenario():
            await store.save("gone", tokens_of("gone", size=3000))
            await store.save("here", tokens_of("here", size=3000))
            await store.delete("gone")
            await store.delete("gone")
            assert await store.load("gone") is None
            assert await store.load("here") == tokens_of("here", size=3000)
            assert await store.list_keys() == ["here"]

        asyncio.run(scenario())

    def test_what_was_erased_is_gone_with_its_keys(self, store: TokenStore) -> None:
        async def scenario():
            for key in ("one", "two", "three"):
                await store.save(key, tokens_of(key, size=3000))
            await store.save(key_entry("two"), record_of(DPoPKey.draw("ES256"), tokens_of()))
            await store.erase(["two", "never-there"])
            assert await store.list_keys() == []
            for key in ("one", "two", key_entry("two"), "three"):
                assert await store.load(key) is None
            await store.erase()
            await store.save("one", tokens_of("again"))
            assert await store.load("one") == tokens_of("again")

        asyncio.run(scenario())

    def test_keys_may_hold_any_character(self, store: TokenStore) -> None:
        async def scenario():
            for number, key in enumerate(KEYS):
                await store.save(key, tokens_of(str(number)))
            for number, key in enumerate(KEYS):
                assert await store.load(key) == tokens_of(str(number)), repr(key)
            assert await store.list_keys() == sorted(KEYS)
            for key in KEYS:
                await store.delete(key)
                assert not await store.exists(key)
            assert await store.list_keys() == []

        asyncio.run(scenario())

    def test_long_tokens_are_kept_whole(self, store: TokenStore) -> None:
        long = tokens_of("long", size=20_000)
        store.slot("long").save(long)
        assert store.slot("long").load() == long

    def test_a_slot_is_the_record_of_its_key(self, store: TokenStore) -> None:
        slot = store.slot("ada")
        assert (slot.key, slot.identity) == ("ada", store.identity)
        asyncio.run(store.save("ada", tokens_of("awaited")))
        assert slot.load() == tokens_of("awaited")
        slot.save(tokens_of("blocking"))
        assert asyncio.run(store.load("ada")) == tokens_of("blocking")
        assert asyncio.run(store.list_keys()) == ["ada"]
        slot.clear()
        slot.clear()
        assert asyncio.run(store.load("ada")) is None

    def test_one_store_serves_many_threads_with_loops_of_their_own(self, store: TokenStore) -> None:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            async def scenario():
                for _ in range(3):
                    await store.save(f"own-{number}", tokens_of(str(number)))
                    assert await store.load(f"own-{number}") == tokens_of(str(number))

            try:
                asyncio.run(scenario())
            except BaseException as exc:  # noqa: BLE001 - told to the thread that asserts
                failures.append(exc)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert asyncio.run(store.list_keys()) == [f"own-{number}" for number in range(4)]

    def test_callers_at_the_same_moment_leave_one_whole_record(self, store: TokenStore) -> None:
        words = [f"word-{number}" for number in range(6)]

        async def scenario():
            await asyncio.gather(
                *(store.save("shared", tokens_of(word, size=2500)) for word in words)
            )
            return await store.load("shared")

        assert asyncio.run(scenario()) in [tokens_of(word, size=2500) for word in words]

    def test_readers_always_meet_a_whole_record(self, store: TokenStore) -> None:
        whole = [tokens_of("even", size=2500), tokens_of("odd", size=3700)]

        async def scenario():
            await store.save("shared", whole[0])

            async def write():
                for number in range(4):
                    await store.save("shared", whole[number % 2])

            async def read():
                for _ in range(6):
                    assert await store.load("shared") in whole

            await asyncio.gather(write(), read())

        asyncio.run(scenario())

    def test_what_the_caller_changes_later_changes_nothing_here(self, store: TokenStore) -> None:
        raw: dict[str, object] = {"list": [1]}
        tokens = OAuthTokenSet("a", raw=raw, issued_at=1.0)

        async def scenario():
            await store.save("default", tokens)
            inner = tokens.raw["list"]
            assert isinstance(inner, list)
            inner.append(2)
            found = await store.load("default")
            assert found.raw == {"list": [1]}
            found.raw["list"].append(3)
            assert (await store.load("default")).raw == {"list": [1]}

        asyncio.run(scenario())

    def test_no_secret_shows_in_the_store_or_its_slot(self, store: TokenStore) -> None:
        store.slot("default").save(tokens_of())
        shown = repr(store) + repr(store.slot()) + str(vars(store)) + store.identity
        for secret in ("access-one", "refresh-one", "apppw"):
            assert secret not in shown


class LastingTokenStoreContract(TokenStoreContract):
    """
    What stores do whose records outlive the process.

    Subclasses also give the fixtures ``again``: a second object for the same place, and ``plant``
    with ``planted``: callables that put and get a text under a key behind the store's back.
    """

    def test_another_object_for_the_same_place_finds_the_record(self, store, again) -> None:
        assert store.identity == again.identity != ""
        store.slot("shared").save(tokens_of("one", size=3000))
        assert again.slot("shared").load() == tokens_of("one", size=3000)
        assert asyncio.run(again.list_keys()) == ["shared"]
        again.slot("shared").clear()
        assert store.slot("shared").load() is None

    def test_a_record_of_the_older_form_is_read(self, store, plant) -> None:
        older = {
            "access_token": "a",
            "token_type": "bearer",
            "refresh_token": "r",
            "expires_in": 3600,
            "id_token": None,
            "scope": "x y",
            "raw": {"access_token": "a", "kept": 1},
            "issued_at": 1000.5,
        }
        plant("default", json.dumps(older))
        found = asyncio.run(store.load("default"))
        assert (found.access_token, found.refresh_token, found.scope) == ("a", "r", "x y")
        assert found.expires_at == 4600.5
        assert found.raw == {"kept": 1}
        assert store.slot().load() == found

    @pytest.mark.parametrize("text", ["{not json", '{"v":1}', "[]", '{"v":1,"at":5,"tt":"Bearer"}'])
    def test_a_damaged_record_counts_as_nothing_and_is_set_aside(
        self, store, plant, planted, text, caplog
    ) -> None:
        marked = text + " " * 3 + "\n"
        plant("broken", marked)
        store.slot("well").save(tokens_of())
        with caplog.at_level(logging.DEBUG):
            assert asyncio.run(store.load("broken")) is None
        assert "broken" in {record.key for record in caplog.records if hasattr(record, "key")}
        assert marked not in "".join(str(vars(record)) for record in caplog.records)
        assert planted("broken") is None
        assert asyncio.run(store.list_keys()) == ["well"]
        store.slot("broken").save(tokens_of("again"))
        assert store.slot("broken").load() == tokens_of("again")

    def test_a_damaged_record_is_set_aside_by_a_slot_too(self, store, plant, planted) -> None:
        plant("broken", "{not json")
        assert store.slot("broken").load() is None
        assert planted("broken") is None

    def test_a_record_of_a_newer_release_stays_where_it_is(self, store, plant, planted) -> None:
        text = '{"v":99,"sealed":"by tomorrow"}'
        plant("newer", text)
        assert store.slot("newer").load() is None
        assert asyncio.run(store.load("newer")) is None
        assert not asyncio.run(store.exists("newer"))
        assert planted("newer") == text
