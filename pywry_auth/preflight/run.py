"""Everything that is looked at, at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Protocol

from pywry_auth.preflight.keeping import StoreCheck
from pywry_auth.preflight.loopback import LoopbackCheck
from pywry_auth.preflight.painting import PaintingCheck
from pywry_auth.preflight.providing import ProviderCheck
from pywry_auth.preflight.registration import RegistrationCheck
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import ANYWHERE, Depth, Finding, Outcome, Redirect, Report
from pywry_auth.preflight.windows import WindowCheck
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.runtime import LOOP
from pywry_auth.token_store.base import TokenStore
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import WindowKind


#: seconds for everything; each check has a shorter time of its own
TOTAL = {Depth.QUICK: 1.5, Depth.FULL: 45.0, Depth.DEEP: 60.0}

OnFinding = Callable[[Finding], None]


class Check(Protocol):
    """Something that is looked at."""

    async def look(self, subject: Subject) -> Sequence[Finding]:
        """Give what was found; never an error for what is wrong with the subject."""
        ...


def preflight(
    provider: OAuthProvider | None = None,
    store: TokenStore | None = None,
    *,
    window: WindowKind = WindowKind.AUTO,
    redirect: Redirect = ANYWHERE,
    depth: Depth = Depth.QUICK,
    texts: Texts = ENGLISH,
    on_finding: OnFinding | None = None,
) -> Report:
    """
    Find out what would keep a person from signing in, while the calling thread waits.

    ``QUICK`` takes 1.5 seconds at most, asks nobody on the network, and starts nothing.

    Args:
        provider: where somebody would sign in; None looks at this machine alone.
        store: where the tokens would go; a probe is written there, read, deleted.
        window: which window is asked for.
        redirect: where the provider's answer would arrive.
        depth: how much is looked at.
        texts: the language of the sentences.
        on_finding: called with each finding as it comes, on the package's loop.
    """
    subject = Subject(provider, store, window, redirect, depth, texts)
    return LOOP.run(_run(subject, on_finding))


async def apreflight(
    provider: OAuthProvider | None = None,
    store: TokenStore | None = None,
    *,
    window: WindowKind = WindowKind.AUTO,
    redirect: Redirect = ANYWHERE,
    depth: Depth = Depth.QUICK,
    texts: Texts = ENGLISH,
    on_finding: OnFinding | None = None,
) -> Report:
    """As ``preflight``, without blocking the running loop."""
    subject = Subject(provider, store, window, redirect, depth, texts)
    return await LOOP.visit(_run(subject, on_finding))


async def _run(subject: Subject, on_finding: OnFinding | None) -> Report:
    began = monotonic()
    window = WindowCheck()
    checks: dict[str, Check] = {
        "store": StoreCheck(),
        "loopback": LoopbackCheck(),
        "window": window,
        "painting": PaintingCheck(),
        "registration": RegistrationCheck(),
        "provider": ProviderCheck(),
    }
    each = [_one(name, check, subject, on_finding) for name, check in checks.items()]
    found = await asyncio.gather(*each)
    findings = tuple(finding for some in found for finding in some)
    choice = window.choice
    return Report(
        findings,
        None if choice is None else choice.kind,
        "" if choice is None else choice.reason,
        monotonic() - began,
    )


async def _one(
    name: str, check: Check, subject: Subject, on_finding: OnFinding | None
) -> Sequence[Finding]:
    began = monotonic()
    try:
        async with asyncio.timeout(TOTAL[subject.depth]):
            found = await check.look(subject)
    except TimeoutError:
        words = subject.texts("This took too long to find out.")
        found = [Finding(name, Outcome.WARNING, words, "the check was given up")]
    took = monotonic() - began
    timed = [one if one.seconds else replace(one, seconds=took) for one in found]
    if on_finding is not None:
        for one in timed:
            on_finding(one)
    return timed
