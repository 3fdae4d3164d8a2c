"""What the documents say is so: code runs, commands exist, links lead somewhere."""

import ast
import asyncio
import doctest
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import replace
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest
from house import test_docs_programs
from house.documents import (
    CONTRIBUTING,
    DOCUMENTS,
    README,
    blocks,
    commands_in,
    examples,
    replaced,
    run,
    shown,
)
from house.source import PACKAGE, ROOT, modules
from house.test_floors import FLOORS
from keyring.errors import KeyringLocked

import pywry_auth
from pywry_auth import AuthFlowManager
from pywry_auth.cli.arguments import Arguments
from pywry_auth.cli.config import GRANT_SETTINGS, providers_file
from pywry_auth.cli.engine import make_provider, redirect_ports
from pywry_auth.cli.grants.grant_making import GrantMaker
from pywry_auth.cli.grants.grant_plan import plan_of
from pywry_auth.cli.grants.typed_settings import ONLY_OF
from pywry_auth.cli.options import GRANTS
from pywry_auth.cli.output import Output
from pywry_auth.cli.parser import COMMANDS, EXIT_CODES, UsageError, read_arguments
from pywry_auth.cli.selection import select_provider
from pywry_auth.errors import TokenError
from pywry_auth.providers import (
    GenericOIDCProvider,
    GitHubProvider,
    GoogleProvider,
    create_provider_from_settings,
)
from pywry_auth.settings import OAuth2Settings
from pywry_auth.testing import (
    CORRECT,
    HeadlessAgent,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
)
from pywry_auth.testing.assertion import client_key_pem
from pywry_auth.testing.rows_par import FAPI
from pywry_auth.window.callables import CallableWindow
from tests import keyring_env
from tests.cli_kit import BROWSER
from tests.docs_desk import (
    AcmeNotes,
    Started,
    chooses,
    leaves,
    panics,
    walks_through_the_wizard,
)
from tests.providers_kit import DjangoOP, running
from tests.resource_party import Application, started
from tests.screen import Screen, missing_tools, until


LONG = 60.0  # seconds for a whole sign-in on a loaded machine


COMMAND_LINES = [
    line for name in DOCUMENTS for line in commands_in((ROOT / name).read_text("utf-8"))
]


# Python


SHOWN = {  # the Python of the README, by the heading it stands under, with where it is run
    "In pywebview": "test_the_ten_lines_sign_in_from_a_page",
    "In Tk": "test_the_lines_for_a_toolkit_sign_in",
    "In Qt": "test_the_lines_for_a_toolkit_sign_in",
    "In a command-line tool": "test_the_lines_for_a_tool_sign_in_once",
    "What `DesktopAuth` does": "test_the_readmes_verbs_do_what_they_say",
    "The first run": "test_the_readmes_first_run_signs_in",
    "Accounts": "test_the_readmes_accounts_are_picked_then_ended",
    "When something is wrong": "test_the_readmes_preflight_finds_what_is_wrong",
    "Marks of providers": "test_the_readmes_mark_is_on_the_button",
    "Without a button": "test_the_example_signs_in_once_and_the_second_start_is_silent",
    "Keep it signed in": "test_a_session_that_the_provider_ended_asks_by_itself",
    "Your own requests": "test_the_readmes_own_requests_are_answered",
    "Sign in on another device": "test_the_readmes_code_is_shown_and_signs_in",
    "Stronger and wider sign-ins": "test_the_readmes_wider_and_stronger_sign_ins_are_made",
    "Sign out": "test_the_readmes_sign_out_reaches_the_provider",
    "Strict providers": "test_the_readmes_strict_provider_is_signed_in_at",
    "Tokens for programs": "test_the_readmes_program_reads_its_reports",
    "Working sessions": "test_the_readmes_working_session_reaches_what_was_connected",
    "Test your application": "test_the_readmes_tests_are_tests",
}


def known(test):
    return globals().get(test) or vars(test_docs_programs)[test]


def test_every_python_block_of_the_documents_is_run_here():
    found = [(block.document, block.heading) for block in blocks("python", "py", "pycon")]
    assert found == [("README.md", heading) for heading in SHOWN]
    assert all(callable(known(test)) for test in SHOWN.values())


@pytest.fixture(scope="module")
def op():
    yield from running(DjangoOP)


@pytest.fixture(scope="module")
def screen():
    with Screen() as screen:
        yield screen


@pytest.fixture(scope="module")
def keys():
    with keyring_env.private_keyring() as session:
        yield session


