"""``pywry-auth login`` where the provider does not grant everything."""

import pytest

from tests import keyring_env
from tests.providers_kit import OidcProviderOP, running


pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks()),
]


@pytest.fixture(scope="module")
def op():
    yield from running(OidcProviderOP)


@pytest.fixture
def shell(new_shell):
    return new_shell.browsing()


def test_a_scope_that_was_not_granted_is_named(shell, op):
    words = ("login", "--issuer", op.issuer, "--client-id", "native", "--scopes")
    ended = shell(*words, "openid email offline_access")  # which takes a prompt nobody sent
    assert ended.code == 0, ended.err
    assert "asked for, but not granted: offline_access" in ended.err
    ended = shell(*words, "openid email")
    assert ended.code == 0, ended.err
    assert "not granted" not in ended.err
