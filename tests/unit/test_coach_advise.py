"""What is said about an error, and what never is."""

import socket
import subprocess
import sys
import threading

import pytest

from pywry_auth import errors
from pywry_auth.callback_server.sockets import bind_first
from pywry_auth.coach.advise import advise
from pywry_auth.coach.families import Family, family_named, family_of
from pywry_auth.coach.say import Say
from pywry_auth.coach.tables import every_entry
from pywry_auth.coach.usual import CLASSES
from pywry_auth.coach.values import Action
from pywry_auth.protocol.authorization import refused_request
from pywry_auth.protocol.discovery import read_metadata
from pywry_auth.protocol.timely import require_time
from pywry_auth.protocol.wire import WireReply
from pywry_auth.token_store.deadline import Patience, PatientCaller
from pywry_auth.token_store.keyring_rules import no_backend
from pywry_auth.ui.texts import Texts
from pywry_auth.window.base import WindowKind
from pywry_auth.window.ladder import Surroundings, choose


CANARY = "canary-0123456789"
GOOGLE, GITHUB = "https://accounts.google.com", "https://github.com/login/oauth/access_token"
PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;-")
JARGON = ("oauth", "token", "redirect", "client", "uri", "scope", "http", "api", "pkce", "provider")


def concrete(kind):
    return [kind, *(found for sub in kind.__subclasses__() for found in concrete(sub))]


@pytest.mark.parametrize("say", Say)
def test_a_sentence_is_for_people(say):
    assert set(say.value) <= PLAIN
    assert say.value[0].isupper()
    assert say.value.endswith(".")
    assert len(say.value) < 200
    assert [word for word in JARGON if word in say.value.lower()] == []


def test_no_two_sentences_are_the_same():
    assert len({say.value for say in Say.__members__.values()}) == len(Say.__members__)


def test_every_sentence_is_said_about_something():
    said = {entry.say for entry in every_entry()} | {each.say for each in CLASSES}
    assert set(Say) - said == {Say.UNSAFE, Say.UNEXPLAINED}


@pytest.mark.parametrize("entry", every_entry(), ids=lambda entry: f"{entry.family}/{entry.name}")
def test_a_fix_is_whole_sentences_and_a_source_an_address(entry):
    assert entry.fix.endswith(".")
    assert entry.fix[0].isupper() or entry.fix.startswith("client_")
    assert not entry.source or entry.source.startswith("https://")
    assert entry.code.replace("_", "").isalpha()
    assert entry.code == entry.code.lower()
    assert entry.words or entry.pattern or entry.kinds


@pytest.mark.parametrize("kind", concrete(errors.AuthError))
def test_every_error_there_is_gets_a_sentence_an_action_and_a_code(kind):
    advice = advise(kind(f"{CANARY}"))
    assert advice.sentence
    assert advice.code
    assert isinstance(advice.action, Action)
    assert CANARY not in repr(advice)


@pytest.mark.parametrize("issuer", ["", GOOGLE, GITHUB, "https://login.microsoftonline.com/x"])
@pytest.mark.parametrize("word", ["access_denied", "invalid_client", "invalid_request", "nonsense"])
def test_nothing_that_a_stranger_said_is_repeated(issuer, word):
    said = f"AADSTS50011: {CANARY} Service not found: https://{CANARY}.example"
    for kind in (errors.CallbackError, errors.TokenError, errors.ReauthRequiredError):
        error = kind(said, CANARY, CANARY, error=word, error_description=said)
        error.__cause__ = OSError(CANARY)
        assert CANARY not in repr(advise(error, issuer=issuer))


def test_an_unknown_word_is_no_reason_to_blame_anybody():
    advice = advise(refused_request("quota_of_tuesday", "no more today"))
    assert advice.sentence == Say.UNEXPLAINED.value
    assert advice.action is Action.RETRY


def test_the_same_word_means_at_each_provider_what_it_means_there():
    error = errors.TokenError("x", error="redirect_uri_mismatch")
    assert (
        "Desktop app" in advise(errors.TokenError("x", error="invalid_client"), issuer=GOOGLE).fix
    )
    assert "any port" in advise(error, issuer=GITHUB).fix
    assert advise(error).code == "token_error"  # nobody knows whose word that is


def test_the_name_in_the_error_tells_the_provider_where_no_address_does():
    error = errors.TokenError("x", "github", error="bad_verification_code")
    assert advise(error).code == "code_used"


def test_microsofts_number_tells_more_than_its_word():
    error = errors.TokenError("x", error="invalid_grant", error_description="AADSTS50126: wrong")
    assert advise(error).code == "password_wrong"
    assert advise(error, issuer=GOOGLE).code == "code_used"


def test_a_session_that_ended_is_no_code_that_was_used():
    ended = errors.ReauthRequiredError("x", error="invalid_grant")
    assert advise(ended).action is Action.SIGN_IN
    assert advise(errors.TokenError("x", error="invalid_grant")).action is Action.RETRY


@pytest.mark.parametrize(
    "word",
    ["login_required", "interaction_required", "consent_required", "account_selection_required"],
)
def test_whatever_cannot_go_silently_wants_the_person(word):
    assert advise(refused_request(word, None)).sentence == Say.SIGN_IN_AGAIN.value


def test_nobody_is_signed_out_by_a_network():
    advice = advise(errors.RefreshTransportError("the name id.example.com is not known"))
    assert advice.sentence == Say.OFFLINE_SIGNED_IN.value
    assert advice.action is Action.WAIT


