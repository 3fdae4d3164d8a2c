"""The container: what it holds, what lies over it for a while, what is back afterwards."""

import asyncio
import copy
import gc
import logging
import pickle
import random
import threading

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import pywry_auth
from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations import (
    Integrations,
    ProviderSettings,
    Target,
    available_auth_providers,
    available_providers,
    get_provider,
    provider_override,
    register_provider,
)
from pywry_auth.integrations.targets.github import GitHub
from pywry_auth.integrations.targets.google import Gmail, GmailSettings
from pywry_auth.integrations.targets.notion import Notion, NotionSettings
from tests.resource_kit import Given, Resource


CANARY = "canary-5f1c"
NAMES = {
    "asana",
    "github",
    "gmail",
    "google_calendar",
    "google_docs",
    "google_drive",
    "google_sheets",
    "hubspot",
    "microsoft",
    "notion",
    "slack",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """Let the environment of whoever runs the tests say nothing."""
    for kind in available_auth_providers().values():
        for variables in kind.app_credentials_class.variables().values():
            for name in variables:
                monkeypatch.delenv(name, raising=False)


def held(**configs):
    return Integrations(auto_configure=False, **configs)


class Served:
    """A client of httpx whose server counts, and says what a test wants."""

    def __init__(self, *statuses):
        self.asked = []
        self._statuses = list(statuses) or [200]
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request):
        self.asked.append(request)
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        return httpx.Response(status, json={"id": 1, "login": "ada"})


@pytest.fixture
def waits(monkeypatch):
    """Let no retry wait, and tell for how long it would have."""
    found = []

    async def no_sleep(seconds):
        found.append(seconds)

    monkeypatch.setattr("pywry_auth.integrations.reaching.retrying.sleep", no_sleep)
    return found


# 4A.53 (the container's side; the session's is in test_auth_manager)


def test_4a_53_a_timeout_laid_over_bound_settings_leaves_the_token():
    container = held(github=ProviderSettings(token="manual", token_type="token"))
    with container.overrides(github={"timeout": 30}):
        settings = container.github.settings
        assert (settings.token, settings.token_type, settings.timeout) == ("manual", "token", 30.0)


# 4A.54


def test_4a_54_an_override_merges_and_the_very_objects_are_back_afterwards():
    settings = GmailSettings(token=CANARY, user_id="ada@example.test", timeout=7)
    container = held(gmail=settings)
    before = container.gmail
    with container.overrides(gmail={"timeout": 3}) as inside:
        assert inside is container
        assert container.gmail is not before
        assert container.gmail is container.gmail
        assert isinstance(container.gmail.settings, GmailSettings)
        merged = container.gmail.settings.model_dump()
        assert merged == {**settings.model_dump(), "timeout": 3.0}
    assert container.gmail is before
    assert container.gmail.settings is settings


def test_4a_54_an_override_is_an_async_context_manager_too():
    async def scenario():
        container = held(github={"token": "a"})
        before = container.github
        async with container.overrides(github={"token": "b"}) as inside:
            assert inside is container
            assert container["github"].settings.token == "b"
        return container.github is before

    assert asyncio.run(scenario())


def test_4a_54_the_originals_are_back_after_an_error_too():
    container = held(github={"token": "a"})
    before = container.github
    with pytest.raises(ZeroDivisionError), container.overrides(github={"timeout": 1}):
        raise ZeroDivisionError
    assert container.github is before


def test_overrides_lie_over_overrides():
    container = held(github={"token": "a"})
    with container.overrides(github={"timeout": 5}):
        middle = container.github
        with container.overrides(github={"retry_attempts": 0}):
            settings = container.github.settings
            assert (settings.timeout, settings.retry_attempts, settings.token) == (5.0, 0, "a")
        assert container.github is middle


def test_overrides_may_end_in_any_order():
    container = held(github={"token": "a"})
    before = container.github
    first, second = (
        container.overrides(github={"timeout": 1}),
        container.overrides(github={"timeout": 2}),
    )
    with first:
        second.__enter__()
    assert container.github.settings.timeout == 2.0
    second.__exit__(None, None, None)
    assert container.github is before


