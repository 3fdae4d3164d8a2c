"""The panic button: here everything ends at once; what could not be ended there is said."""

import asyncio
import functools

import pytest
from fakes.provider import ScriptedProvider

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.account_store import WatchedStore
from pywry_auth.desktop.panic import PanicScope, Remainder, Revocation, finish_leaving, panic
from pywry_auth.desktop.picture import Pictures
from pywry_auth.errors import DiscoveryError, DiscoveryTransportError, StoreError, TokenExpiredError
from pywry_auth.lock import record_lock
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.session import SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.testing.virtual_loop import on_package_loop
from pywry_auth.token_store import JsonFileTokenStore, MemoryTokenStore
from pywry_auth.token_store.base import key_entry
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from pywry_auth.window.profiles import is_empty, profile_folder


ALICE = Account("scripted", "alice", "alice@example.org")
BOB = Account("scripted", "bob")


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


class Scene:
    """An application where Alice and Bob are signed in, Alice in use."""

    def __init__(self, folder, store=None):
        self.folder = folder
        self.clock = VirtualClock()
        self.provider = ScriptedProvider(self.clock)
        self.store = store or MemoryTokenStore()
        self.index = AccountIndex(folder / "accounts.json")
        self.pictures = Pictures(folder / "pictures", is_wanted=self.index.holds)
        self.tokens = {}
        for account in (BOB, ALICE):
            tokens = self.tokens[account.key] = self.provider.tokens()
            asyncio.run(self.store.save(account.key, tokens))
            asyncio.run(self.store.save(key_entry(account.key), tokens))
            self.index.remember(account)
        self.session = SessionManager(
            self.provider,
            WatchedStore(self.store, self.index),
            session_key=ALICE.key,
            clock=self.clock,
        )
        (profile_folder("notes/scripted") / "Cookies").write_text("who you are")
        (folder / "pictures").mkdir()
        (folder / "pictures" / "one").write_text("a face")

    def scope(self, **changes):
        members = {
            "index": self.index,
            "store": self.store,
            "provider_of": lambda _account: self.provider,
            "session_of": lambda account: self.session if account.key == ALICE.key else None,
            "profiles": ("notes/scripted", "notes/never-used"),
            "pictures": self.pictures,
        }
        return PanicScope(**{**members, **changes})

    def panic(self, **changes):
        """Press the button from where nothing is awaited."""
        found = []

        async def press():
            found.append(await panic(self.scope(**changes)))

        on_package_loop(press, self.clock)
        return found[0]

    def require_nothing_is_left(self):
        for account in (ALICE, BOB):
            for key in (account.key, key_entry(account.key)):
                assert asyncio.run(self.store.load(key)) is None
        assert self.index.accounts() == []
        assert is_empty("notes/scripted")
        assert not (self.folder / "pictures").exists()
        assert self.session.tokens is None


@pytest.fixture(params=[MemoryTokenStore])
def scene(request, tmp_path):
    return Scene(tmp_path, request.param())


def on_the_loop(scenario):
    @functools.wraps(scenario)
    def run(scene, **values):
        on_package_loop(lambda: scenario(scene, **values), scene.clock)

    return run


def said(report):
    return {end.account.subject: end.revocation for end in report.ends}


def test_everything_is_revoked_and_nothing_is_left(scene):
    report = scene.panic()
    assert said(report) == {"alice": Revocation.REVOKED, "bob": Revocation.REVOKED}
    assert report.is_complete
    expected = {word for t in scene.tokens.values() for word in (t.access_token, t.refresh_token)}
    assert set(scene.provider.revoked) == expected
    scene.require_nothing_is_left()
    assert scene.index.leaving() == []
    assert scene.index.generation > 2


@on_the_loop
async def test_a_session_in_use_ends_with_what_it_held(scene):
    await scene.session.initialize()
    held = (await scene.session.refresh()).access_token
    await panic(scene.scope())
    assert held in scene.provider.revoked
    with pytest.raises(TokenExpiredError):
        await scene.session.get_access_token()


