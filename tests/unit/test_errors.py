"""One error tree, each branch of which some test reaches."""

import ast
import pickle
from pathlib import Path

import pytest

import pywry_auth
from pywry_auth import errors
from pywry_auth.errors import AuthError


ROOT = Path(__file__).parents[2]
EXPORTED = sorted(
    name
    for name in dir(pywry_auth)
    if name in vars(errors) and issubclass(vars(errors)[name], AuthError)
)
EXPECTING = {"pytest.raises", "isinstance"}
TREE = {
    "AuthError": (Exception,),
    "ConfigError": (AuthError, ValueError),
    "TransportError": (AuthError,),
    "HTTPStatusError": (AuthError,),
    "RateLimitError": (errors.HTTPStatusError,),
    "QuotaExceededError": (errors.HTTPStatusError,),
    "NotFoundError": (errors.HTTPStatusError,),
    "ServerError": (errors.HTTPStatusError,),
    "AuthenticationError": (AuthError,),
    "AuthFlowCancelled": (errors.AuthenticationError,),
    "InputCancelledError": (errors.AuthFlowCancelled,),
    "AuthFlowTimeout": (errors.AuthenticationError,),
    "CallbackError": (errors.AuthenticationError,),
    "DiscoveryError": (errors.AuthenticationError,),
    "DiscoveryTransportError": (errors.DiscoveryError, errors.TransportError),
    "RegistrationError": (errors.AuthenticationError,),
    "WindowError": (errors.AuthenticationError,),
    "TokenError": (errors.AuthenticationError,),
    "TokenTransportError": (errors.TokenError, errors.TransportError),
    "StepUpError": (errors.TokenError,),
    "TokenExpiredError": (errors.TokenError,),
    "TokenRefreshError": (errors.TokenError,),
    "RefreshTransportError": (errors.TokenRefreshError, errors.TransportError),
    "ReauthRequiredError": (errors.TokenRefreshError, errors.TokenExpiredError),
    "CredentialMissingError": (AuthError,),
    "ProviderNotFoundError": (AuthError, KeyError, ValueError),
    "StoreError": (AuthError,),
    "StoreUnavailableError": (errors.StoreError,),
    "StoredDataError": (errors.StoreError,),
    "EncryptionUnavailableError": (errors.StoreError,),
}
# For programs that come from elsewhere: the same class under another name, and where it is found.
SECOND_NAMES = {
    "AuthsomeError": (errors.AuthError, True),
    "CdseError": (errors.AuthError, True),
    "AuthenticationFailedError": (errors.AuthenticationError, True),
    "RefreshFailedError": (errors.TokenRefreshError, True),
    "CdseConfigError": (errors.ConfigError, False),
    "CdseHTTPError": (errors.HTTPStatusError, False),
    "EndpointUnreachableError": (errors.TransportError, False),
}
RETRYABLE = (
    errors.TransportError
    | errors.StoreUnavailableError
    | errors.RateLimitError
    | errors.ServerError
)


def test_the_tree_is_the_documented_one():
    assert set(EXPORTED) - set(SECOND_NAMES) == set(TREE)
    for name, parents in TREE.items():
        for parent in parents:
            assert issubclass(vars(errors)[name], parent), (name, parent)


@pytest.mark.parametrize("name", sorted(TREE))
def test_every_error_has_a_word_for_programs_and_a_sentence_for_people(name):
    error = vars(errors)[name]("what happened", hint="what to do")
    assert error.code
    assert str(error) == error.message == "what happened"
    assert error.hint == "what to do"
    assert error.retryable is issubclass(type(error), RETRYABLE)


@pytest.mark.parametrize("name", sorted(SECOND_NAMES))
def test_a_second_name_is_the_same_class(name):
    own, is_at_the_root = SECOND_NAMES[name]
    assert vars(errors)[name] is own
    assert name in errors.__all__
    assert (name in EXPORTED) is is_at_the_root
    assert not is_at_the_root or pywry_auth.__getattr__(name) is own


def test_no_two_errors_share_a_word():
    words = [vars(errors)[name].code for name in TREE]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("name", sorted(TREE))
def test_errors_travel_between_processes(name):
    error = pickle.loads(pickle.dumps(vars(errors)[name]("sentence", hint="hint")))  # noqa: S301
    assert (type(error).__name__, str(error), error.hint) == (name, "sentence", "hint")


def test_the_seed_s_constructors_are_kept():
    error = errors.AuthenticationError("m", "github", "f1", attempt=3)
    assert (error.provider, error.flow_id, error.context) == ("github", "f1", {"attempt": 3})
    late = errors.AuthFlowTimeout("m", 2.5, "github", "f1", attempt=3)
    assert (late.timeout, late.provider, late.flow_id, late.context) == (
        2.5,
        "github",
        "f1",
        {"attempt": 3},
    )
    assert "120 seconds" in str(errors.AuthFlowTimeout(timeout=120.0))


def test_the_server_s_words_are_kept():
    for kind in (errors.TokenError, errors.CallbackError, errors.ReauthRequiredError):
        error = kind("m", error="invalid_grant", error_description="gone")
        assert (error.error, error.error_description) == ("invalid_grant", "gone")


def test_every_exported_error_is_expected_by_a_test():
    expected = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in EXPECTING:
                expected |= {part.split(".")[-1] for arg in node.args for part in _names(arg)}
    expected.add("AuthError")  # what all of them are; nothing is only that
    assert set(TREE) - expected == set()


def test_every_exported_error_is_raised_somewhere():
    made = set()
    for path in Path(pywry_auth.__file__).parent.rglob("*.py"):
        if path.parent.name == "errors":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            # Called here, or chosen for whoever calls it.
            made |= set(_names(node)) if isinstance(node, ast.Call | ast.Return) else set()
    made.add("AuthError")  # what all of them are; nothing is only that
    assert set(TREE) - {name.split(".")[-1] for name in made} == set()


def _names(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute):
            yield ast.unparse(inner)