def test_an_override_that_is_entered_twice_ends_twice():
    container = held(github={"token": "a"})
    again = container.overrides(github={"timeout": 1})
    with again:
        with again:
            inner = container.github
        assert container.github is not inner
        assert container.github.settings.timeout == 1.0
    assert container.github.settings.timeout == 30.0


def test_an_override_ends_everywhere_though_it_ends_in_another_context():
    container = held(github={"token": "a"})
    before = container.github

    async def scenario():
        laid = container.overrides(github={"timeout": 1})
        await laid.__aenter__()
        await asyncio.create_task(laid.__aexit__(None, None, None))
        return container.github

    assert asyncio.run(scenario()) is before


def test_what_is_registered_meanwhile_stays():
    container = held(github={"token": "a"})
    with container.overrides(github={"timeout": 1}):
        later = container.register("github", {"token": "later"})
        assert container.github.settings.timeout == 1.0
    assert container.github is later


# 4A.55


@pytest.mark.parametrize("alone", [True, False])
def test_4a_55_without_merging_what_is_not_named_falls_back_to_its_default(alone):
    container = held(notion={"token": "a", "timeout": 3, "version": "2021-01-01", "extra": 1})
    config = {"timeout": 9}
    override = (
        container.overrides(notion=provider_override(config, merge=False))
        if alone
        else container.overrides(merge=False, notion=config)
    )
    with override:
        settings = container.notion.settings
        assert settings.model_dump() == NotionSettings(timeout=9).model_dump()
    assert container.notion.settings.token == "a"


@pytest.mark.parametrize("merge", [None, False])
def test_settings_replace_what_is_there(merge):
    container = held(gmail={"token": "a", "timeout": 3})
    other = GmailSettings(token="b")
    with container.overrides(merge=merge, gmail=other):
        assert container.gmail.settings is other
        assert isinstance(container.gmail, Gmail)


@pytest.mark.parametrize("merge", [None, False])
def test_a_target_replaces_what_is_there(merge):
    container = held(github={"token": "a"})
    other = GitHub(token="b")
    with container.overrides(merge=merge, github=other):
        assert container.github is other


def test_the_word_about_one_target_counts_before_that_about_all():
    container = held(github={"token": "a"}, notion={"token": "n"})
    with container.overrides(
        merge=False, github=provider_override({"timeout": 1}), notion={"timeout": 1}
    ):
        assert container.github.settings.token == "a"
        assert container.notion.settings.token == ""


# 4A.56


def test_4a_56_a_target_that_an_override_adds_is_gone_afterwards():
    container = held(github={"token": "a"})
    with container.overrides(slack={"token": "s"}):
        assert container.slack.settings.token == "s"
        assert "slack" in container
        assert list(container) == ["github", "slack"]
    assert "slack" not in container
    assert list(container) == ["github"]
    with pytest.raises(AttributeError):
        _ = container.slack


@pytest.mark.parametrize("config", [GitHub(token=CANARY), ProviderSettings(token=CANARY)])
@pytest.mark.parametrize("alone", [True, False])
def test_4a_56_merging_what_is_whole_is_refused(config, alone):
    container = held(github={"token": "a"})
    merge, asked = (None, provider_override(config)) if alone else (True, config)
    with pytest.raises(TypeError, match="github") as caught:
        container.overrides(merge=merge, github=asked)
    assert CANARY not in str(caught.value)


# 4A.57


def test_4a_57_overlapping_overrides_of_two_tasks_never_meet():
    container = held(github={"token": "a"})
    before = container.github
    seen = {}

    async def one(name, *, entered, leave):
        async with container.overrides(github={"token": name}, slack={"token": name}):
            entered.set()
            await leave.wait()
            seen[name] = (container.github.settings.token, container.slack.settings.token)
        seen[name, "after"] = (container.github is before, "slack" in container)

    async def scenario():
        here, there = asyncio.Event(), asyncio.Event()
        go_first, go_second = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(one("first", entered=here, leave=go_first))
        await here.wait()
        second = asyncio.create_task(one("second", entered=there, leave=go_second))
        await there.wait()
        seen["outside"] = container.github is before
        go_first.set()  # the first ends first: not as they began
        await first
        go_second.set()
        await second

    asyncio.run(scenario())
    assert seen == {
        "first": ("first", "first"),
        "second": ("second", "second"),
        ("first", "after"): (True, False),
        ("second", "after"): (True, False),
        "outside": True,
    }
    assert container.github is before