def test_an_error_report_or_repr_shows_no_token(scene):
    report = scene.panic()
    assert "access-" not in repr(report)
    assert "refresh-" not in repr(report)


class Offline(ScriptedProvider):
    async def prepare(self):
        raise DiscoveryTransportError("nobody answered")


class Broken(ScriptedProvider):
    async def prepare(self):
        raise DiscoveryError("nonsense")


class Mute(ScriptedProvider):
    revoke_token = OAuthProvider.revoke_token


class Hanging(ScriptedProvider):
    async def revoke_token(self, token):
        del token
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("kind", "revocation"),
    [
        (Offline, Revocation.UNREACHABLE),
        (Broken, Revocation.UNCONFIRMED),
        (Mute, Revocation.UNSUPPORTED),
    ],
)
def test_whatever_the_provider_does_nothing_is_left_here(scene, kind, revocation):
    provider = kind(scene.clock)
    report = scene.panic(provider_of=lambda _account: provider)
    assert set(said(report).values()) == {revocation}
    assert not report.is_complete
    assert report.left == ()
    # A refresh token that nobody revoked lives until the provider ends it.
    assert all(tokens.refresh_token for tokens in scene.tokens.values())
    assert {end.valid_until for end in report.ends} == {None}
    scene.require_nothing_is_left()


def test_a_provider_that_says_no_is_not_said_to_have_revoked(scene):
    scene.provider.revokes = False
    assert set(said(scene.panic()).values()) == {Revocation.UNCONFIRMED}


def test_one_hanging_provider_keeps_no_other_account_and_nothing_here(scene):
    hanging = Hanging(scene.clock)

    async def press():
        seen = asyncio.Queue()
        scope = scene.scope(
            provider_of=lambda one: hanging if one.key == BOB.key else scene.provider,
            session_of=lambda _account: None,
        )
        pressed = asyncio.ensure_future(panic(scope, on_end=seen.put_nowait, within=0.5))
        assert (await seen.get()).account == ALICE
        assert not pressed.done()
        return await pressed

    report = asyncio.run(press())
    assert said(report) == {"alice": Revocation.REVOKED, "bob": Revocation.UNREACHABLE}
    scene.require_nothing_is_left()


def test_tokens_of_another_client_are_not_shown_to_this_provider(scene):
    foreign = OAuthTokenSet("foreign", refresh_token="f", origin=TokenOrigin("https://x", "y"))
    asyncio.run(scene.store.save(BOB.key, foreign))
    report = scene.panic()
    assert said(report)["bob"] is Revocation.UNCONFIRMED
    assert not {"foreign", "f"} & set(scene.provider.revoked)
    scene.require_nothing_is_left()


def test_an_account_whose_provider_is_not_offered_any_more_goes_too(scene):
    report = scene.panic(provider_of=lambda _account: None)
    assert set(said(report).values()) == {Revocation.UNCONFIRMED}
    assert scene.provider.revoked == []
    scene.require_nothing_is_left()


def test_tokens_no_list_names_are_revoked_and_removed_as_well(scene):
    asyncio.run(scene.store.save("scripted/carol", scene.provider.tokens()))
    assert said(scene.panic())["carol"] is Revocation.REVOKED
    assert scene.store.get("scripted/carol") is None


class LockedStore(MemoryTokenStore):
    is_locked = False

    def _refuse(self):
        if self.is_locked:
            raise StoreError("locked")

    async def load(self, key):
        self._refuse()
        return await super().load(key)

    async def delete(self, key):
        self._refuse()
        await super().delete(key)

    async def list_keys(self):
        self._refuse()
        return await super().list_keys()


def test_a_locked_keyring_is_said_and_another_press_finds_what_it_left(tmp_path):
    scene = Scene(tmp_path, LockedStore())
    scene.store.is_locked = True
    report = scene.panic()
    assert report.left == (Remainder.TOKENS,)
    assert not report.is_complete
    assert set(said(report).values()) == {Revocation.UNKNOWN}
    assert scene.index.accounts() == []
    assert {one.key for one in scene.index.leaving()} == {ALICE.key, BOB.key}
    assert is_empty("notes/scripted")
    scene.store.is_locked = False
    again = scene.panic()
    assert again.is_complete
    assert set(said(again).values()) == {Revocation.REVOKED}
    scene.require_nothing_is_left()
    assert scene.index.leaving() == []


