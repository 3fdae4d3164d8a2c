"""The pages about accounts with all that is real behind them: provider, sessions, store."""

import httpx
import pytest

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.desktop.accounts_page.desk import Purpose
from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.naming import Places
from pywry_auth.desktop.panic import Revocation
from pywry_auth.errors import TokenExpiredError
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.runtime import LOOP
from pywry_auth.testing.conduct import Reply, usually
from pywry_auth.testing.edits import Put
from pywry_auth.token_store.file import JsonFileTokenStore
from pywry_auth.window.callables import CallableWindow
from pywry_auth.window.profiles import is_empty, profile_folder
from tests import axe_kit
from tests.journeys.accounts_kit import Tab, visited


pytest_plugins = ["pywry_auth.testing.pytest"]
pytestmark = pytest.mark.skipif(bool(axe_kit.missing()), reason=axe_kit.missing())


@pytest.fixture(scope="module")
def browser():
    with axe_kit.chromium() as found:
        yield found


class App:
    """An application in which several people have signed in."""

    def __init__(self, op, agent, folder):
        self.op = op
        self.agent = agent
        self.tokens = folder / "tokens.json"
        provider = GenericOIDCProvider(op.client_id, op.client_secret, op.issuer_url)
        self.auth = DesktopAuth(
            "Acme Notes",
            {"work": provider},
            store=JsonFileTokenStore(self.tokens),
            window=self.window(),
        )

    def window(self):
        return CallableWindow(self.agent.show_window, self.agent.close_window)

    def next_is(self, subject, name):
        said = {"sub": Put(subject), "name": Put(name), "email": Put(f"{subject}@example.test")}
        self.op.program(usually(id_token=said, userinfo=said))

    def sign_in(self, *people):
        for number, name in enumerate(people):
            self.next_is(name.lower(), name)
            if number:
                self.auth.add()
            else:
                self.auth.sign_in()


class OwnTab(Tab):
    """A window whose guest signs in by itself."""

    def __init__(self, app):
        super().__init__()
        self.sign_in_window = app.window


@pytest.fixture
def app(auth_provider, auth_agent, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path)
    app = App(auth_provider, auth_agent, tmp_path)
    yield app
    app.auth.close()


def on(page, screen):
    page.wait_for_selector(f'main[data-screen="{screen}"]')


def test_a_person_picks_who_the_application_works_for(browser, app):
    app.sign_in("Ada", "Bob")
    assert app.auth.account.name == "Bob"
    with (
        visited(app.auth, Purpose.CHOOSE, OwnTab(app)) as (visit, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        assert visit.outcome.result(20).name == "Ada"
    assert app.auth.account.name == "Ada"
    assert [one.name for one in app.auth.accounts()] == ["Ada", "Bob"]


def test_a_person_adds_an_account_in_the_same_window(browser, app):
    app.sign_in("Ada")
    app.next_is("carol", "Carol")
    with (
        visited(app.auth, Purpose.CHOOSE, OwnTab(app)) as (visit, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        page.click('[data-verb="add"]')
        assert visit.outcome.result(20).name == "Carol"
    assert app.auth.account.name == "Carol"
    assert app.op.violations == []


def test_who_must_sign_in_again_does_so_on_the_way(browser, app):
    app.sign_in("Ada", "Bob")
    app.op.end_sessions()
    ada = next(one for one in app.auth.accounts() if one.name == "Ada")
    with pytest.raises(TokenExpiredError):
        LOOP.run(app.auth.session(ada).refresh())
    app.next_is("ada", "Ada")
    with (
        visited(app.auth, Purpose.CHOOSE, OwnTab(app)) as (visit, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        assert visit.outcome.result(20).key == ada.key
    assert LOOP.run(app.auth.session().get_access_token())


def test_one_account_is_signed_out_and_revoked(browser, app):
    app.sign_in("Ada", "Bob")
    with (
        visited(app.auth, Purpose.REVIEW) as (_, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        assert "a file on this computer that only you can read" in page.inner_text("main")
        page.locator("article", has_text="Bob").locator('[data-verb="out"]').click()
        on(page, "sign_out")
        page.click('[data-verb="confirm"]')
        on(page, "accounts")
        page.wait_for_function("document.querySelectorAll('article').length === 1")
    assert [one.name for one in app.auth.accounts()] == ["Ada"]
    assert app.op.calls.count("revoke") == 2


def test_the_panic_button_leaves_nothing(browser, app):
    app.sign_in("Ada", "Bob")
    profile = Places("acme-notes").profile("work")
    (profile_folder(profile) / "Cookies").write_text("who you are")
    client = httpx.Client(auth=app.auth.auth("https://api.example.com"))
    with (
        visited(app.auth, Purpose.REVIEW) as (_, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        page.click('[data-verb="panic"]')
        on(page, "panic")
        page.click('[data-verb="confirm"]')
        on(page, "ended")
        assert page.inner_text("h1") == "Everything is revoked"
        assert page.inner_text("main").count("work confirmed that the access is revoked.") == 2
    assert app.op.calls.count("revoke") == 4
    assert app.op.violations == []
    assert not app.tokens.exists()
    assert is_empty(profile)
    assert app.auth.accounts() == []
    assert app.auth.silent(0) is None
    with client, pytest.raises(TokenExpiredError):
        client.get("https://api.example.com")


def test_the_browsing_data_of_a_provider_that_is_offered_no_more_goes_too(app):
    app.sign_in("Ada")
    places = Places("acme-notes")
    AccountIndex(places.accounts).remember(Account("former", "ada"))
    (profile_folder(places.profile("former")) / "Cookies").write_text("who you are")
    report = app.auth.panic()
    assert {end.account.provider: end.revocation for end in report.ends} == {
        "work": Revocation.REVOKED,
        "former": Revocation.NOTHING,
    }
    assert is_empty(places.profile("former"))
    assert AccountIndex(places.accounts).accounts() == []


def test_without_a_network_nothing_is_left_here_and_that_is_all_it_says(browser, app):
    app.sign_in("Ada")
    app.op.program(usually(replies={"revoke": Reply(cut=True)}))
    with (
        visited(app.auth, Purpose.REVIEW) as (_, window),
        axe_kit.tab(browser) as page,
    ):
        page.goto(window.url)
        on(page, "accounts")
        page.click('[data-verb="panic"]')
        on(page, "panic")
        page.click('[data-verb="confirm"]')
        on(page, "ended")
        assert page.inner_text("h1") == "Deleted here, but not revoked everywhere"
        assert "work did not confirm" in page.inner_text("main")
        said = page.inner_text("main")
        assert "did not confirm that the access is revoked" in said
        # A refresh token was among them, and lives until the provider ends it.
        assert "may stay valid until" not in said
    assert not app.tokens.exists()
    assert AccountIndex(Places("acme-notes").accounts).accounts() == []
    assert app.auth.silent(0) is None


def test_no_page_holds_a_secret(browser, app):
    app.sign_in("Ada", "Bob")
    seen = []

    def note(reply):
        seen.append(reply.url)

    with (
        visited(app.auth, Purpose.REVIEW) as (_, window),
        axe_kit.tab(browser) as page,
    ):
        page.on("response", note)
        page.goto(window.url)
        on(page, "accounts")
        page.click('[data-verb="panic"]')
        on(page, "panic")
        page.click('[data-verb="confirm"]')
        on(page, "ended")
        told = page.content() + " ".join(seen)
    assert len(seen) > 3
    assert not [secret for secret in app.op.issued if secret in told]