def test_a_page_that_led_nowhere_is_remembered_when_it_is_closed():
    error = errors.AuthenticationError("the page led nowhere", page="redirect_uri_mismatch")
    assert "Desktop app" in advise(error, issuer=GOOGLE).fix
    assert "Okta" in advise(error, issuer="https://dev-1.okta.com").fix
    assert advise(error).sentence == Say.SETUP.value
    assert "native application" in advise(error).fix  # what holds wherever it was
    unknown = errors.AuthenticationError("the page led nowhere", page="no such code")
    assert advise(unknown).sentence == Say.UNEXPLAINED.value


def test_nobody_is_sent_to_the_settings_of_another_provider():
    error = errors.AuthenticationError("x", page="organization_only", hint="the page said so")
    assert "Workspace" in advise(error, issuer=GOOGLE).fix
    elsewhere = advise(error, issuer="https://dev-1.okta.com")
    assert elsewhere.sentence == Say.ORGANISATION_ONLY.value
    assert elsewhere.fix == "the page said so"


def test_a_store_that_says_no_before_a_sign_in_is_still_the_store():
    error = errors.AuthenticationError("a sign-in could not be kept: x", operation="store")
    error.__cause__ = errors.StoreUnavailableError("the keyring is locked")
    advice = advise(error)
    assert advice.code == "keyring_locked"
    assert advice.action is Action.UNLOCK


def test_the_sentence_is_in_the_language_of_the_person():
    class Shouting(Texts):
        def __call__(self, text, **values):
            return super().__call__(text, **values).upper()

    advice = advise(errors.AuthFlowTimeout(timeout=1), texts=Shouting("xx"))
    assert advice.sentence == Say.TIMEOUT.value.upper()


def raised_by(work):
    with pytest.raises(errors.AuthError) as raised:
        work()
    return raised.value


def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind_first("127.0.0.1", [other.getsockname()[1]])


def slow_keyring():
    answered = threading.Event()
    try:
        PatientCaller(Patience(limit=0.01)).call(answered.wait)
    finally:
        answered.set()


NOWHERE = Surroundings(has_display=False, toolkits=(), has_browser=False, has_terminal=False)


def no_window():
    choose(WindowKind.AUTO, NOWHERE)


def refused_window():
    choose(WindowKind.WEBVIEW, NOWHERE, provider="google", refuses_embedded=True)


def wrong_issuer():
    document = b'{"issuer": "https://elsewhere.example"}'
    read_metadata(WireReply(200, {}, document), accepts=lambda _issuer: False)


def raise_(error):
    raise error


@pytest.mark.parametrize(
    ("work", "code", "say"),
    [
        (taken_port, "port_in_use", Say.PORT),
        (wrong_issuer, "issuer_mismatch", Say.SETUP),
        (slow_keyring, "keyring_slow", Say.KEYRING_SLOW),
        (no_window, "no_window", Say.NO_WINDOW),
        (refused_window, "embedded_refused", Say.EMBEDDED),
        (lambda: raise_(no_backend("linux", "")), "keyring_missing", Say.KEYRING_MISSING),
        (lambda: raise_(no_backend("linux", "a.File")), "keyring_plaintext", Say.KEYRING_MISSING),
        (
            lambda: require_time(exp=1.0, begins=0.0, now=1e9, leeway=60.0, offset=None),
            "clock_wrong",
            Say.CLOCK,
        ),
    ],
)
def test_what_arises_here_is_known_by_our_own_words(work, code, say):
    error = raised_by(work)
    advice = advise(error)
    assert (advice.code, advice.sentence) == (code, say.value)
    assert advice.fix == error.hint


def test_a_privileged_port_is_the_developers_business():
    error = errors.AuthenticationError(
        "no port could be opened for the sign-in: 80 may be opened by an administrator only"
    )
    assert advise(error).code == "port_reserved"


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("https://accounts.google.com", Family.GOOGLE),
        ("accounts.google.com", Family.GOOGLE),
        ("https://ACCOUNTS.google.com:443/o", Family.GOOGLE),
        ("https://google.com.example.com", Family.ANY),
        ("https://notgoogle.com", Family.ANY),
        ("https://google.com@evil.example", Family.ANY),
        ("https://login.microsoftonline.com/common/v2.0", Family.MICROSOFT),
        ("https://t.b2clogin.com/t/v2.0", Family.MICROSOFT),
        ("https://login.partner.microsoftonline.cn/common", Family.MICROSOFT),
        ("https://dev-1.okta.com/oauth2/default", Family.OKTA),
        ("https://t.eu.auth0.com/", Family.AUTH0),
        ("https://sso.example.com/realms/main", Family.KEYCLOAK),
        ("https://x.auth.eu-west-1.amazoncognito.com", Family.AMAZON),
        ("https://cognito-idp.eu-west-1.amazonaws.com/pool", Family.AMAZON),
        ("http://127.0.0.1:8080", Family.ANY),
        ("http://[::1]:8080", Family.ANY),
        ("", Family.ANY),
        ("https://", Family.ANY),
    ],
)
def test_a_family_is_known_by_its_host(address, family):
    assert family_of(address) is family


def test_a_family_is_known_by_its_name():
    assert family_named("GitHub") is Family.GITHUB
    assert family_named("entra") is Family.MICROSOFT
    assert family_named("any") is Family.ANY
    assert family_named(None) is Family.ANY
    assert family_named("work") is Family.ANY


def test_the_tables_are_read_when_somebody_asks():
    code = (
        "import sys; from pywry_auth.coach.advise import advise; "
        "print(*[m for m in sys.modules if m.startswith('pywry_auth.coach')]); "
        "print(*({'asyncio', 'httpx', 'pydantic', 'logging'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours, heavy = done.stdout.split("\n")[:2]
    assert set(ours.split()) == {
        f"pywry_auth.coach{part}"
        for part in ("", ".advise", ".entry", ".families", ".say", ".values")
    }
    assert heavy == ""
