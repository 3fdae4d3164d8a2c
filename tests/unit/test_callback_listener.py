import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from pywry_auth.callback_server.listener import CallbackListener, host_headers
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.wire import Limits
from pywry_auth.errors import AuthenticationError, AuthFlowCancelled, ConfigError
from pywry_auth.protocol.authorization import CallbackParams
from pywry_auth.ui.texts import texts_for


OURS = "/callback?code=the-code&state=ours"
FORM = "application/x-www-form-urlencoded"
QUICK = Limits(hold_seconds=0.02, close_seconds=0.05)
DEADLINE = 5.0  # seconds; only a broken listener comes near it
SOON = 0.02


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


def _ours(params: CallbackParams) -> bool:
    return params.state == "ours"


def _run(
    scenario: Callable[[CallbackListener], Awaitable[None]],
    accepts: Callable[[CallbackParams], bool] | None = _ours,
    **options: object,
) -> None:
    async def whole() -> None:
        listener = CallbackListener(accepts=accepts, **options)  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(DEADLINE):
                await listener.start()
                await scenario(listener)
        finally:
            listener.close()

    asyncio.run(whole())


def _port(listener: CallbackListener) -> int:
    return int(listener.redirect_uri.split(":")[2].split("/")[0])


async def _raw(listener: CallbackListener, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", _port(listener))
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer


async def _ask(
    listener: CallbackListener,
    target: str,
    *,
    method: str = "GET",
    body: str = "",
    kind: str = FORM,
) -> Answer:
    extra = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
    host = f"127.0.0.1:{_port(listener)}"
    raw = await _raw(
        listener, f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n{body}".encode()
    )
    head, _, text = raw.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]), headers, text)


def test_the_redirect_uri_is_listened_on_before_it_is_known() -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert listener.redirect_uri == f"http://127.0.0.1:{_port(listener)}/callback"
        assert (await _ask(listener, "/")).status == 200

    _run(scenario)


def test_nobody_else_can_listen_on_our_port() -> None:
    async def scenario(listener: CallbackListener) -> None:
        for host in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 (the thief's choice)
            with socket.socket() as thief, pytest.raises(OSError, match="in use"):  # noqa: PT012
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                thief.bind((host, _port(listener)))
                thief.listen()

    _run(scenario)


def test_our_redirect_ends_the_wait_and_leaves_a_clean_address() -> None:
    async def scenario(listener: CallbackListener) -> None:
        waiting = asyncio.create_task(listener.received())
        answer = await _ask(listener, OURS)

        assert (answer.status, answer.headers["Location"]) == (302, "/callback/done")
        assert answer.body == ""
        assert await waiting == CallbackParams(code="the-code", state="ours")

    _run(scenario)


def test_a_posted_form_ends_the_wait_and_becomes_a_get() -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(
            listener,
            "/callback",
            method="POST",
            body="code=a%2Bb+c&state=ours&iss=https%3A%2F%2Fop",
            kind=f"{FORM}; charset=utf-8",
        )

        assert (answer.status, answer.headers["Location"]) == (303, "/callback/done")
        params = await listener.received()
        assert params == CallbackParams(code="a+b c", state="ours", iss="https://op")

    _run(scenario)


def test_a_posted_form_is_judged_by_its_body_alone() -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, OURS, method="POST", body="code=x&state=forged")

        assert answer.status == 400
        assert not listener.offer(CallbackParams(code="x", state="forged"))

    _run(scenario)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.success(), "You are signed in"),
        (Outcome.failure("The account is locked."), "The account is locked."),
        (Outcome.failure(), "The sign-in did not come to its end."),
        (Outcome.received(), "The answer has arrived"),
    ],
)
def test_the_last_page_waits_for_the_true_outcome(outcome: Outcome, said: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        page = asyncio.create_task(_ask(listener, "/callback/done"))
        assert not (await asyncio.wait({page}, timeout=SOON))[0]

        listener.settle(outcome)

        answer = await page
        assert answer.status == 200
        assert said in answer.body
        assert ("You are signed in" in answer.body) is (outcome == Outcome.success())

    _run(scenario)


def test_an_outcome_that_takes_long_is_never_shown_as_success() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        early = await _ask(listener, "/callback/done")
        listener.settle(Outcome.failure("The provider withdrew."))
        late = await _ask(listener, "/callback/done")

        assert '<meta http-equiv="refresh" content="1">' in early.body
        assert "signed in" not in early.body
        assert "The provider withdrew." in late.body
        assert "refresh" not in late.body

    _run(scenario, limits=QUICK)


def test_a_page_that_asks_again_is_held_longer_so_that_it_is_not_read_out_all_the_time() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        assert "refresh" in (await _ask(listener, "/callback/done")).body
        again = asyncio.create_task(_ask(listener, "/callback/done"))
        assert not (await asyncio.wait({again}, timeout=2 * SOON))[0]
        listener.settle(Outcome.success())
        assert "You are signed in" in (await again).body

    _run(scenario, limits=Limits(hold_seconds=SOON / 2, hold_again_seconds=DEADLINE))


def test_whether_the_end_is_known_is_told_to_a_page_without_spending_the_end() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, "/callback?code=c&state=ours")
        early = await _ask(listener, "/callback/done?news")
        assert (early.status, early.body) == (200, "waiting")
        held = asyncio.create_task(_ask(listener, "/callback/done?news"))
        listener.settle(Outcome.success())
        assert (await held).body == "settled"

        lingering = asyncio.create_task(listener.linger(DEADLINE))
        await asyncio.sleep(SOON)
        assert not lingering.done()
        await _ask(listener, "/callback/done")
        await lingering

    _run(scenario, limits=Limits(hold_seconds=SOON / 2, hold_again_seconds=DEADLINE))


