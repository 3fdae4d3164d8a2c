"""The same redirects once more, posted to the callback by a form."""

from collections.abc import Callable

import pytest

from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["form_post"], ids=lambda row: row.name)
def test_form_post(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row, "form_post")


def test_the_code_never_comes_into_an_address(party: Callable[..., object]) -> None:
    rp = party(SECTIONS["form_post"][0], "form_post")
    assert rp.sign_in().success
    rp.agent.join()
    assert any(page.place.endswith("/callback") for page in rp.agent.pages)
    assert all("code=" not in page.url for page in rp.agent.pages)
    asked = next(seen for seen in rp.op.requests(rp.mode) if seen.endpoint == "authorize")
    assert asked.params["response_mode"] == "form_post"