needs_desk = [
    pytest.mark.keyring,
    pytest.mark.window,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


def ten_lines(op):
    """Give the imports and the provider of the first example, then the rest of it."""
    local = {"my-client-id": "native", "https://id.example.com": op.issuer}
    before, using, after = replaced(shown("In pywebview"), local).partition("with DesktopAuth")
    return before, using + after


def test_the_ten_lines_are_not_more():
    assert len([line for line in shown("In pywebview").splitlines() if line]) <= 10


def with_marks(test):
    for mark in needs_desk:
        test = mark(test)
    return test


@with_marks
def test_the_ten_lines_sign_in_from_a_page(op, screen, keys, tmp_path):
    code = "".join(ten_lines(op))
    with Started(code, tmp_path, screen.environment_over(os.environ | keys)) as app:
        screen.ask_to_close(app.is_signed_in_at(screen, "Tab", "Return"))
        app.ends()


# Reads in the page what the page was told, until its person is known by name.
LOOKING = """
    def look():
        auth.begin_silent()
        title = ""
        while "Alice" not in title:
            before, title = title, str(window.evaluate_js("document.title"))
            if title != before:
                print(title)
            time.sleep(0.05)
        window.destroy()
"""


@with_marks
def test_the_page_of_the_readme_hears_who_signed_in(op, screen, keys, tmp_path):
    [page] = [block.text for block in blocks("html")]
    start, rest = ten_lines(op)
    ours = {
        '"<pywry-sign-in></pywry-sign-in>"': repr(page),
        "    webview.start(auth.begin_silent)": f"{LOOKING}    webview.start(look)",
    }
    code = f"import time\n{start}{replaced(rest, ours)}"
    with Started(code, tmp_path, screen.environment_over(os.environ | keys)) as app:
        app.is_signed_in_at(screen, "Tab", "Return")
        said = app.ends().splitlines()
    assert set(said[:-1]) <= {"", "None", "signed_out", "opening", "waiting"}
    assert said[-1] == app.accounts[0]["name"]


@with_marks
@pytest.mark.parametrize(
    ("heading", "pressed", "told"), [("In Tk", "Tab", "Account("), ("In Qt", "Tab", "Account(")]
)
def test_the_lines_for_a_toolkit_sign_in(op, screen, keys, tmp_path, heading, pressed, told):
    start, _ = ten_lines(op)
    begun = f"{shown(heading)}\nauth.close()\n"
    code = f"{start.replace('import webview', '')}{begun}"
    with Started(code, tmp_path, screen.environment_over(os.environ | keys)) as app:
        window = app.is_signed_in_at(screen, pressed, "space")
        until(lambda: told in app.said, "it is told who that is", LONG)
        screen.ask_to_close(window)
        app.ends()


@with_marks
def test_the_lines_for_a_tool_sign_in_once(op, keys, tmp_path):
    start, _ = ten_lines(op)
    code = f"{start.replace('import webview', '')}{shown('In a command-line tool')}\nprint(token)\n"
    with Started(code, tmp_path, os.environ | keys) as first:
        said = first.ends()
    with Started(code, tmp_path, os.environ | keys, BROWSER="false") as second:
        assert second.ends() == said
    assert said.strip()


@pytest.mark.keyring
@pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
def test_the_example_signs_in_once_and_the_second_start_is_silent(op, tmp_path):
    local = replaced(
        shown("Without a button"), {"my-client-id": "native", "https://id.example.com": op.issuer}
    )
    script = tmp_path / "example.py"
    script.write_text(f"import asyncio\n\n{local}\n\nprint(asyncio.run(access_token()))\n")
    with keyring_env.private_keyring() as session:
        own = {
            "PYWRY_AUTH_WINDOW": "browser",
            "BROWSER": BROWSER,
            "CLI_BROWSER_LOG": str(tmp_path / "last-page.html"),
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
        }
        first = run_example(script, session | own)
        second = run_example(script, session | own | {"BROWSER": "false"})
    assert first.strip()
    assert second == first
    assert "signed in" in (tmp_path / "last-page.html").read_text().lower()


def run_example(script, env):
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", str(script)],
        env={name: value for name, value in (os.environ | env).items() if value},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def doctest_failures(module):
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(verbose=False)
    said = []
    for test in finder.find(module):
        runner.run(test, out=said.append)
    return said


def test_every_interactive_example_in_a_docstring_gives_what_it_says():
    for module in modules():
        if ">>>" in module.text:
            assert doctest_failures(import_module(module.name)) == [], module.where


def test_an_interactive_example_that_lies_is_seen():
    planted = ModuleType("planted", "Says so.\n\n>>> 1 + 1\n3\n")
    assert "Expected" in "".join(doctest_failures(planted))


HERE = {  # where each is run
    "pywry_auth.desktop.accounts_page.windows.AccountPicker": "test_the_example_of_picking",
    "pywry_auth.desktop.accounts_page.windows.ConnectedApps": "test_the_example_of_ending_all",
    "pywry_auth.desktop.auth.DesktopAuth": "test_the_example_of_an_application_signs_in",
    "pywry_auth.desktop.wizard.wizard.FirstRunWizard": "test_the_example_of_the_wizard_signs_in",
    "pywry_auth.grants.requests.bearer.BearerAuth": "test_the_examples_of_a_manager_are_answered",
    "pywry_auth.grants.manager.TokenManager": "test_the_examples_of_a_manager_are_answered",
    "pywry_auth.grants.requests.rate_limiter.RateLimiter": "test_the_limiter_lets_through",
    "pywry_auth.grants.transport.AuthTransport": "test_the_examples_of_a_manager_are_answered",
    "pywry_auth.http_auth.httpx_auth.HttpxAuth": "test_the_example_of_httpx_is_answered",
    "pywry_auth.http_auth.requests_auth.RequestsAuth": "test_the_example_of_requests_is_answered",
    "pywry_auth.integrations.auth_manager.AuthManager": "test_the_example_of_a_session_asks",
    "pywry_auth.integrations.container.Integrations": "test_the_examples_of_the_container_ask",
    "pywry_auth.integrations.container.overrides": "test_the_examples_of_the_container_ask",
    "pywry_auth.integrations.credentials.app_credentials.AppCredentials": "test_acme_connects",
    "pywry_auth.integrations.provider.AuthProvider": "test_the_example_of_a_service_is_answered",
    "pywry_auth.integrations.provider.flow": "test_acme_connects",
    "pywry_auth.integrations.reaching.target.Target": "test_the_examples_of_the_container_ask",
    "pywry_auth.integrations.stores.token_credentials.TokenCredentialStore": (
        "test_the_example_of_the_credentials_keeps_them"
    ),
    "pywry_auth.integrations.credentials.user_credentials.from_tokens": "test_tokens_connect",
    "pywry_auth.protocol.refusal.StepUpChallenge": "test_the_example_of_a_step_up_signs_in",
    "pywry_auth.providers.proving.speaking_with": "test_the_example_of_the_proof_names_the_key",
    "pywry_auth.testing": "test_the_examples_for_other_peoples_tests_are_tests",
    "pywry_auth.testing.faults": "test_the_example_of_the_faults_is_a_test",
    "pywry_auth.testing.keyrings": "test_the_example_of_the_keyrings_unlocks",
    "pywry_auth.testing.pytest": "test_the_one_line_of_the_fixtures_is_enough",
    "pywry_auth.testing.agent.HeadlessAgent": "test_the_example_of_the_agent_signs_in",
    "pywry_auth.testing.provider.ProgrammableProvider": "test_the_example_of_the_provider_is_so",
}


def test_every_example_in_a_docstring_is_run_here():
    assert set(examples()) == set(HERE)
    assert all(callable(known(test)) for test in HERE.values())


SIGN_IN = """
from pywry_auth import AuthFlowManager, GenericOIDCProvider
manager = AuthFlowManager(GenericOIDCProvider("client", issuer_url=issuer_url))
"""


def run_as_tests(tmp_path, code):
    """Run *code* as a stranger's tests, with what those who copy it have imported."""
    names = "from pywry_auth.testing import *\nfrom pywry_auth.testing import Fault, sign_in\n"
    (tmp_path / "test_theirs.py").write_text(f"import pytest\n{names}\n{code}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def test_the_examples_for_other_peoples_tests_are_tests(tmp_path):
    code = examples()["pywry_auth.testing"]
    dots = "...  # sign in with show_window=auth_agent.show_window at auth_provider.issuer_url"
    ours = """effect = auth_fault.effect
    if effect.sign_in is None:
        sign_in(auth_provider, agent=auth_agent).close()
    assert auth_provider.violations == []"""
    faults = len(import_module("pywry_auth.testing.faults").Fault)
    assert run_as_tests(tmp_path, replaced(code, {dots: ours})) == 1 + faults


def test_the_example_of_the_faults_is_a_test(tmp_path):
    code = examples()["pywry_auth.testing.faults"]
    dots = "...  # sign in: it succeeds, or raises exactly fault.effect.sign_in"
    ours = "assert agent.pages == []"
    op = """
@pytest.fixture(scope="session")
def op():
    with ProgrammableProvider() as provider:
        yield provider
"""
    faults = len(import_module("pywry_auth.testing.faults").Fault)
    assert run_as_tests(tmp_path, op + replaced(code, {dots: ours})) == faults


def test_the_one_line_of_the_fixtures_is_enough(tmp_path):
    code = examples()["pywry_auth.testing.pytest"]
    use = """
def test_there_is_somebody(auth_session, auth_keyring):
    assert auth_session.access_token()
"""
    assert run_as_tests(tmp_path, code + use) == 1


def test_the_table_of_the_fixtures_names_each(tmp_path):
    text = ast.get_docstring(ast.parse((PACKAGE / "testing" / "pytest.py").read_text("utf-8")))
    shown = [line.split("``")[1] for line in text.splitlines() if line.startswith("``")]
    (tmp_path / "test_none.py").write_text(examples()["pywry_auth.testing.pytest"])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--fixtures", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    known = re.findall(r"^(auth_\w+)", done.stdout, re.MULTILINE)
    assert sorted(shown) == sorted(known)


def test_the_example_of_the_keyrings_unlocks():
    code = examples()["pywry_auth.testing.keyrings"]
    kit = import_module("pywry_auth.testing.keyrings")
    seen = []
    code = replaced(code, {"...": "look(keyring)"})

    def look(keyring):
        with pytest.raises(KeyringLocked):
            keyring.get_password("a", "b")
        seen.append(keyring)

    run(code, look=look, installed=kit.installed, LockedKeyring=kit.LockedKeyring)
    assert seen[0].get_password("a", "b") is None


def sign_in_code():
    client = "from pywry_auth.testing import CORRECT\n"
    return client + SIGN_IN.replace('"client"', "CORRECT.client.client_id")


def test_the_example_of_the_proof_names_the_key():
    code = examples()["pywry_auth.providers.proving.speaking_with"]
    proving = import_module("pywry_auth.providers.proving")
    seen = []

    class Provider:
        async def refresh_tokens(self, refresh_token):
            seen.append((proving.spoken_key(), refresh_token))

    made = run(
        f"async def example():\n{textwrap.indent(code, '    ')}",
        speaking_with=proving.speaking_with,
        key="the key",
        provider=Provider(),
        refresh_token="the token",
    )
    asyncio.run(made["example"]())
    assert (seen, proving.spoken_key()) == ([("the key", "the token")], None)


def test_the_example_of_the_agent_signs_in():
    code = examples()["pywry_auth.testing.agent.HeadlessAgent"]
    with ProgrammableProvider() as op:
        made = run(sign_in_code(), issuer_url=op.add("mine"))
        agent = run(code, HeadlessAgent=HeadlessAgent, manager=made["manager"])["agent"]
        agent.join()
        assert "token" in op.calls("mine")
        assert op.violations("mine") == []
    assert agent.closed


def test_the_example_of_the_provider_is_so():
    code = examples()["pywry_auth.testing.provider.ProgrammableProvider"]
    code = replaced(code, {"...\n": "sign_in(issuer_url)\n"})

    def sign_in(issuer_url):
        agent = HeadlessAgent()
        manager = run(sign_in_code(), issuer_url=issuer_url)["manager"]
        with pytest.raises(TokenError):
            manager.run_native(agent.show_window, agent.close_window)

    testing = import_module("pywry_auth.testing")
    kit = {name: testing.__getattr__(name) for name in dir(testing)}
    run(code, **{**kit, "sign_in": sign_in})


@pytest.fixture
def application():
    with started() as application:
        yield application


def asking(name, application):
    """Run the example called *name* where its resource is the one of *application*."""
    here = {"https://api.example.com": application.api.origin}
    return run(
        replaced(examples()[name], here),
        **{public: pywry_auth.__getattr__(public) for public in dir(pywry_auth)},
        httpx=import_module("httpx"),
        requests=import_module("requests"),
        session=application.session,
        flow=application,
    )


def test_the_example_of_httpx_is_answered(application):
    made = asking("pywry_auth.http_auth.httpx_auth.HttpxAuth", application)
    assert made["profile"] == {"name": "Alice"}


def test_the_example_of_requests_is_answered(application):
    made = asking("pywry_auth.http_auth.requests_auth.RequestsAuth", application)
    assert made["profile"] == {"name": "Alice"}


def test_the_example_of_a_step_up_signs_in(application):
    application.needed = "urn:example:gold"
    auth = asking("pywry_auth.protocol.refusal.StepUpChallenge", application)["auth"]
    assert import_module("httpx").get(application.api.origin, auth=auth).status_code == 200
    assert len(application.agents) == 2


@pytest.fixture
def acme(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_a, **_k: tmp_path)
    with ProgrammableProvider() as op:
        acme = AcmeNotes(op)
        yield acme
        acme.join()
        assert op.violations("mine") == []


def test_the_example_of_an_application_signs_in(acme, application):
    code = examples()["pywry_auth.desktop.auth.DesktopAuth"]
    here = {"https://api.example.com": application.api.origin}
    made = run(replaced(code, here), **acme.names, httpx=import_module("httpx"))
    with made["auth"] as auth, made["client"] as client:
        application.session = auth.session()
        assert client.get(application.api.origin).json() == {"name": "Alice"}
        assert (auth.silent(), len(acme.people)) == (made["account"], 1)


def test_the_example_of_the_wizard_signs_in(acme):
    code = examples()["pywry_auth.desktop.wizard.wizard.FirstRunWizard"]
    with acme.DesktopAuth("Acme Notes", acme.provider) as auth:
        made = acme.while_person(
            walks_through_the_wizard, lambda: run(code, **acme.names, auth=auth)
        )
        assert made["account"] == auth.account is not None


def test_the_example_of_picking(acme):
    code = examples()["pywry_auth.desktop.accounts_page.windows.AccountPicker"]
    with acme.DesktopAuth("Acme Notes", acme.provider) as auth:
        first = auth.sign_in()
        acme.next_is("bob", "Bob")
        assert auth.add() == auth.account != first
        made = acme.while_person(chooses(first), lambda: run(code, **acme.names, auth=auth))
        assert made["account"] == auth.account == first


def test_the_example_of_ending_all(acme):
    code = examples()["pywry_auth.desktop.accounts_page.windows.ConnectedApps"]
    with acme.DesktopAuth("Acme Notes", acme.provider) as auth:
        auth.sign_in()
        acme.while_person(panics, lambda: run(code, **acme.names, auth=auth))
        assert (auth.account, auth.accounts()) == (None, [])
    assert "revoke" in " ".join(acme.op.calls("mine"))


# Python of the README


class Desk(Application):
    """An application as the README has it: its window is a person who signs in at once."""

    def __init__(self, op):
        super().__init__(op)
        self.op = op
        self.window = CallableWindow(self._show)
        self.sign_in = AuthFlowManager(
            self.provider, session_manager=self.session, window=self.window
        )
        self.said = []

    def _show(self, url, config):
        agent = HeadlessAgent()
        self.agents.append(agent)
        return agent.show_window(url, config)

    def run(self, heading, changes, **names):
        """Run the block under *heading* after "Without a button"; gives all names afterwards."""
        public = {name: pywry_auth.__getattr__(name) for name in dir(pywry_auth)}
        ours = {"provider": self.provider, "session": self.session, "sign_in": self.sign_in}
        say = {"print": lambda *words: self.said.append(" ".join(map(str, words)))}
        return run(replaced(shown(heading), changes), **public, **ours, **say, **names)


@pytest.fixture
def desk():
    with ProgrammableProvider() as op:
        desk = Desk(op)
        with desk.api:
            yield desk
        asyncio.run(desk.provider.close())
        assert op.violations("mine") == []


def test_a_session_that_the_provider_ended_asks_by_itself(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(import_module("pywry_auth.flow.unasked"), "screen_is_locked", bool)
    desk.op.program("mine", replace(CORRECT, refresh=RefreshPolicy.ROTATE))
    ours = {
        'KeyringTokenStore("pywry-auth:acme-notes")': "MemoryTokenStore()",
        'profile="acme-notes"': "window=window",
    }
    made = desk.run("Keep it signed in", ours, window=desk.window)
    before = made["sign_in"].run_native().tokens
    desk.op.end_sessions("mine")
    after = asyncio.run(made["session"].refresh())
    assert after.access_token != before.access_token
    assert "reauth_required invalid_grant" in desk.said
    assert len(desk.agents) == 3  # of the fixture, of the button, of the program itself
    asyncio.run(made["session"].logout())


def test_the_readmes_own_requests_are_answered(desk):
    made = desk.run("Your own requests", {"https://api.example.com": desk.api.origin})
    assert made["me"] == {"name": "Alice"}


def test_the_readmes_code_is_shown_and_signs_in(desk):
    before = desk.session.tokens
    desk.op.program("mine", replace(CORRECT, device={"interval": Put(1)}))
    desk.run("Sign in on another device", {})
    code = next(word for word in desk.op.issued("mine") if re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", word))
    [said] = desk.said
    assert said == f"Open {desk.op.base_url}/mine/device on any device, and enter {code}"
    assert desk.session.tokens.access_token != before.access_token


def test_the_readmes_wider_and_stronger_sign_ins_are_made(desk):
    desk.op.program("mine", replace(CORRECT, token={"scope": Put("openid email profile")}))
    here = {"https://api.example.com": desk.api.origin}
    made = desk.run("Stronger and wider sign-ins", here)
    assert desk.said == ["The person, or the provider, said no to calendar"]
    desk.op.program("mine", CORRECT)
    desk.needed = "urn:example:gold"
    assert import_module("httpx").get(desk.api.origin, auth=made["auth"]).status_code == 200
    assert len(desk.agents) == 3  # of the fixture, the wider one, the stronger one


def test_the_readmes_sign_out_reaches_the_provider(desk):
    ours = {'profile="acme-notes"': "window=window"}
    made = desk.run("Sign out", ours, window=desk.window)
    assert desk.said == ["signed out there too"]
    assert made["result"].confirmed
    assert desk.session.tokens is None
    assert "/logged-out" in desk.agents[-1].pages[-1].url
    assert f"`http://127.0.0.1:PORT{import_module('pywry_auth.flow.logout').LOGOUT_PATH}`" in README


def test_the_readmes_strict_provider_is_signed_in_at(desk, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client.pem").write_bytes(client_key_pem())
    here = {"https://id.example.com": desk.op.add("strict", FAPI), "my-client-id": "rp-client"}
    provider = desk.run("Strict providers", here, Path=Path)["provider"]
    agent = HeadlessAgent()
    AuthFlowManager(provider).run_native(agent.show_window, agent.close_window)
    agent.join()
    asyncio.run(provider.close())
    assert "par" in desk.op.calls("strict")
    assert desk.op.violations("strict") == []


def test_the_readmes_tests_are_tests(tmp_path):
    assert run_as_tests(tmp_path, shown("Test your application")) == 2


def test_the_readme_counts_right(monkeypatch):
    fault = import_module("pywry_auth.testing").Fault
    assert f"each of {len(fault)} faults, from `captive-portal` to `lost-answer`" in README
    assert {"captive-portal", "lost-answer"} <= set(fault)
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "proof_parts"))
    points = import_module("chaos_plan").POINTS
    assert f"`scripts/chaos` kills sessions at {len(points)} points" in " ".join(README.split())


def test_the_readmes_verbs_do_what_they_say(acme, application):
    here = {"https://api.example.com": application.api.origin}
    said = []

    def print_(word):
        said.append(str(word))
        if word == "signed_in":
            application.session = auths[-1].session()
            acme.next_is("bob", "Bob")

    auths = []

    def make(*args, **options):
        auths.append(acme.DesktopAuth(*args, **options))
        return auths[-1]

    names = acme.names | {"DesktopAuth": make, "print": print_}
    made = run(replaced(shown("What `DesktopAuth` does"), here), **names)
    with made["auth"] as auth:
        assert made["me"] == {"name": "Alice"}
        assert made["other"].name == "Bob"
        assert (auth.account, auth.accounts()) == (made["account"], [made["account"]])
    assert said == ["signed_in", "signed_in", "switched", "signed_out"]


def test_the_table_of_verbs_names_methods_that_are_there():
    [table] = re.findall(r"^\| \| blocks \|.*?\n\n", README, re.MULTILINE | re.DOTALL)
    named = re.findall(r"`(\w+)`", table)
    assert len(named) == 17
    assert not [name for name in named if not callable(find(pywry_auth.DesktopAuth, name))]
    besides = README.partition("| Besides | |\n")[2].partition("\n\n")[0]
    cells = [row.split("|")[1] for row in besides.splitlines()]
    settings = signature(pywry_auth.DesktopAuth).parameters
    members = re.findall(r"`(\w+)", " ".join(cells))
    assert len(members) == 14
    assert not [
        each for each in members if not (find(pywry_auth.DesktopAuth, each) or each in settings)
    ]


def find(kind, name):
    """Give a member of *kind*, wherever it has it from."""
    return next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)


def test_the_readme_names_every_state_event_and_verb():
    values = import_module("pywry_auth.desktop.values")
    verbs = import_module("pywry_auth.desktop.button_values").Verb
    rows = re.findall(r"^\| `(\w+)` \|", README.partition("## The button")[2], re.MULTILINE)
    assert rows[:6] == [str(state) for state in values.AuthState]
    [told] = re.findall(r"`on_event=` \| told ([^|]*), with", README)
    assert re.findall(r"`(\w+)`", told) == [str(name) for name in values.DesktopEventName]
    [pressed] = re.findall(r"be pressed: ([^.]*)\.", README.replace("\n", " "))
    assert set(re.findall(r"`(\w+)`", pressed)) == set(verbs)


def test_the_readmes_first_run_signs_in(acme, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with acme.DesktopAuth("Acme Notes", acme.provider) as auth:
        code = shown("The first run")
        start, wizard, rest = code.partition("account = auth.silent()")
        imports, ours = start.split("\n\n\n", 1)
        imports = imports.replace("FirstRunWizard, ", "")
        made = acme.while_person(
            walks_through_the_wizard,
            lambda: run(f"{imports}\n{ours}{wizard}{rest}", **acme.names, auth=auth),
        )
        assert made["account"] == auth.account is not None


def test_the_readmes_accounts_are_picked_then_ended(acme):
    picking, reviewing, rest = shown("Accounts").split("\n", 2)
    said = []
    names = acme.names | {"print": lambda *words: said.append(words)}
    with acme.DesktopAuth("Acme Notes", acme.provider) as auth:
        first = auth.sign_in()
        acme.next_is("bob", "Bob")
        auth.add()
        made = acme.while_person(chooses(first), lambda: run(picking, **names, auth=auth))
        assert made["chosen"] == auth.account == first
        acme.while_person(leaves, lambda: run(reviewing, **names, auth=auth))
        made = run(rest, **names, auth=auth)
        assert made["report"].is_complete
        assert [str(revocation) for _, revocation in said] == ["revoked", "revoked"]
        assert auth.accounts() == []


def test_the_readmes_preflight_finds_what_is_wrong():
    said = []
    with ProgrammableProvider() as op:
        provider = GenericOIDCProvider(CORRECT.client.client_id, issuer_url=op.add("mine"))
        made = run(
            shown("When something is wrong"), provider=provider, print=lambda *it: said.append(it)
        )
        assert [each[0] for each in said] == [one.check for one in made["report"].failed]
        assert "provider" in " ".join(one.check for one in made["report"].findings)
        asyncio.run(provider.close())


def test_the_readmes_mark_is_on_the_button(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "marks" / "google.svg"
    mark.parent.mkdir()
    mark.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    local = replaced(shown("Marks of providers"), {"provider,": 'provider, store="memory",'})
    auth = run(local, provider=GoogleProvider("an id"))["auth"]
    kit = import_module("pywry_auth.desktop.button")
    face = kit.face(auth.status, kit.facts_of(auth))
    assert (face.label, face.mark) == ("Sign in with Google", str(mark))
    shown_mark = import_module("pywry_auth.desktop.marks").mark_for(auth.providers[0])
    assert (shown_mark.drawing, shown_mark.lacks_mark) == (mark, False)
    auth.close()


def test_the_readme_counts_what_the_coach_knows():
    entries = import_module("pywry_auth.coach.tables").every_entry()
    families = {entry.family for entry in entries} - {"any"}
    on_page = sum(entry.on_page is not None and bool(entry.on_page) for entry in entries)
    words = " ".join(README.split())
    assert f"It knows {len(entries)} answers of {len(families)} providers" in words
    assert f"{on_page} of them stand on a page" in words
    actions = import_module("pywry_auth.coach.values").Action
    assert f"an `action` ({', '.join(actions)})" in words


def test_the_readme_says_what_to_do_about_every_error():
    errors = import_module("pywry_auth.errors")
    # a second name is the same class
    public = {vars(errors)[name].__name__ for name in dir(pywry_auth) if name in vars(errors)}
    table = README.partition("\n## Errors\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    transport = {name for name in public if name.endswith("TransportError")}
    assert named | transport == public
    assert "also each kind with `Transport` in its name" in table


def test_the_readme_names_every_setting_with_its_default():
    table = README.partition("| Setting | Default | |\n|---|---|---|\n")[2].partition("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()]
    named = {name: row[1].strip("` ") for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    fields = OAuth2Settings.model_fields
    assert set(named) == set(fields)
    for name, said in named.items():
        assert said == str(fields[name].default).lower().removesuffix(".0"), name


def test_the_readme_names_the_languages():
    names = {"ar": "Arabic", "zh_Hans": "Chinese", "fr": "French", "de": "German"}
    names |= {"ja": "Japanese", "es": "Spanish"}
    there = {path.name for path in (ROOT / "assets" / "locale").iterdir() if path.is_dir()}
    assert there == set(names)
    words = " ".join(README.split())
    assert f"English, {', '.join(list(names.values())[:-1])} and Spanish" in words
    drafts = [path.read_text("utf-8") for path in (ROOT / "assets").glob("locale/*/*/*.po")]
    assert all("X-Draft: machine-made" in text for text in drafts)  # else the README is behind


# TOML


@pytest.fixture
def written(tmp_path, monkeypatch):
    [block] = blocks("toml")
    path = tmp_path / "providers.toml"
    path.write_text(block.text)
    path.chmod(0o600)
    monkeypatch.setenv("PYWRY_AUTH_CONFIG", str(path))
    return path


def selected(name):
    return select_provider(Arguments(command="login", provider=name), Output(as_json=False))


def test_the_providers_in_the_readme_are_understood_whole(written, capsys):
    file = providers_file(None)
    assert (file.path, file.default, file.names) == (
        written,
        "work",
        ["work", "github", "robot", "terminal"],
    )
    assert file.oddities(None) == []
    work = make_provider(selected(None))
    assert isinstance(work, GenericOIDCProvider)
    assert (work.issuer_url, work.client_id) == ("https://id.example.com", "desktop")
    assert work.scopes == ["openid", "email", "offline_access"]
    assert redirect_ports(selected("work")) == (8400, 8401)
    assert capsys.readouterr().err == ""


def test_the_settings_the_readme_names_beside_it_count_there(written):
    named = ['dpop = "required"', "resources"]
    assert f"`{named[0]}` and `{named[1]}` stand there too" in README
    more = f'[providers.bank]\nissuer_url = "https://b.example"\nclient_id = "x"\n{named[0]}\n'
    written.write_text(written.read_text() + more + 'resources = "https://api.example.com"\n')
    assert providers_file(None).oddities("bank") == []
    bank = make_provider(selected("bank"))
    assert bank.resources == ("https://api.example.com",)
    assert bank._prover.use is pywry_auth.FeatureUse.REQUIRED


def test_the_secret_in_the_readme_comes_from_the_variable_it_names(written, monkeypatch):
    named = tomllib.loads(written.read_text())["providers"]["github"]["client_secret_env"]
    monkeypatch.setenv(named, "a secret")
    github = make_provider(selected("github"))
    assert isinstance(github, GitHubProvider)
    assert (github.client_id, github.client_secret) == ("Iv1.0123456789abcdef", "a secret")


@pytest.mark.usefixtures("written")
def test_the_programs_of_the_readme_have_what_their_grants_take(monkeypatch):
    robot = selected("robot")
    monkeypatch.setenv("ROBOT_SECRET", "a secret")
    grant = GrantMaker(robot, make_provider(robot)).grant("client_credentials")
    wanted = {"scope": "reports:read", "audience": "https://api.example.com"}
    assert grant.grant_data().items() >= wanted.items()
    terminal = selected("terminal")
    assert not plan_of(terminal).can_begin
    for name in ("ALICE_PASSWORD", "CODE"):
        monkeypatch.setenv(name, "x")
    there = {**terminal.settings, "totp_env": "CODE"}
    assert plan_of(replace(terminal, settings=there)).can_begin


def test_the_readme_names_every_grant_with_what_it_takes():
    table = README.partition("| `grant` | takes | `login` |\n|---|---|---|\n")[2].partition("\n\n")[
        0
    ]
    rows = [line.split(" | ") for line in table.splitlines()]
    assert {row[0].strip("| `") for row in rows} == set(GRANTS)
    section = README.partition("\n## The command line\n")[2].partition("\n## ")[0]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row[1])} <= GRANT_SETTINGS | {
        "client_secret_env"
    }
    shown = set(re.findall(r"\w+", section))
    said_in_help = {"assertion_issuer", "assertion_audience", "assertion_scope"}
    assert shown >= GRANT_SETTINGS - said_in_help
    for setting, kinds in ONLY_OF.items():
        for kind in kinds:
            [row] = [row for row in rows if row[0].strip("| `") == kind]
            assert f"`{setting}`" in row[1]


# Command lines


def test_the_documents_show_command_lines():
    assert "pywry-auth token work" in COMMAND_LINES  # inside another command
    assert "pywry-auth status" in COMMAND_LINES
    assert len(COMMAND_LINES) >= len(COMMANDS)


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_every_command_line_of_the_documents_can_be_typed(line):
    args = read_arguments(shlex.split(line)[1:])
    assert args.command in COMMANDS


def test_a_command_line_that_cannot_be_typed_is_seen():
    [line] = commands_in("```console\n$ pywry-auth token --for-ever\n```")
    with pytest.raises(UsageError):
        read_arguments(shlex.split(line)[1:])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert re.search(rf"\bpywry-auth {command}\b", README)


def test_every_script_of_the_documents_is_there_to_be_run():
    shown = set(re.findall(r"\bscripts/\w+\b", README + CONTRIBUTING))
    assert shown
    assert not [name for name in sorted(shown) if not os.access(ROOT / name, os.X_OK)]


def test_every_extra_of_the_documents_can_be_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    shown = re.findall(r"pywry-auth\[([\w,]+)\]", README + CONTRIBUTING)
    assert shown
    assert {name for names in shown for name in names.split(",")} <= set(
        project["optional-dependencies"]
    )


# Names


def words_in_code(text):
    inline = re.sub(r"\bwx\.\w+", "", " ".join(re.findall(r"`([^`\n]+)`", text)))
    return set(re.findall(r"\b[A-Z][a-z]\w*[A-Z]\w*\b|\bGitHub\w+\b", inline))


def test_every_class_the_readme_names_is_public():
    named = words_in_code(README)
    assert {"AuthFlowCancelled", "WindowKind", "JsonFileTokenStore"} <= named
    parts = ("callback_server", "desktop", "grants", "integrations", "preflight", "testing")
    more = (*parts, "window.hosts")
    public = {name for part in more for name in dir(import_module(f"pywry_auth.{part}"))}
    others = {"ValidationError", "ValueError"}  # pydantic's, Python's
    assert not named - set(dir(pywry_auth)) - public - others


def test_every_member_the_readme_names_is_there():
    for kind in re.findall(r"`WindowKind\.(\w+)`", README):
        assert kind in pywry_auth.WindowKind.__members__
    for method in re.findall(r"await session\.(\w+)\(", README):
        assert callable(vars(pywry_auth.SessionManager)[method])


def test_every_variable_of_the_documents_is_read_somewhere():
    source = "\n".join(module.text for module in modules())
    named = set(re.findall(r"\bPYWRY_AUTH_[A-Z_]+[A-Z]\b", README + CONTRIBUTING))
    assert "PYWRY_AUTH_WINDOW" in named
    assert not [name for name in sorted(named) if f'"{name}"' not in source]


def test_the_figures_of_the_readme_are_those_of_the_code():
    flow = import_module("pywry_auth.flow.manager")
    assert f"{flow.AUTH_TIMEOUT:g} seconds pass (`AuthFlowTimeout`)" in README.replace("\n", " ")
    keyring = import_module("pywry_auth.token_store.keyring")
    store = keyring.KeyringTokenStore.__init__
    assert "service `pywry-oauth`" in README
    assert "pywry-oauth" in (store.__defaults__ or ())


def test_the_named_providers_know_their_issuer():
    [sentence] = re.findall(r"([^.]*) know their issuer\.", README)
    named = re.findall(r"`(\w+Provider)`", sentence)
    assert named == ["GoogleProvider", "GitHubProvider", "MicrosoftProvider"]
    for name in named:
        made = pywry_auth.__getattr__(name)("an id", "a secret")
        assert (made.client_id, made.client_secret) == ("an id", "a secret")
        assert made.origin().issuer.startswith("https://")


def test_the_variables_describe_a_provider(monkeypatch):
    assert "`create_provider_from_settings(OAuth2Settings.load())` reads `PYWRY_AUTH_*`" in README
    monkeypatch.setenv("PYWRY_AUTH_PROVIDER", "google")
    monkeypatch.setenv("PYWRY_AUTH_CLIENT_ID", "an id")
    provider = create_provider_from_settings(OAuth2Settings.load())
    assert isinstance(provider, GoogleProvider)
    assert provider.client_id == "an id"


def test_the_exit_codes_are_those_of_the_command_line():
    said = re.findall(r"(\d) ([a-z ]+?)(?:  +|\n|$)", EXIT_CODES.partition("\n")[2])
    assert [int(code) for code, _ in said] == [0, 1, 2, 3, 4]
    words = " ".join(README.split())
    assert f"Exit codes: {', '.join(f'{code} {meaning}' for code, meaning in said)}." in words


def test_contributing_shows_the_floors_as_they_are():
    rows = re.findall(r"^(\d)  (\w[\w-]*) +(.*)$", CONTRIBUTING, re.MULTILINE)
    shown = {}
    for number, _, words in rows:
        parts = re.sub(r" \(.*?\)", "", re.split(r"  +", words)[0])
        shown[int(number)] = set(parts.split(", "))
    there = {path.stem for path in PACKAGE.iterdir()} - {"py"}
    for number, names in enumerate(FLOORS):
        assert shown.get(number, set()) == set(names) & there, f"floor {number}"


def test_every_module_contributing_names_is_there():
    named = set(re.findall(r"`([\w/]+\.pyi?)`", CONTRIBUTING))
    assert "providers/presets.py" in named
    assert not [n for n in sorted(named) if not ((ROOT / n).is_file() or (PACKAGE / n).is_file())]


# Links, places


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_to_a_file(document):
    text = re.sub(
        r"^```.*?^```$", "", (ROOT / document).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    ours = [target for target in targets if not target.startswith(("https://", "mailto:"))]
    assert not [target for target in ours if not (ROOT / target).is_file()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_within_a_document_leads_to_a_heading(document):
    text = (ROOT / document).read_text("utf-8")
    headings = re.findall(r"^#{2,3} (.*)$", text, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in headings}
    assert not set(re.findall(r"\]\(#([^)]+)\)", text)) - places


def test_the_contents_of_the_readme_are_whole_and_in_order():
    contents, _, rest = README.partition("\n## ")
    named = re.findall(r"\[([^\]]+)\]\(#", contents.partition("**A button:**")[2])
    assert named == re.findall(r"^## (.*)$", f"## {rest}", re.MULTILINE)


def test_the_pictures_of_the_readme_are_pictures():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), picture


#: in two halves, so that this file does not hold what it looks for
ELSEWHERE = re.compile(
    "|".join(
        first + second
        for first, second in (
            (r"(?<![\w.~)}])/home", r"/\w"),
            (r"(?<![\w.])/root", r"/\w"),
            (r"(?<![\w.])/Users", r"/\w"),
            (r"(?<![\w.)}\]])/tmp", r"/\w"),
            (r"(?<![\w.])/work", r"/\w"),
            (r"registry\.", r"(?:npmjs|yarnpkg)"),
            (r"files\.python", r"hosted\.org"),
            (r"(?:test\.)?pypi\.", r"org/simple"),
            (r"--(?:extra-)?index", r"-url"),
        )
    )
)


def test_no_file_names_a_place_on_one_machine_or_a_registry():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("these are no tracked files")
    found = []
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if path.is_file() and b"\0" not in (raw := path.read_bytes()):
            found += [f"{name}: {match[0]}" for match in ELSEWHERE.finditer(raw.decode("utf-8"))]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "see " + "/ho" + "me/somebody/x",
        "https://" + "registry.npm" + "js.org/x",
        "--ind" + "ex-url https://x",
        '"/wo' + 'rk/main"',
    ],
)
def test_such_a_place_is_seen(text):
    assert ELSEWHERE.search(text)