def test_pages_are_in_the_language_that_is_asked_for() -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, "/")
        assert '<html lang="de" dir="ltr">' in answer.body
        assert "Warten auf die Anmeldung" in answer.body
        await _ask(listener, "/callback?code=c&state=ours")
        listener.settle(Outcome.failure())
        done = await _ask(listener, "/callback/done")
        assert "Die Anmeldung wurde nicht abgeschlossen." in done.body
        assert ">der Anwendung</bdi> aus" in done.body

    _run(scenario, texts=texts_for("de"))


def test_pages_are_in_the_language_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert '<html lang="ar" dir="rtl">' in (await _ask(listener, "/")).body

    monkeypatch.setenv("PYWRY_AUTH_LANGUAGE", "ar-EG")
    _run(scenario)


def test_the_first_outcome_counts() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        listener.settle(Outcome.failure("no"))
        listener.settle(Outcome.success())

        assert "did not succeed" in (await _ask(listener, "/callback/done")).body

    _run(scenario)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "?code=x",
        "?error=access_denied",
        "?code=x&state=",
        "?code=x&state=forged",
        "?error=access_denied&state=forged",
        "?code=x&state=ours&state=ours",
        "?code=x&state=forged&state=ours",
        "?code=x&STATE=ours",
        "?code=x;state=ours",
        "?" + "&".join(f"a{n}=1" for n in range(150)) + "&state=ours&code=x",
    ],
)
def test_a_stranger_gets_400_and_the_wait_goes_on(query: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        waiting = asyncio.create_task(listener.received())
        answer = await _ask(listener, f"/callback{query}")

        assert answer.status == 400
        assert "not the answer we expected" in answer.body
        assert not (await asyncio.wait({waiting}, timeout=SOON))[0]
        assert (await _ask(listener, "/callback/done")).status == 404
        assert (await _ask(listener, OURS)).status == 302
        assert (await waiting).code == "the-code"

    _run(scenario)


def test_a_refusal_with_our_state_ends_the_wait() -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, "/callback?error=access_denied&state=ours")

        assert answer.status == 302
        assert (await listener.received()).error == "access_denied"

    _run(scenario)


@pytest.mark.parametrize("name", ["code", "iss", "error"])
def test_what_is_repeated_with_our_state_is_handed_on_to_be_refused(name: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, f"/callback?state=ours&{name}=a&{name}=b")

        assert answer.status == 302
        assert (await listener.received()).repeated == {name}

    _run(scenario)


def test_without_a_judge_a_code_or_an_error_is_an_answer() -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert (await _ask(listener, "/callback?state=x")).status == 400
        assert (await _ask(listener, "/callback?code=")).status == 400
        assert (await _ask(listener, "/callback?code=c&state=x&state=y")).status == 400
        assert (await _ask(listener, "/callback?code=c")).status == 302

    _run(scenario, accepts=None)


def test_the_same_redirect_again_changes_nothing_and_sees_the_same_page() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        again = await _ask(listener, OURS)

        assert (again.status, again.headers["Location"]) == (302, "/callback/done")
        assert (await listener.received()).code == "the-code"

    _run(scenario)


def test_a_second_redirect_is_not_taken_even_with_our_state() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)

        for late in ("code=other&state=ours", "error=access_denied&state=ours"):
            assert (await _ask(listener, f"/callback?{late}")).status == 400
        assert (await listener.received()).code == "the-code"

    _run(scenario)


def test_after_the_redirect_only_the_last_page_is_served() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        listener.settle(Outcome.success())

        found = [
            (await _ask(listener, path)).status for path in ("/", "/callback", "/callback/done")
        ]
        assert found == [404, 400, 200]

    _run(scenario)


