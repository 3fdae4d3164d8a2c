"""Metadata and keys, right and wrong (Config RP profile)."""

from collections.abc import Callable

import pytest

from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


ROWS = {row.name: row for row in SECTIONS["config"]}


@pytest.mark.parametrize("row", SECTIONS["config"], ids=lambda row: row.name)
def test_config(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


def test_keys_are_read_before_userinfo(party: Callable[..., object]) -> None:
    rp = party(ROWS["oidcc-client-test-discovery-jwks-uri-keys"])
    rp.sign_in()
    calls = rp.calls()
    assert calls[0] == "discovery"
    assert calls.index("jwks") < calls.index("userinfo")


def test_a_rotation_seconds_after_the_first_sign_in_is_followed_with_one_more_look(
    party: Callable[..., object],
) -> None:
    rp = party(ROWS["oidcc-client-test-signing-key-rotation"])
    rp.sign_in()
    assert rp.calls().count("jwks") == 1
    rp.sign_in()
    assert rp.calls().count("jwks") == 2


def test_invented_key_names_do_not_flood_the_provider(party: Callable[..., object]) -> None:
    row = ROWS["own-key-set-never-shows-the-key"]
    rp = party(row)
    for _ in range(3):
        with pytest.raises(row.error):
            rp.sign_in()
    assert rp.calls().count("jwks") == 2


def test_metadata_is_read_once_and_a_failure_is_tried_again(party: Callable[..., object]) -> None:
    row = ROWS["own-discovery-503"]
    rp = party(row)
    with pytest.raises(row.error):
        rp.sign_in()
    rp.op.program(rp.mode, ROWS["oidcc-client-test-discovery-openid-config"].conduct)
    assert rp.sign_in().success
    assert rp.sign_in().success
    assert rp.calls().count("discovery") == 2
