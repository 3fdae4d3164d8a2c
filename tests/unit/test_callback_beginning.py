"""What a browser's command line names instead of the authorize URL."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pywry_auth.callback_server.beginning import Beginnings
from pywry_auth.callback_server.listener import CallbackListener
from pywry_auth.callback_server.neighbours import is_somebody_elses, owners_of
from pywry_auth.callback_server.wire import Client


URL = "https://op.example/authorize?state=s3cret&nonce=n"
CLIENT = Client("127.0.0.1", 0x9C40, 0x1F90)


def listening(asks, **options):
    """Run *asks* with a listener that waits, and a browser."""

    async def run():
        listener = CallbackListener(accepts=lambda params: params.state == "ours", **options)
        await listener.start()
        async with httpx.AsyncClient(trust_env=False) as browser:
            try:
                return await asks(listener, browser)
            finally:
                listener.close()

    return asyncio.run(run())


def test_it_leads_the_first_who_asks_to_the_provider_and_says_nothing_to_anybody_else():
    async def asks(listener, browser):
        address = listener.begin_at(URL)
        assert "s3cret" not in address
        assert address.startswith("http://127.0.0.1:")
        return [await browser.get(address) for _ in range(2)]

    first, second = listening(asks)
    assert (first.status_code, first.headers["location"]) == (302, URL)
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["cache-control"] == "no-store"
    assert second.status_code == 404
    assert "s3cret" not in second.text + str(second.headers)


def test_each_address_is_its_own_and_none_can_be_guessed():
    async def asks(listener, browser):
        one, other = listener.begin_at(URL), listener.begin_at(URL)
        assert one != other
        guesses = [one[:-1], one.rpartition("/")[0], one.rpartition("/")[0] + "/", f"{one}?a=b"]
        found = [(await browser.get(guess)).status_code for guess in guesses]
        return found, (await browser.get(other)).status_code

    assert listening(asks) == ([404, 404, 404, 302], 302)


def test_somebody_who_only_asks_whether_it_is_there_does_not_spend_it():
    async def asks(listener, browser):
        address = listener.begin_at(URL)
        asked = [await browser.head(address), await browser.post(address)]
        assert [reply.status_code for reply in asked] == [405, 405]
        return (await browser.get(address)).status_code

    assert listening(asks) == 302


def test_under_another_name_of_this_computer_it_is_not_served():
    async def asks(listener, browser):
        address = listener.begin_at(URL)
        rebound = await browser.get(address, headers={"host": "evil.example"})
        return rebound.status_code, (await browser.get(address)).status_code

    assert listening(asks) == (421, 302)


def test_once_the_redirect_has_come_there_is_no_beginning_any_more():
    async def asks(listener, browser):
        address = listener.begin_at(URL)
        await browser.get(listener.redirect_uri, params={"state": "ours", "code": "c"})
        return (await browser.get(address)).status_code

    assert listening(asks) == 404


def test_another_user_of_this_computer_does_not_spend_it():
    beginnings = Beginnings(is_foreign=lambda client: client.port == 1)
    path = beginnings.add(URL)
    assert beginnings.take(path, Client("127.0.0.1", 1, 2)) is None
    assert beginnings.take(path, Client("127.0.0.1", 3, 2)) == URL
    assert beginnings.take(path, None) is None


HEADER = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
)
FOUR, SIX = (
    "0100007F:9C40 0100007F:1F90",
    ("0000000000000000FFFF00000100007F:9C40 0000000000000000FFFF00000100007F:1F90"),
)
REST = "01 00000000:00000000 00:00000000 00000000"


@pytest.mark.skipif(sys.byteorder != "little", reason="the rows are of a little-endian machine")
@pytest.mark.parametrize(
    ("row", "owners"),
    [
        (f"1: {FOUR} {REST} 1001 0 1", {1001}),
        (f"1: {SIX} {REST} 1001 0 1", {1001}),
        (f"1: 0100007F:9C41 0100007F:1F90 {REST} 1001 0 1", set()),
        (f"1: 0100007F:9C40 0100007F:1F91 {REST} 1001 0 1", set()),
        (f"1: 0200007F:9C40 0100007F:1F90 {REST} 1001 0 1", set()),
        (f"1: 0100007F:1F90 0100007F:9C40 {REST} 1001 0 1", set()),
        (f"1: {FOUR} {REST} x 0 1", set()),
        ("", set()),
    ],
)
def test_the_owner_of_a_connection_is_found_in_the_systems_own_table(row, owners):
    assert owners_of(CLIENT, [HEADER, row]) == owners


def test_the_address_of_ipv6_is_written_in_words_too():
    row = f"1: {'0' * 24}01000000:9C40 {'0' * 24}01000000:1F90 {REST} 1001 0 1"
    assert owners_of(Client("::1", 0x9C40, 0x1F90), [row]) == (
        {1001} if sys.byteorder == "little" else set()
    )


def test_our_own_connections_are_not_somebody_elses():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            mine = Client("127.0.0.1", client.getsockname()[1], port)
            assert not is_somebody_elses(mine)
    assert not is_somebody_elses(Client("127.0.0.1", 1, 1))


STRANGER = """
import os, sys, urllib.request
os.setgid(12345); os.setuid(12345)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    print(opener.open(sys.argv[1]).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="only root can be somebody else"
)
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system does not say")
def test_a_real_stranger_on_this_computer_gets_nothing():
    async def asks(listener, browser):
        address = listener.begin_at(URL)
        stranger = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-c", STRANGER, address, stdout=subprocess.PIPE
        )
        said, _ = await stranger.communicate()
        return said.strip(), (await browser.get(address)).status_code

    assert listening(asks) == (b"404", 302)