@pytest.mark.parametrize("scene", [LockedStore], indirect=True)
@on_the_loop
async def test_what_is_held_is_revoked_though_the_keyring_is_locked(scene):
    await scene.session.initialize()
    scene.store.is_locked = True
    report = await panic(scene.scope())
    assert said(report)["alice"] is Revocation.REVOKED
    assert said(report)["bob"] is Revocation.UNKNOWN
    assert scene.session.tokens is None


def test_a_list_that_cannot_be_emptied_is_said_and_the_rest_goes(scene, monkeypatch):
    def stuck():
        raise StoreError("read-only")

    monkeypatch.setattr(scene.index, "leave", stuck)
    report = scene.panic()
    assert report.left == (Remainder.ACCOUNTS,)
    assert asyncio.run(scene.store.load(ALICE.key)) is None
    assert is_empty("notes/scripted")


def test_browsing_data_that_stays_is_said(scene, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.panic.forget_profile", lambda _profile: None)
    assert scene.panic().left == (Remainder.BROWSING,)


def test_pictures_that_stay_are_said(scene, monkeypatch):
    monkeypatch.setattr(scene.pictures, "clear", lambda: False)
    assert scene.panic().left == (Remainder.PICTURES,)


def test_a_damaged_file_goes_with_its_copies(tmp_path):
    scene = Scene(tmp_path, JsonFileTokenStore(tmp_path / "tokens" / "tokens.json"))
    (tmp_path / "tokens" / "tokens.json").write_text("{broken")
    report = asyncio.run(panic(scene.scope(session_of=lambda _account: None)))
    assert set(said(report).values()) == {Revocation.UNKNOWN}
    assert list((tmp_path / "tokens").iterdir()) == []


def test_whoever_hangs_at_a_record_is_waited_for_a_moment_only(tmp_path, monkeypatch):
    monkeypatch.setattr("pywry_auth.desktop.panic.GRACE", 0.05)
    scene = Scene(tmp_path, JsonFileTokenStore(tmp_path / "tokens.json"))
    with record_lock(scene.store.identity, ALICE.key):
        report = asyncio.run(panic(scene.scope(session_of=lambda _account: None)))
    assert report.is_complete
    scene.require_nothing_is_left()


def test_nobody_signed_in_is_nothing_to_end(tmp_path):
    scene = Scene(tmp_path)
    assert scene.panic().is_complete
    report = scene.panic()
    assert (report.ends, report.left) == ((), ())


@pytest.mark.parametrize("scene", [LockedStore], indirect=True)
def test_what_was_left_goes_as_soon_as_the_store_works_again(scene):
    scene.store.is_locked = True
    scene.panic()
    assert not asyncio.run(finish_leaving(scene.index, scene.store))
    assert scene.store.get(BOB.key) is not None
    scene.store.is_locked = False
    asyncio.run(scene.store.save(ALICE.key, scene.provider.tokens()))
    scene.index.remember(ALICE)
    assert asyncio.run(finish_leaving(scene.index, scene.store))
    assert scene.store.get(BOB.key) is None
    assert scene.store.get(key_entry(BOB.key)) is None
    assert scene.store.get(ALICE.key) is not None
    assert scene.index.leaving() == []
    assert scene.index.accounts() == [ALICE]


def test_who_signs_in_again_while_what_was_left_is_removed_stays(scene):
    scene.index.leave()
    look = scene.index.leaving

    def signs_in_after_a_look():
        found = look()
        scene.index.remember(ALICE)
        return found

    scene.index.leaving = signs_in_after_a_look
    assert asyncio.run(finish_leaving(scene.index, scene.store))
    assert scene.store.get(ALICE.key) is not None
    assert scene.index.accounts() == [ALICE]
    assert scene.store.get(BOB.key) is None
