"""What every slot does, run once for each kind."""

import threading

from contract.token_store import tokens_of

from pywry_auth.token_store.slot import TokenSlot
from pywry_auth.tokens import OAuthTokenSet


class TokenSlotContract:
    """Subclasses give a fixture ``slot``: empty, and emptied afterwards."""

    def test_4b_40_what_is_saved_is_loaded_until_it_is_cleared(self, slot: TokenSlot) -> None:
        assert slot.load() is None
        slot.save(tokens_of())
        found = slot.load()
        assert found == tokens_of()
        assert (found.raw, found.origin) == (tokens_of().raw, tokens_of().origin)
        slot.clear()
        assert slot.load() is None
        slot.clear()
        assert slot.load() is None

    def test_clearing_what_was_never_there_is_no_error(self, slot: TokenSlot) -> None:
        slot.clear()
        assert slot.load() is None

    def test_a_save_replaces_the_earlier_one(self, slot: TokenSlot) -> None:
        for word, size in (("one", 5000), ("two", 10), ("three", 3000), ("four", 0)):
            slot.save(tokens_of(word, size=size))
            assert slot.load() == tokens_of(word, size=size)

    def test_what_is_not_known_stays_unknown(self, slot: TokenSlot) -> None:
        bare = OAuthTokenSet("only-this", issued_at=5.0)
        slot.save(bare)
        found = slot.load()
        assert found == bare
        assert (found.expires_at, found.refresh_token, found.origin) == (None, None, None)

    def test_4b_48_long_token_sets_are_kept_whole(self, slot: TokenSlot) -> None:
        for size in (1_000, 3_000, 20_000):
            slot.save(tokens_of("long", size=size))
            assert slot.load() == tokens_of("long", size=size)

    def test_copies_go_in_and_come_out(self, slot: TokenSlot) -> None:
        tokens = OAuthTokenSet("a", raw={"list": [1]}, issued_at=1.0)
        slot.save(tokens)
        tokens.raw["list"].append(2)
        found = slot.load()
        assert found.raw == {"list": [1]}
        found.raw["list"].append(3)
        assert slot.load().raw == {"list": [1]}

    def test_threads_at_the_same_moment_leave_one_whole_record(self, slot: TokenSlot) -> None:
        whole = [tokens_of(f"word-{number}", size=2500) for number in range(4)]
        slot.save(whole[0])
        found: list[object] = []

        def work(mine: OAuthTokenSet) -> None:
            try:
                for _ in range(3):
                    slot.save(mine)
                    found.append(slot.load())
            except BaseException as exc:  # noqa: BLE001 - told to the thread that asserts
                found.append(exc)

        threads = [threading.Thread(target=work, args=(tokens,)) for tokens in whole]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 12
        assert [one for one in found if one not in whole] == []

    def test_no_secret_shows_in_it(self, slot: TokenSlot) -> None:
        slot.save(tokens_of())
        shown = f"{slot!r}{slot}{vars(slot)}{slot.identity}{slot.key}"
        for secret in ("access-one", "refresh-one", "h.one.s"):
            assert secret not in shown

    def test_it_has_an_identity_that_its_lock_can_be_named_after(self, slot: TokenSlot) -> None:
        assert slot.identity
        assert slot.key
