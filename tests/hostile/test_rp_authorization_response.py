"""Who may end the wait for the redirect: only whoever knows our state, and only once."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pywry_auth.errors import AuthFlowTimeout
from pywry_auth.testing.conformance import SECTIONS
from pywry_auth.testing.row import ConformanceRow


@pytest.mark.parametrize("row", SECTIONS["authorization_response"], ids=lambda row: row.name)
def test_authorization_response(row: ConformanceRow, holds: Callable[..., None]) -> None:
    holds(row)


STRANGERS = [
    {"code": "stolen", "state": "guessed"},
    {"code": "stolen"},
    {"error": "access_denied"},
    {"error": "access_denied", "state": "guessed"},
    {"code": "stolen", "iss": "https://evil.example"},
    {},
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda params: " ".join(params) or "nothing")
def test_a_stranger_gets_400_and_the_right_redirect_still_wins(
    party: Callable[..., object], stranger: dict[str, str], method: str
) -> None:
    rp = party(SECTIONS["basic"][0], "form_post" if method == "POST" else "query")
    answers: list[int] = []

    def show_window(url: str, _config: object) -> str:
        redirect_uri = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        sent = urlencode(stranger)
        target = redirect_uri if method == "POST" else f"{redirect_uri}?{sent}"
        page = rp.agent.load(method, target, sent if method == "POST" else "")
        answers.append(page.status)
        return rp.agent.show_window(url)

    assert rp.sign_in(show_window).success
    assert answers == [400]
    assert rp.calls().count("token") == 1
    rp.must_behave()


def test_a_stranger_sees_400_until_the_time_is_up(party: Callable[..., object]) -> None:
    row = next(r for r in SECTIONS["authorization_response"] if r.error is AuthFlowTimeout)
    rp = party(row, patience=2.0)  # the agent must have got its answer by then
    with pytest.raises(AuthFlowTimeout):
        rp.sign_in()
    rp.agent.join()
    assert [page.status for page in rp.agent.pages] == [302, 400]


def test_a_redirect_delivered_twice_redeems_the_code_once(party: Callable[..., object]) -> None:
    rp = party(SECTIONS["basic"][0])

    def show_window(url: str, _config: object) -> str:
        redirect = rp.agent.load("GET", url)
        for _ in range(2):
            rp.agent.show_window(redirect.location)
        return "twice"

    assert rp.sign_in(show_window).success
    rp.must_be_silent()
    assert rp.calls().count("token") == 1
    rp.must_behave()


def test_what_the_provider_says_reaches_neither_page_nor_error_as_markup(
    party: Callable[..., object],
) -> None:
    row = SECTIONS["form_post"][-1]
    rp = party(row, "form_post")
    with pytest.raises(row.error) as caught:
        rp.sign_in()
    rp.agent.join()
    assert caught.value.error == "login_required"
    ours = [page for page in rp.agent.pages if not page.place.startswith(rp.op.base_url)]
    assert ours
    assert all("<script>alert(1)" not in page.body for page in ours)
