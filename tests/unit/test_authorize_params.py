"""What settings may put into an authorize URL."""

import pytest

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.authorize_params import RESERVED_PARAMS, checked_params
from pywry_auth.providers.github import GitHubProvider


def test_ordinary_parameters_pass():
    assert checked_params({"prompt": "login", "login_hint": "a"}) == {
        "prompt": "login",
        "login_hint": "a",
    }


@pytest.mark.parametrize("name", sorted(RESERVED_PARAMS))
def test_no_setting_can_weaken_a_sign_in(name):
    with pytest.raises(ConfigError, match=f"must not set {name}"):
        GitHubProvider("client", authorize_params={name: "x"})
