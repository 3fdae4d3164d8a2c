"""Whether the provider's answer can arrive on this machine."""

import secrets
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence

from pywry_auth.callback_server.sockets import bind_first, checked_host
from pywry_auth.errors import AuthError
from pywry_auth.off_loop import off_loop
from pywry_auth.preflight.ports import (
    netsh_command,
    proxied_loopback,
    reserved_among,
    reserved_ranges,
)
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Finding, Outcome, Redirect


CHECK = "loopback"
PROXY_CHECK = "loopback_proxy"
WITHIN = 1.0  # seconds; on this machine a byte takes less than a thousandth


class LoopbackCheck:
    """Listens where the redirect would arrive, calls there, compares what came."""

    async def look(self, subject: Subject) -> list[Finding]:
        """Try each port."""
        return [
            await off_loop(lambda: _listening(subject)),
            _proxy(subject, urllib.request.getproxies(), _is_exempt(subject.redirect.host)),
        ]


def _listening(subject: Subject) -> Finding:
    redirect, texts = subject.redirect, subject.texts
    facts = {"host": redirect.host, "ports": _ports_in_words(redirect.ports)}
    refused: list[str] = []
    try:
        checked_host(redirect.host)
        for port in redirect.ports:
            trouble = _tried(redirect.host, port)
            if trouble:
                refused.append(trouble)
    except OSError as exc:
        return Finding(
            CHECK,
            Outcome.FAILED,
            texts("Something on this computer keeps the provider's answer from arriving."),
            f"a connection to {redirect.host} did not come through ({type(exc).__name__}): "
            "look at firewall and security software, which must let this machine call itself",
            facts=facts,
        )
    except AuthError as exc:
        words = texts("This application listens for the provider's answer at an unusable address.")
        return Finding(CHECK, Outcome.FAILED, words, f"{exc.message}; {exc.hint}", facts=facts)
    refused += _reserved(redirect)
    if len(refused) >= len(redirect.ports):
        words = texts("The provider's answer cannot arrive: another program is in its place.")
        return Finding(CHECK, Outcome.FAILED, words, _all_taken(refused), facts=facts)
    if refused:
        words = texts("The provider's answer can arrive, though not everywhere it should.")
        return Finding(CHECK, Outcome.WARNING, words, _all_taken(refused), facts=facts)
    return Finding(CHECK, Outcome.OK, texts("The provider's answer can arrive."), facts=facts)


def _all_taken(refused: Sequence[str]) -> str:
    why = "; ".join(dict.fromkeys(refused))
    return f"{why}: close what holds the port, or register a redirect URI with another one"


def _ports_in_words(ports: Sequence[int]) -> str:
    return ", ".join(str(port) if port else "any" for port in ports)


def _tried(host: str, port: int) -> str:
    """Say why *port* cannot be had, or ""; raises OSError where nothing comes through."""
    try:
        listening = bind_first(host, (port,))
    except AuthError as exc:
        return exc.message.partition(": ")[2] or exc.message
    try:
        for one in listening:
            _exchange(one)
    finally:
        for one in listening:
            one.close()
    return ""


def _exchange(listening: socket.socket) -> None:
    word = secrets.token_bytes(16)
    listening.settimeout(WITHIN)
    with socket.create_connection(listening.getsockname()[:2], WITHIN) as ours:
        theirs, _ = listening.accept()
        with theirs:
            theirs.settimeout(WITHIN)
            ours.sendall(word)
            theirs.sendall(_exactly(theirs, len(word)))
            if _exactly(ours, len(word)) != word:
                raise ConnectionError("something else came")


def _exactly(sock: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = sock.recv(size - len(found))
        if not piece:
            raise ConnectionError("the connection was ended")
        found += piece
    return found


def _reserved(redirect: Redirect) -> list[str]:
    if sys.platform != "win32" or not any(redirect.ports):
        return []
    family = "ipv6" if ":" in redirect.host else "ipv4"
    try:
        told = subprocess.run(  # noqa: S603  # a fixed program of the system
            netsh_command(family), capture_output=True, timeout=WITHIN, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return []
    ranges = reserved_ranges(told.stdout.decode("ascii", "ignore"))
    return [
        f"{port} lies in a range that Windows has reserved"
        for port in reserved_among(redirect.ports, ranges)
    ]


def _is_exempt(host: str) -> bool:
    return bool(urllib.request.proxy_bypass(host))


def _proxy(subject: Subject, proxies: dict[str, str], exempt: object) -> Finding:
    texts = subject.texts
    if not proxied_loopback(proxies, is_exempt=bool(exempt)):
        words = texts("No proxy comes between the browser and this application.")
        return Finding(PROXY_CHECK, Outcome.OK, words, facts={"proxies": ", ".join(proxies)})
    return Finding(
        PROXY_CHECK,
        Outcome.WARNING,
        texts("A proxy may keep the provider's answer from arriving on this computer."),
        f"add {subject.redirect.host} to NO_PROXY, or to the exceptions of the system's proxy",
        facts={"proxies": ", ".join(proxies)},
    )
