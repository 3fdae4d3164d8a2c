"""Whether the provider can be reached, one step after the other."""

import asyncio
import socket
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.coach.advise import advise
from pywry_auth.errors import AuthError, TransportError
from pywry_auth.http import HttpClient
from pywry_auth.off_loop import off_loop
from pywry_auth.preflight.documents import looks_like_portal
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Fact, Finding, Outcome
from pywry_auth.protocol.clock_offset import is_notable, learnt_offset
from pywry_auth.protocol.clock_offset import sentence as clock_words
from pywry_auth.protocol.wire import WireReply, WireRequest, is_loopback


NAME, CONNECTION, TLS, CLOCK = "dns", "connection", "tls", "clock"
STEP = 5.0  # seconds; a name or a connection that takes longer helps nobody
SLOW = 2.0  # seconds; a person notices that

#: seconds; beyond them what a provider signs seems to be of the future, or over
UNUSABLE_CLOCK = 300.0


@dataclass(frozen=True, slots=True)
class Way:
    """How a provider is reached: directly, or through the proxy of a host."""

    url: str
    host: str
    port: int
    proxy: str = ""


def way_to(url: str) -> Way:
    """Say how *url* is reached, by the proxies that environment or system name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not found or is_loopback(url) or urllib.request.proxy_bypass(host):
        return Way(url, host, port)
    # Without the name and password that a proxy's address may hold.
    proxy = urlsplit(found if "://" in found else f"http://{found}")
    return Way(url, proxy.hostname or "", proxy.port or 80, f"{proxy.hostname}:{proxy.port or 80}")


class Journey:
    """
    Goes to the provider step by step, until one fails.

    Args:
        subject: what is looked at.
        url: where to.
    """

    def __init__(self, subject: Subject, url: str) -> None:
        self._subject = subject
        self._texts = subject.texts
        self._way = way_to(url)
        self.findings: list[Finding] = []
        #: what the provider answered; None before, or where nothing came
        self.reply: WireReply | None = None

    async def go(self) -> None:
        """Go, as far as that is possible."""
        addresses = await self._name()
        if addresses and await self._connect(addresses):
            await self._ask()

    async def _name(self) -> list[str]:
        way, began = self._way, monotonic()
        facts: dict[str, Fact] = {"host": way.host, "proxy": way.proxy or None}
        try:
            async with asyncio.timeout(STEP):
                found = await off_loop(
                    lambda: socket.getaddrinfo(way.host, way.port, type=socket.SOCK_STREAM)
                )
        except (OSError, UnicodeError, TimeoutError) as exc:
            texts = self._texts
            words = texts("The provider's name is not known here. Is this computer online?")
            kind = type(exc).__name__
            fix = f"{way.host} cannot be resolved ({kind}): check its spelling, DNS, VPN"
            self._add(NAME, Outcome.FAILED, words, fix, began, facts)
            return []
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        words = self._texts("The provider's name is known.")
        self._add(NAME, Outcome.OK, words, "", began, {**facts, "addresses": len(addresses)})
        # The first of each family, in the system's order: of more nobody waits for the end.
        first: dict[bool, str] = {}
        for address in addresses:
            first.setdefault(":" in address, address)
        return list(first.values())

    async def _connect(self, addresses: list[str]) -> bool:
        way, began = self._way, monotonic()
        facts: dict[str, Fact] = {"port": way.port, "proxy": way.proxy or None}
        why = "there is no address"
        for address in addresses:
            try:
                async with asyncio.timeout(STEP):
                    _, writer = await asyncio.open_connection(address, way.port)
            except (OSError, TimeoutError) as exc:
                why = "nobody answered" if isinstance(exc, TimeoutError) else type(exc).__name__
                continue
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            words = self._texts("The provider can be reached.")
            self._add(CONNECTION, Outcome.OK, words, "", began, facts)
            return True
        words = self._texts("The provider cannot be reached. Is this computer online?")
        whom = f"the proxy {way.proxy}" if way.proxy else f"{way.host} port {way.port}"
        fix = f"no connection to {whom} ({why}): look at firewall, VPN, HTTPS_PROXY"
        self._add(CONNECTION, Outcome.FAILED, words, fix, began, facts)
        return False

    async def _ask(self) -> None:
        client, began, texts = HttpClient(), monotonic(), self._texts
        way = self._way
        facts: dict[str, Fact] = {"encrypted": way.url.startswith("https:")}
        try:
            headers = {"accept": "application/json"}
            self.reply = await client.send(WireRequest("GET", way.url, headers), within=STEP)
        except TransportError as exc:
            self._refused(exc, began, facts)
            return
        finally:
            await client.close()
        if looks_like_portal(self.reply, way.url):
            words = texts("This network seems to want a sign-in of its own first. Open any page.")
            fix = "something else than the provider answered: a captive portal, a filter, or a "
            fix += "wrong issuer_url"
            self._add(TLS, Outcome.WARNING, words, fix, began, facts)
            return
        slow = monotonic() - began > SLOW
        words = texts("The connection to the provider is safe.")
        if slow:
            words = texts("The connection to the provider is safe, but slow.")
        outcome = Outcome.WARNING if slow else Outcome.OK
        self._add(TLS, outcome, words, "", began, {**facts, "status": self.reply.status})
        self._clock(self.reply)

    def _refused(self, error: AuthError, began: float, facts: dict[str, Fact]) -> None:
        advice = advise(error, texts=self._texts, issuer=self._subject.issuer)
        fix = advice.fix or error.hint or error.message
        self._add(TLS, Outcome.FAILED, advice.sentence, fix, began, facts)

    def _clock(self, reply: WireReply) -> None:
        offset = learnt_offset(reply, now=SYSTEM_CLOCK.now(), known=None)
        self.findings.append(clock_finding(self._subject, offset))

    def _add(  # each is a field of what is found
        self,
        check: str,
        outcome: Outcome,
        words: str,
        fix: str,
        began: float,
        facts: dict[str, Fact],
    ) -> None:
        took = monotonic() - began
        self.findings.append(Finding(check, outcome, words, fix, took, facts))


def clock_finding(subject: Subject, offset: float | None) -> Finding:
    """Say what a clock *offset* of so many seconds, ahead there, means."""
    texts = subject.texts
    if offset is None:
        words = texts("The provider does not say what time it is.")
        return Finding(CLOCK, Outcome.SKIPPED, words)
    facts: dict[str, Fact] = {"offset": offset}
    if not is_notable(offset):
        words = texts("This computer's clock is right.")
        return Finding(CLOCK, Outcome.OK, words, facts=facts)
    words = texts("This computer's clock is wrong. Set it to the real time.")
    outcome = Outcome.FAILED if abs(offset) > UNUSABLE_CLOCK else Outcome.WARNING
    return Finding(CLOCK, outcome, words, f"{clock_words(offset)}: switch on NTP", facts=facts)