def test_4a_57_another_thread_sees_nothing_of_it():
    container = held(github={"token": "a"})
    found = []
    with container.overrides(github={"token": "b"}):
        thread = threading.Thread(target=lambda: found.append(container.github.settings.token))
        thread.start()
        thread.join()
    assert found == ["a"]


@settings(max_examples=30)
@given(st.integers(), st.integers(2, 12))
def test_4a_57_however_overrides_overlap_each_task_sees_its_own(seed, crowd):
    chance = random.Random(seed)  # noqa: S311 - an order of steps, no secret
    container = held(github={"token": "bound"})
    before = container.github

    async def one(number):
        depth, open_ones = [], []
        for step in range(12):
            await asyncio.sleep(0)
            if open_ones and chance.random() < 0.5:
                at = chance.randrange(len(open_ones))  # in any order, also within one task
                await open_ones.pop(at).__aexit__(None, None, None)
                depth.pop(at)
            else:
                token = f"{number}.{step}"
                laid = container.overrides(github={"token": token}, slack={"token": token})
                assert await laid.__aenter__() is container
                open_ones.append(laid)
                depth.append(token)
            assert container.github.settings.token == (depth[-1] if depth else "bound")
            assert ("slack" in container) is bool(depth)
        for laid in open_ones:
            await laid.__aexit__(None, None, None)
        assert container.github is before

    async def scenario():
        await asyncio.gather(*map(one, range(crowd)))

    asyncio.run(scenario())
    assert container.github is before
    assert list(container) == ["github"]


def test_a_task_that_is_started_inside_sees_it_as_long_as_it_lasts():
    container = held(github={"token": "a"})

    async def scenario():
        found = []
        over = asyncio.Event()

        async def child():
            found.append(container.github.settings.token)
            await over.wait()
            found.append(container.github.settings.token)

        async with container.overrides(github={"token": "b"}):
            task = asyncio.create_task(child())
            await asyncio.sleep(0)
        over.set()
        await task
        return found

    assert asyncio.run(scenario()) == ["b", "a"]


def test_two_containers_never_meet():
    one, other = held(github={"token": "1"}), held(github={"token": "2"})
    with one.overrides(github={"token": "x"}):
        assert other.github.settings.token == "2"


# 4A.58


def test_4a_58_of_several_overrides_none_counts_if_one_is_wrong():
    container = held(github={"token": "a"}, slack={"token": "s"})
    before = container.github
    with (
        pytest.raises(ValidationError) as caught,
        container.overrides(github={"timeout": 1}, slack={"timeout": -1, "token": CANARY}),
    ):
        raise AssertionError("entered")
    assert container.github is before
    assert "timeout" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": "soon"},
        {"retry_attempts": -1},
        {"base_url": "http://api.example.test"},
        {"base_url": "https://me@api.example.test"},
        {"base_url": "https://api.example.test/?x=1"},
        {"token": f"{CANARY}\nX-Evil: 1"},
        {"token": f"{CANARY}é"},
        {"user_agent": "a\r\nb"},
        {"user_id": 7},
    ],
)
def test_4a_58_what_comes_of_merging_is_validated(changes):
    # Bound as a plain one, which knows nothing of user_id.
    container = held(gmail=ProviderSettings(token="a"))
    with pytest.raises(ValidationError) as caught, container.overrides(gmail=changes):
        raise AssertionError("entered")
    assert CANARY not in f"{caught.value} {caught.value!r}"
    assert container.gmail.settings.timeout == 30.0


def test_4a_58_an_unknown_name_is_found_before_anything_is_laid():
    container = held(github={"token": "a"})
    with pytest.raises(ProviderNotFoundError, match="nonsense"):
        container.overrides(github={"timeout": 1}, nonsense={"token": "b"})