def test_the_root_says_what_is_awaited() -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, "/")

        assert answer.status == 200
        assert "Waiting for the sign-in" in answer.body
        assert ">Ledger &amp; Co</bdi>" in answer.body

    _run(scenario, app_name="Ledger & Co")


@pytest.mark.parametrize(
    "target",
    [
        "/favicon.ico",
        "//callback?code=x&state=ours",
        "/callback/?code=x&state=ours",
        "/Callback?code=x&state=ours",
        "/%63allback?code=x&state=ours",
        "/callback%2f?code=x&state=ours",
        "/callback%00?code=x&state=ours",
        "/x/../callback?code=x&state=ours",
        "/callback;a=b?code=x&state=ours",
        "/callback#x?code=x&state=ours",
        "/callback/done",
        "/callback/done?code=x&state=ours",
        "/apple-touch-icon.png",
        "/.well-known/appspecific/com.chrome.devtools.json",
        "/?code=x&state=ours/callback",
    ],
)
def test_any_other_address_ends_nothing(target: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        waiting = asyncio.create_task(listener.received())
        status = (await _ask(listener, target)).status

        assert status == (200 if target.startswith("/?") else 404)
        assert not (await asyncio.wait({waiting}, timeout=0))[0]
        waiting.cancel()

    _run(scenario)


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("PUT", OURS, "GET, HEAD, POST"),
        ("DELETE", OURS, "GET, HEAD, POST"),
        ("OPTIONS", OURS, "GET, HEAD, POST"),
        ("get", OURS, "GET, HEAD, POST"),
        ("POST", "/", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_ones_there_are(
    method: str, target: str, allowed: str
) -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, target, method=method)

        assert (answer.status, answer.headers["Allow"]) == (405, allowed)
        assert (await _ask(listener, OURS)).status == 302
        done = await _ask(listener, "/callback/done", method="POST")
        assert (done.status, done.headers["Allow"]) == (405, "GET, HEAD")

    _run(scenario)


def test_asking_for_headers_spends_nothing() -> None:
    async def scenario(listener: CallbackListener) -> None:
        for target in ("/", OURS):
            answer = await _ask(listener, target, method="HEAD")
            assert (answer.status, answer.body) == (200, "")
            assert int(answer.headers["Content-Length"]) > 1000
        assert (await _ask(listener, OURS)).status == 302

    _run(scenario)


def test_asking_for_the_headers_of_the_last_page_does_not_count_as_seeing_it() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        listener.settle(Outcome.success())
        seen = asyncio.create_task(listener.linger())

        assert (await _ask(listener, "/callback/done", method="HEAD")).body == ""
        assert not (await asyncio.wait({seen}, timeout=SOON))[0]
        await _ask(listener, "/callback/done")
        await seen

    _run(scenario)


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/json"])
def test_only_a_form_may_be_posted(kind: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(
            listener, "/callback", method="POST", body="code=x&state=ours", kind=kind
        )

        assert answer.status == 415
        assert (await _ask(listener, OURS)).status == 302

    _run(scenario)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("GET", "/callback?error=x"),
        ("PUT", "/callback"),
        ("POST", "/callback"),
        ("GET", OURS),
    ],
)
def test_no_reply_is_kept_framed_sniffed_or_named_to_others(method: str, target: str) -> None:
    async def scenario(listener: CallbackListener) -> None:
        answer = await _ask(listener, target, method=method)

        assert (
            answer.headers.items()
            >= {
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Connection": "close",
            }.items()
        )
        assert "Server" not in answer.headers
        if answer.body:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"

    _run(scenario)


def test_a_pasted_redirect_goes_through_the_same_judge() -> None:
    async def scenario(listener: CallbackListener) -> None:
        mine = CallbackParams.from_text(f"{listener.redirect_uri}?code=c&state=ours")

        assert not listener.offer(CallbackParams.from_text("?code=c&state=forged"))
        assert listener.offer(mine)
        assert listener.offer(mine)
        assert not listener.offer(CallbackParams.from_text("?code=other&state=ours"))
        assert await listener.received() == mine
        listener.close()
        assert not listener.offer(mine)

    _run(scenario)


def test_nobody_lingers_for_a_browser_that_brought_nothing() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await listener.linger(60)
        listener.offer(CallbackParams(code="c", state="ours"))
        listener.settle(Outcome.success())
        await listener.linger(60)

    _run(scenario)


def test_lingering_ends_when_the_browser_has_the_true_outcome() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        seen = asyncio.create_task(listener.linger(60))
        await _ask(listener, "/callback/done")  # says that the end is not known
        assert not (await asyncio.wait({seen}, timeout=SOON))[0]

        listener.settle(Outcome.success())
        await _ask(listener, "/callback/done")
        await seen

    _run(scenario, limits=QUICK)


def test_lingering_ends_when_no_browser_comes() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        listener.settle(Outcome.success())
        await listener.linger(SOON)

    _run(scenario)


