"""The page that shows a code: for one person on this machine, and true to the end."""

import asyncio
import base64
import hashlib
import re

import httpx
import pytest

from pywry_auth.callback_server.device_page import DevicePage
from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.wire import Limits
from pywry_auth.errors import AuthenticationError
from pywry_auth.protocol.device import DevicePrompt
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.ui.qr import path


CLOCK = VirtualClock()
PLACE = "https://id.example.com/device"
FIRST = DevicePrompt("WDJB-MJHT", PLACE, f"{PLACE}?user_code=WDJB-MJHT", CLOCK.now() + 599)
SECOND = DevicePrompt("BCDF-GHJK", PLACE, "", CLOCK.now() + 900)


class Open:
    """A page that is being served, with somebody who looks."""

    def __init__(self, **limits):
        self.page = DevicePage("Ledger", clock=CLOCK, limits=Limits(**limits))

    async def __aenter__(self):
        self.url = await self.page.start()
        self.client = httpx.AsyncClient(trust_env=False)
        return self

    async def __aexit__(self, *_exception):
        await self.client.aclose()
        self.page.close()

    async def get(self, url=None, **options):
        return await self.client.get(url or self.url, **options)


def looking(look, **limits):
    async def scenario():
        async with Open(**limits) as opened:
            await look(opened)

    asyncio.run(scenario())


def test_the_page_shows_code_host_address_and_picture():
    async def look(opened):
        opened.page.show(FIRST)
        reply = await opened.get()
        assert reply.status_code == 200
        assert ">WDJB-MJHT</output>" in reply.text
        assert f'href="{PLACE}"' in reply.text
        assert '<bdi class="value-host">id.example.com</bdi>' in reply.text
        assert path(FIRST.scanned_uri)[0] in reply.text
        assert 'data-left="599"' in reply.text
        assert "see that the page shows the same code" in reply.text
        assert "Ledger" in reply.text
        assert "user_code=" not in reply.text  # only a camera sees the complete address

    looking(look)


def test_the_page_can_do_nothing_but_show_and_ask_for_news():
    async def look(opened):
        opened.page.show(FIRST)
        reply = await opened.get()
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        (script,) = re.findall(r'<script type="module">(.*?)</script>', reply.text, re.DOTALL)
        (style,) = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
        for source in (script, style):
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert " style=" not in reply.text
        assert " onclick=" not in reply.text
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-frame-options"] == "DENY"

    looking(look)


def test_what_a_provider_says_is_text_only():
    nasty = DevicePrompt('A<b>"&', "https://id.example.com/?a=1&b=%22", "", CLOCK.now() + 9)

    async def look(opened):
        opened.page.show(nasty)
        text = (await opened.get()).text
        assert "A&lt;b&gt;&quot;&amp;" in text
        assert "<b>" not in text
        assert 'href="https://id.example.com/?a=1&amp;b=%22"' in text

    looking(look)


@pytest.mark.parametrize("wrong", ["/", "//", "/x/", "/x/news", "/favicon.ico"])
def test_nobody_sees_it_without_the_token(wrong):
    async def look(opened):
        opened.page.show(FIRST)
        origin = opened.url.rsplit("/", 2)[0]
        reply = await opened.get(origin + wrong)
        assert reply.status_code == 404
        assert "WDJB" not in reply.text

    looking(look)


def test_the_token_cannot_be_guessed():
    async def look(opened):
        async with Open() as other:
            assert opened.url.rsplit("/", 2)[1] != other.url.rsplit("/", 2)[1]
            assert len(opened.url.rsplit("/", 2)[1]) >= 43

    looking(look)


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", ""])
def test_another_host_is_refused(host):
    async def look(opened):
        opened.page.show(FIRST)
        reply = await opened.get(headers={"Host": host})
        assert reply.status_code == 421
        assert "WDJB" not in reply.text

    looking(look)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent_there(method):
    async def look(opened):
        reply = await opened.client.request(method, opened.url)
        assert reply.status_code == 405

    looking(look)


def test_before_the_first_code_it_says_wait():
    async def look(opened):
        assert "Waiting for the sign-in" in (await opened.get()).text

    looking(look)


def test_a_new_code_is_news_and_said_to_be_new():
    async def look(opened):
        opened.page.show(FIRST)
        waiting = asyncio.create_task(opened.get(f"{opened.url}news?1"))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        opened.page.show(SECOND)
        assert (await waiting).text == "2"
        text = (await opened.get()).text
        assert "BCDF-GHJK" in text
        assert "WDJB-MJHT" not in text
        assert "this is a new one" in text
        assert "and enter the code" in text

    looking(look)


def test_old_news_are_told_at_once():
    async def look(opened):
        opened.page.show(FIRST)
        for query in ("?0", "", "?nonsense", "?99"):
            assert (await opened.get(f"{opened.url}news{query}")).text == "1"

    looking(look)


def test_whoever_waits_for_news_is_answered_in_the_end():
    async def look(opened):
        opened.page.show(FIRST)
        assert (await opened.get(f"{opened.url}news?1")).text == "1"

    looking(look, hold_again_seconds=0.02)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.success(), "You are signed in"),
        (Outcome.failure("Somebody said no."), "Somebody said no."),
    ],
)
def test_the_end_is_news_and_shown_in_place_of_the_code(outcome, words):
    async def look(opened):
        opened.page.show(FIRST)
        await opened.get()
        waiting = asyncio.create_task(opened.get(f"{opened.url}news?1"))
        await asyncio.sleep(0.02)
        opened.page.settle(outcome)
        assert (await waiting).text == "2"
        lingering = asyncio.create_task(opened.page.linger(5))
        await asyncio.sleep(0.02)
        assert not lingering.done()
        text = (await opened.get()).text
        assert words in text
        assert "WDJB" not in text
        await lingering

    looking(look)


def test_nobody_is_waited_for_who_never_looked():
    async def look(opened):
        opened.page.show(FIRST)
        opened.page.settle(Outcome.success())
        lingering = asyncio.create_task(opened.page.linger(30))
        await asyncio.sleep(0.01)
        assert lingering.done()

    looking(look)


def test_a_page_that_was_not_started_has_no_address():
    async def scenario():
        page = DevicePage("", clock=CLOCK)
        with pytest.raises(AuthenticationError):
            _ = page.url
        page.close()

    asyncio.run(scenario())


def test_a_closed_page_is_gone():
    async def scenario():
        async with Open() as opened:
            opened.page.close()
            await asyncio.sleep(0.01)
            with pytest.raises(httpx.TransportError):
                await opened.get()

    asyncio.run(scenario())


@pytest.mark.parametrize("length", [1, 60, 200, 900])
def test_each_module_has_a_whole_number_of_pixels(length):
    place = f"https://id.example.com/{'x' * length}"

    async def look(opened):
        opened.page.show(DevicePrompt("A", place, "", CLOCK.now() + 9))
        text = (await opened.get()).text
        found = re.search(r'<svg width="(\d+)" height="(\d+)" viewBox="0 0 (\d+) \3"', text)
        width, height, side = map(int, found.groups())
        assert width == height
        assert width % side == 0
        assert width >= 3 * side

    looking(look)