@pytest.mark.parametrize("config", [None, 7, "token", ["token"], object()])
def test_what_is_no_override_is_named(config):
    with pytest.raises(TypeError, match="github"):
        held(github={"token": "a"}).overrides(github=config)


# 4A.59


def test_4a_59_no_retries_inside_and_the_usual_ones_afterwards(waits):
    async def scenario():
        served = Served(503)
        container = held(github={"token": CANARY})
        async with served.http:
            container = Integrations(
                auto_configure=False, http=served.http, github={"token": CANARY}
            )
            with container.overrides(github={"retry_attempts": 0}):
                inside = await container.github.health_check()
            asked = len(served.asked)
            outside = await container.github.health_check()
        assert container.github.settings.retry_attempts == 2
        return inside, asked, outside, len(served.asked), served.asked

    inside, once, outside, thrice, asked = asyncio.run(scenario())
    assert (inside.ok, inside.status, inside.error) == (False, 503, "server_error")
    assert once == 1
    assert (outside.ok, outside.status) == (False, 503)
    assert thrice == 1 + 3
    assert len(waits) == 2
    assert {one.headers["authorization"] for one in asked} == {f"Bearer {CANARY}"}
    assert inside.latency >= 0.0


def test_4a_59_a_health_check_is_one_authenticated_request():
    async def scenario():
        served = Served(200)
        async with served.http:
            container = Integrations(
                auto_configure=False, http=served.http, github={"token": CANARY}
            )
            return await container.github.health_check(), served.asked

    health, asked = asyncio.run(scenario())
    assert (health.ok, health.status, health.provider, health.error) == (True, 200, "github", "")
    assert [str(one.url) for one in asked] == ["https://api.github.com/user"]
    assert asked[0].headers["authorization"] == f"Bearer {CANARY}"


# 4A.60


def test_4a_60_what_is_given_counts_before_the_environment_which_fills_the_gaps(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "from-environment")
    assert Integrations().github.settings.token == "from-environment"
    assert Integrations(github={"timeout": 5}).github.settings.model_dump() == {
        **ProviderSettings(token="from-environment", timeout=5).model_dump()
    }
    given = Integrations(github={"token": "given"}).github.settings
    assert given.token == "given"


def test_4a_60_the_environment_fills_each_field_by_itself(monkeypatch):
    monkeypatch.setenv("GOOGLE_CALENDAR_ID", "team@example.test")
    container = Integrations(google_calendar={"token": "given"})
    assert container.google_calendar.settings.calendar_id == "team@example.test"
    assert container.google_calendar.settings.token == "given"
    assert (
        Integrations(google_calendar={"calendar_id": "mine"}).google_calendar.settings.token == ""
    )
    assert "gmail" not in container  # nobody has a token for it


def test_4a_60_one_token_of_google_configures_its_five_targets(monkeypatch):
    monkeypatch.setenv("GOOGLE_TOKEN", "g")
    container = Integrations()
    google = {"gmail", "google_calendar", "google_docs", "google_drive", "google_sheets"}
    assert set(container) == google
    assert {container[name].settings.token for name in container} == {"g"}


def test_4a_60_settings_are_held_as_they_are_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "from-environment")
    settings = ProviderSettings(timeout=3)
    target = GitHub(token="own")
    assert Integrations(github=settings).github.settings is settings
    assert Integrations(github=target).github is target


def test_4a_60_without_auto_configure_nothing_is_there_by_itself(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "from-environment")
    container = Integrations(auto_configure=False)
    assert list(container) == []
    assert len(container) == 0
    with pytest.raises(AttributeError, match="github"):
        _ = container.github
    with pytest.raises(ProviderNotFoundError):
        _ = container["github"]
    assert Integrations(auto_configure=False, github={}).github.settings.token == ""