def test_closing_ends_the_lingering() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        seen = asyncio.create_task(listener.linger(60))
        await asyncio.sleep(0)
        listener.close()
        await seen
        await listener.linger(60)

    _run(scenario)


def test_closing_wakes_whoever_waits() -> None:
    async def scenario(listener: CallbackListener) -> None:
        waiting = asyncio.create_task(listener.received())
        await asyncio.sleep(0)
        listener.close()
        listener.close()

        with pytest.raises(AuthFlowCancelled, match="closed before any answer"):
            await waiting
        with pytest.raises(ConnectionRefusedError):
            await _raw(listener, b"")

    _run(scenario)


def test_an_answer_that_arrived_survives_the_closing() -> None:
    async def scenario(listener: CallbackListener) -> None:
        await _ask(listener, OURS)
        listener.close()

        assert (await listener.received()).code == "the-code"

    _run(scenario)


def test_a_listener_lives_once() -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert await listener.start() == listener.redirect_uri
        listener.close()
        assert listener.is_closed
        with pytest.raises(AuthenticationError, match="was closed"):
            await listener.start()

    _run(scenario)


def test_closing_while_it_starts_leaves_no_socket() -> None:
    async def scenario() -> None:
        listener = CallbackListener()
        starting = asyncio.create_task(listener.start())
        await asyncio.sleep(0)  # bound, and on its way
        port = _port(listener)
        listener.close()
        with pytest.raises(AuthenticationError, match="was closed"):
            await starting
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    asyncio.run(scenario())


def test_an_address_that_is_not_there_yet_is_not_given() -> None:
    with pytest.raises(AuthenticationError, match="not been started"):
        _ = CallbackListener().redirect_uri


@pytest.mark.parametrize(
    "path", ["", "callback", "/a?b", "/a#b", "//a", "/a/", "/a b", "/ä", "/%61"]
)
def test_a_path_that_cannot_be_compared_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="callback path"):
        CallbackListener(path=path)


def test_another_path_may_be_registered() -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert listener.redirect_uri.endswith("/oauth2/back")
        assert (await _ask(listener, OURS)).status == 404
        answer = await _ask(listener, "/oauth2/back?code=c&state=ours")
        assert answer.headers["Location"] == "/oauth2/back/done"
        listener.settle(Outcome.success())
        assert (await _ask(listener, "/oauth2/back/done")).status == 200

    _run(scenario, path="/oauth2/back")


def test_the_root_itself_may_be_registered() -> None:
    async def scenario(listener: CallbackListener) -> None:
        assert (await _ask(listener, "/")).status == 200
        assert (await _ask(listener, "/?code=c&state=forged")).status == 400
        answer = await _ask(listener, "/", method="POST", body="code=c&state=ours")
        assert (answer.status, answer.headers["Location"]) == (303, "/done")
        listener.settle(Outcome.success())
        assert (await _ask(listener, "/done")).status == 200

    _run(scenario, path="/")


def test_a_browser_leaves_out_the_port_of_http_itself() -> None:
    assert host_headers("127.0.0.1:8400") == ("127.0.0.1:8400",)
    assert host_headers("127.0.0.1:80") == ("127.0.0.1:80", "127.0.0.1")
    assert host_headers("[::1]:80") == ("[::1]:80", "[::1]")


def test_a_judge_that_fails_ends_neither_the_server_nor_the_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(params: CallbackParams) -> bool:
        if params.code == "bad":
            raise RuntimeError(f"cannot judge {params.code} {params.state}")
        return True

    async def scenario(listener: CallbackListener) -> None:
        host = f"127.0.0.1:{_port(listener)}"
        bad = f"GET /callback?code=bad&state=secret HTTP/1.1\r\nHost: {host}\r\n\r\n"
        assert await _raw(listener, bad.encode()) == b""
        assert (await _ask(listener, OURS)).status == 302

    _run(scenario, accepts=fails)
    failed = [r for r in caplog.records if r.message == "callback.request_failed"]
    assert [r.__dict__["error"] for r in failed] == ["RuntimeError"]
    assert "secret" not in caplog.text


def test_nothing_is_printed_and_nothing_secret_is_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario(listener: CallbackListener) -> None:
        for target in ("/", "/nowhere?code=canary", "/callback?code=canary&state=canary"):
            await _ask(listener, target)
        await _ask(listener, "/callback?code=canary&state=ours")
        await _ask(listener, "/callback", method="POST", body="code=canary&state=canary")
        await _raw(listener, b"canary\r\n\r\n")
        assert "canary" not in repr(await listener.received())

    _run(scenario)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    everything = "".join(str(record.__dict__) for record in caplog.records)
    assert "callback.stranger" in everything
    assert "canary" not in everything
