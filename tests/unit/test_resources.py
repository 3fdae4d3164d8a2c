"""Resources that tokens are asked for (RFC 8707)."""

import pytest

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.resources import checked_resources


def test_whole_addresses_and_names_stay_in_their_order_once_each():
    given = ["https://api.example/v1?x=y", "urn:demo:api", "https://api.example/v1?x=y"]
    assert checked_resources(given) == ("https://api.example/v1?x=y", "urn:demo:api")


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "api",
        "/v1",
        "//api.example",
        "https:",
        "https://a/#b",
        "https://a/#",
        "https://a b",
        "\n",
    ],
)
def test_anything_else_is_no_resource(resource):
    with pytest.raises(ConfigError):
        checked_resources([resource])


def test_one_text_is_no_list():
    with pytest.raises(ConfigError, match="list"):
        checked_resources("https://api.example")
