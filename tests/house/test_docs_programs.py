"""What the documents say to programs without a window is so."""

import asyncio
import textwrap
from collections.abc import Mapping
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from house.documents import examples, replaced, run, shown

import pywry_auth
from pywry_auth import ClientCredentialsAuth, TokenSet
from pywry_auth.testing import ClientAuthMethod, Conduct, ProgrammableProvider, Registration
from pywry_auth.testing.keyrings import MemoryKeyring, installed
from tests.resource_kit import Given, Resource
from tests.unit.test_session_examples import GitHub as LocalGitHub


@pytest.fixture
def service():
    """Give a provider of programs, with a resource that takes the tokens it gave."""
    client = Registration("nightly-report", "s3cret", auth=ClientAuthMethod.SECRET_POST)
    with ProgrammableProvider() as op:
        op.add("jobs", Conduct(client=client, life=3600))

        def answer(asked):
            token = (asked.authorization or "").removeprefix("Bearer ")
            return Given(body=b'["june"]') if token in op.issued("jobs") else Given(401)

        with Resource(answer) as api:
            yield op, api
        assert op.violations("jobs") == []


def test_the_readmes_program_reads_its_reports(service, monkeypatch, tmp_path):
    op, api = service
    monkeypatch.setenv("REPORT_SECRET", "s3cret")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    here = {
        "https://id.example.com": f"{op.base_url}/jobs",
        "https://api.example.com": api.origin,
        "state/tokens.json": str(tmp_path / "tokens.json"),
    }
    for _ in range(2):  # the second run finds the token
        made = run(replaced(shown("Tokens for programs"), here))
        made["http"].close()
        assert made["reports"] == ["june"]
    assert op.calls("jobs") == ["token"]


def public(*parts):
    """Give the public names of the package, with those of its *parts*."""
    modules = [pywry_auth, *(import_module(f"pywry_auth.{part}") for part in parts)]
    return {name: module.__getattr__(name) for module in modules for name in dir(module)}


def test_the_examples_of_a_manager_are_answered(service, tmp_path):
    op, api = service
    issuer = {"https://id.example.com": f"{op.base_url}/jobs"}
    here = {"https://api.example.com": api.origin}
    httpx = import_module("httpx")
    with httpx.Client() as client, (tmp_path / "result").open("wb") as file:
        names = public("grants") | {
            "httpx": httpx,
            "client": client,
            "file": file,
            "grant": ClientCredentialsAuth("nightly-report", "s3cret"),
            "url": api.origin,
        }
        made = run(replaced(examples()["pywry_auth.grants.manager.TokenManager"], issuer), **names)
        for name in ("requests.bearer.BearerAuth", "transport.AuthTransport"):
            example = replaced(examples()[f"pywry_auth.grants.{name}"], here)
            assert run(example, **made)["jobs"] == ["june"]
    header = made["manager"].authorization_header()
    assert [asked.authorization for asked in api.asked] == [header] * 4
    assert (tmp_path / "result").read_bytes() == b'["june"]'


def test_the_limiter_lets_through():
    example = examples()["pywry_auth.grants.requests.rate_limiter.RateLimiter"]
    made = run(example, **public("grants"))
    assert isinstance(made["limiter"], pywry_auth.grants.RateLimiter)


class Bot:
    """A program with a GitHub of its own on this machine, whose users say yes to everything."""

    def __init__(self, github):
        self.github = github
        self.said = []
        self.names = public("integrations") | {
            "GitHub": import_module("pywry_auth.integrations.targets.github").GitHub,
            "token": "gho_alice",
            "other": "xoxb-other",
            "ask": self._ask,
            "print": lambda *words: self.said.append(" ".join(map(str, words))),
        }

    async def _ask(self, user, url):
        assert user
        state = parse_qs(urlsplit(url).query)["state"][0]
        return f"http://127.0.0.1:8000/connected?code=good-code&state={state}"

    def run(self, code, **names):
        """Run *code*, which may await."""
        made = self.names | names
        exec(  # noqa: S102  # our own documents, from this repository
            f"async def main():\n{textwrap.indent(code, '    ')}\n    return locals()", made
        )
        return asyncio.run(made["main"]())


@pytest.fixture
def bot(monkeypatch):
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with LocalGitHub() as github:
        monkeypatch.setattr(
            import_module("pywry_auth.integrations.targets.github").GitHub,
            "usual_base_url",
            github.url,
        )
        yield Bot(github)