def test_4a_60_what_the_environment_configures_badly_is_left_out(monkeypatch, caplog):
    monkeypatch.setenv("GITHUB_TOKEN", f"{CANARY}\x07")
    monkeypatch.setenv("NOTION_TOKEN", "n")
    with caplog.at_level(logging.WARNING):
        container = Integrations()
    assert list(container) == ["notion"]
    assert "integrations.left_out" in caplog.text
    assert CANARY not in caplog.text


def test_4a_60_what_no_target_takes_from_the_environment_is_left_out(monkeypatch, caplog):
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    monkeypatch.setenv("GITHUB_API_URL", "https://api.example.test/?x=1")
    monkeypatch.setenv("NOTION_TOKEN", "n")
    with caplog.at_level(logging.WARNING):
        container = Integrations()
        named = Integrations(github={"token": "good"})
    assert list(container) == ["notion"]
    assert "integrations.left_out" in caplog.text
    assert CANARY not in caplog.text
    assert named.github.base_url == "https://api.github.com"


def test_a_gap_the_environment_would_fill_badly_stays_one(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", f"{CANARY}\x07")
    assert Integrations(github={"token": "good"}).github.settings.token == "good"


def test_4a_60_the_public_names_are_there():
    assert pywry_auth.Integrations is Integrations
    assert pywry_auth.integrations.ProviderSettings is ProviderSettings


# What it holds


def test_a_target_is_found_however_its_name_is_spelt():
    container = held(**{"Google Drive": {"token": "a"}})
    target = container.google_drive
    for name in ("google_drive", "google-drive", "Google.Drive", " GDrive "):
        assert container[name] is target
        assert container.get(name) is target
        assert name in container


def test_get_gives_the_default_where_nothing_is_held():
    container = held(github={"token": "a"})
    assert container.get("slack") is None
    assert container.get("slack", 7) == 7
    assert 7 not in container
    assert "" not in container


@pytest.mark.parametrize("config", [None, 7, "token", ["token"], object()])
def test_4a_60_a_config_of_another_type_is_named(config):
    with pytest.raises(TypeError, match="github"):
        held(github=config)


def test_4a_60_an_unknown_name_is_a_key_error_that_names_it():
    with pytest.raises(ProviderNotFoundError, match="nonsense") as caught:
        held(nonsense={"token": CANARY})
    assert isinstance(caught.value, KeyError)
    assert CANARY not in str(caught.value)


def test_settings_that_somebody_bound_are_held_under_any_name():
    settings = ProviderSettings(token="a", base_url="https://acme.example.test")
    container = held(acme=settings)
    assert container.acme.settings is settings
    assert container.acme.key == "acme"
    with container.overrides(acme={"timeout": 1}):
        assert container.acme.settings.token == "a"


@pytest.mark.parametrize(
    "name", ["register", "get", "overrides", "aclose", "http", "merge", "_secret", "__len__"]
)
def test_a_name_that_means_something_else_is_refused(name):
    container = held()
    with pytest.raises(ConfigError, match=name.strip("_")):
        container.register(name, GitHub(token="a"))


@pytest.mark.parametrize("name", ["register", "OVERRIDES", "_secret"])
def test_nothing_is_laid_over_a_name_that_means_something_else(name):
    with pytest.raises(ConfigError):
        held().overrides(**{name: {"token": "a"}})


def test_registering_replaces():
    container = held(github={"token": "a"})
    again = GitHub(token="b")
    assert container.register("GitHub", again) is again
    assert container.github is again


def test_4a_12_nothing_shows_a_token():
    container = held(
        github={"token": CANARY, "password": CANARY},
        gmail=GmailSettings(token=CANARY, refresh=CANARY),
    )
    shown = [container, container.github, container.gmail, container.github.settings]
    assert CANARY not in " ".join(f"{one} {one!r}" for one in shown)
    assert repr(container) == "Integrations(github, gmail)"
    assert CANARY not in repr(provider_override({"token": CANARY}))
    assert CANARY not in repr(container.overrides(github={"token": CANARY}))


@pytest.mark.parametrize("make", [lambda c: c, lambda c: c.github], ids=["container", "target"])
@pytest.mark.parametrize("spread", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_holds_tokens_is_not_copied(make, spread):
    with pytest.raises(TypeError, match="holds"):
        spread(make(held(github={"token": CANARY})))


def test_a_private_name_is_no_target():
    with pytest.raises(AttributeError):
        _ = held(github={"token": "a"})._github


def test_dir_names_what_is_held():
    assert {"github", "overrides"} <= set(dir(held(github={"token": "a"})))
    assert "slack" not in dir(held())


# Classes of targets


def test_every_built_in_target_is_known_by_its_name():
    assert set(available_providers()) >= NAMES
    for name in NAMES:
        kind = get_provider(name)
        assert kind.key == name
        assert kind.usual_base_url.startswith("https://")
        assert issubclass(kind, Target)


def test_a_class_may_be_brought_along():
    class Acme(Target):
        key = "acme_of_test"
        usual_base_url = "https://acme.example.test"

    register_provider("acme_of_test", Acme)
    register_provider("Acme-of-Test", Acme)
    assert get_provider("acme of test") is Acme
    assert isinstance(held(acme_of_test={"token": "a"}).acme_of_test, Acme)
    with pytest.raises(ValueError, match="acme_of_test"):
        register_provider("acme_of_test", GitHub)
    with pytest.raises(ValueError, match="github"):
        register_provider("github", Acme)
    with pytest.raises(KeyError):
        get_provider("nobody")
    available_providers().clear()
    assert available_providers()


def test_settings_of_another_target_are_read_as_its_own():
    settings = ProviderSettings(token="a", version="2025-09-03")
    target = Notion(settings)
    assert target.settings is settings
    assert target.headers()["notion-version"] == "2025-09-03"
    with pytest.raises(ValidationError):
        Notion(ProviderSettings(token=CANARY, version=7))


# Closing


def test_a_closed_container_answers_no_more():
    async def scenario():
        container = held(github={"token": "a"})
        github = container.github
        await container.aclose()
        await container.aclose()
        with pytest.raises(ConfigError, match="closed"):
            await github.request("GET", "/user")
        with (
            container.overrides(github={"timeout": 1}),
            pytest.raises(ConfigError, match="closed"),
        ):
            await container.github.request("GET", "/user")

    asyncio.run(scenario())


def test_one_target_of_a_container_does_not_close_the_others():
    async def scenario():
        served = Served()
        async with served.http:
            container = Integrations(
                auto_configure=False, http=served.http, github={"token": "a"}, slack={"token": "s"}
            )
            await container.slack.aclose()
            return (await container.github.user()).login

    assert asyncio.run(scenario()) == "ada"


def test_connections_that_were_made_are_closed():
    async def scenario(url):
        async with held(github={"token": "a", "base_url": url}) as container:
            await container.github.request("GET", "/x")
            with container.overrides(github={"timeout": 3}):
                await container.github.request("GET", "/x")
                pool = container.github._channel._pool
            assert pool is container.github._channel._pool  # one set of connections for both
        assert pool._clients.drain() == pool._near.drain() == []

    with Resource(lambda _: Given(200)) as api:
        asyncio.run(scenario(api.url))
    gc.collect()  # an open connection would be a warning
    assert len(api.asked) == 2


def test_the_client_that_was_given_stays_open():
    async def scenario():
        served = Served()
        async with Integrations(
            auto_configure=False, http=served.http, github={"token": "a"}
        ) as container:
            await container.github.user()
        still_open = not served.http.is_closed
        await served.http.aclose()
        return still_open

    assert asyncio.run(scenario())


def test_a_target_that_was_given_is_closed_by_who_made_it():
    async def scenario():
        served = Served()
        async with served.http:
            own = GitHub(token="a", http=served.http)
            container = held(github=own)
            await container.aclose()
            return (await own.user()).login

    assert asyncio.run(scenario()) == "ada"


def test_sessions_with_a_target_of_one_s_own_make_one_class_for_it():
    settings = ProviderSettings(token=CANARY, base_url="https://acme.example.com")
    first, second = (Integrations(auto_configure=False, acme_own=settings) for _ in range(2))
    assert type(first["acme_own"]) is type(second["acme_own"])
    assert type(first["acme_own"]).key == "acme_own"