def test_the_readmes_working_session_reaches_what_was_connected(bot, monkeypatch):
    monkeypatch.setenv("GITHUB_SECRET", "s3cret")
    given = '{"client_id": "Iv1.0123456789abcdef", "client_secret": os.environ["GITHUB_SECRET"]}'
    code = replaced(shown("Working sessions"), {given: "github"})
    with installed(MemoryKeyring()):
        made = run(code, **bot.names, github=bot.github.settings())
        asyncio.run(made["connect"]("alice"))
        asyncio.run(made["work"]("alice"))
    assert bot.said == ["alice True"]
    assert bot.github.tokens[-2:] == ["Bearer gho_alice"] * 2


def test_the_example_of_a_session_asks(bot):
    code = examples()["pywry_auth.integrations.auth_manager.AuthManager"]
    given = '{"client_id": "...", "client_secret": "..."}'
    bot.run(replaced(code, {given: "app"}), app={**bot.github.settings(), "token": "ghp_app"})
    assert bot.github.tokens == ["Bearer ghp_app"]


def test_the_examples_of_the_container_ask(bot):
    code = examples()["pywry_auth.integrations.container.Integrations"]
    within = textwrap.indent(
        replaced(examples()["pywry_auth.integrations.container.overrides"], {"...": "pass"}), "    "
    )
    bot.run(f"{code}\n{within}")
    bot.run(examples()["pywry_auth.integrations.reaching.target.Target"])
    assert bot.github.tokens == ["Bearer gho_alice"] * 3
    assert len(bot.said) == 3


def test_acme_connects(bot, monkeypatch):
    monkeypatch.setenv("ACME_KEY", "k3y")
    credentials = run(
        examples()["pywry_auth.integrations.credentials.app_credentials.AppCredentials"],
        **bot.names,
    )["AcmeAppCredentials"]()
    assert (credentials.api_key, credentials.region) == ("k3y", "eu")
    assert "k3y" not in repr(credentials)
    acme = run(examples()["pywry_auth.integrations.provider.flow"], **bot.names)["AcmeProvider"]
    urls = {name: value for name, value in bot.github.settings().items() if name != "base_url"}
    step = asyncio.run(acme(**urls).oauth2.authorize())
    assert "scope=read" in step["authorization_url"]


@pytest.fixture
def unregistered(monkeypatch):
    """Let what is registered be forgotten afterwards."""
    registries = [
        import_module("pywry_auth.integrations.registry").AUTH_PROVIDERS,
        import_module("pywry_auth.integrations.target_registry")._REGISTRY,
    ]
    for registry in registries:
        monkeypatch.setattr(registry, "_classes", {})


@pytest.mark.usefixtures("unregistered")
def test_the_example_of_a_service_is_answered(bot):
    here = {
        "https://id.acme.example/authorize": f"{bot.github.url}/login/oauth/authorize",
        "https://id.acme.example/token": f"{bot.github.url}/login/oauth/access_token",
        "https://api.acme.example": bot.github.url,
    }
    code = replaced(examples()["pywry_auth.integrations.provider.AuthProvider"], here)
    made = bot.run(code, Mapping=Mapping)
    assert bot.said == ["<Response [200 OK]>"]
    assert bot.github.tokens == [None, "Bearer gho_alice"]  # for the code, then with what it gave
    assert isinstance(made["connected"].acme, made["Acme"])


def test_the_example_of_the_credentials_keeps_them(bot):
    with installed(MemoryKeyring()):
        made = bot.run(
            examples()["pywry_auth.integrations.stores.token_credentials.TokenCredentialStore"]
        )
        record = {"access_token": "a", "scope": "repo"}
        asyncio.run(made["store"].set("github", "alice", record))
        assert asyncio.run(made["store"].get("github", "alice")) == record


def test_tokens_connect(bot):
    auth = pywry_auth.AuthManager()
    flow = SimpleNamespace(run_native=lambda: SimpleNamespace(tokens=TokenSet("ya29.ada")))
    bot.run(
        examples()["pywry_auth.integrations.credentials.user_credentials.from_tokens"],
        flow=flow,
        auth=auth,
    )
    stored = asyncio.run(auth.load_credentials("google", "ada"))
    assert stored.access_token == "ya29.ada"
