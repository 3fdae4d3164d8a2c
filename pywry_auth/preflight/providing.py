"""Whether the provider is there, with everything a sign-in needs."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

from pywry_auth.coach.advise import advise
from pywry_auth.errors import AuthError
from pywry_auth.preflight.documents import document_in, flaws_in
from pywry_auth.preflight.network import Journey, clock_finding
from pywry_auth.preflight.subject import Subject
from pywry_auth.preflight.values import Fact, Finding, Outcome
from pywry_auth.protocol.issuer import openid_url
from pywry_auth.protocol.wire import WireReply
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.providers.discovered import DiscoveredProvider


CHECK = "provider"


class ProviderCheck:
    """Goes to the provider where that is allowed; else looks at what it said before."""

    async def look(self, subject: Subject) -> list[Finding]:
        """Look at network, clock, metadata."""
        provider = subject.provider
        if provider is None:
            return []
        if not subject.asks_network:
            return _known(subject, provider)
        journey = Journey(subject, _first_page(provider))
        await journey.go()
        findings = list(journey.findings)
        if journey.reply is None:
            words = subject.texts("The provider was not asked any further.")
            return [*findings, Finding(CHECK, Outcome.SKIPPED, words)]
        return [*findings, await _prepared(subject, provider, journey.reply)]


def _first_page(provider: OAuthProvider) -> str:
    if isinstance(provider, DiscoveredProvider) and provider.issuer_url:
        return openid_url(provider.issuer_url)
    parts = urlsplit(provider.authorize_url or provider.token_url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", ""))


def _known(subject: Subject, provider: OAuthProvider) -> list[Finding]:
    found: list[Finding] = []
    if provider.clock_offset is not None:
        found.append(clock_finding(subject, provider.clock_offset))
    metadata = provider.metadata if isinstance(provider, DiscoveredProvider) else None
    if metadata is None and not (provider.authorize_url and provider.token_url):
        words = subject.texts("The provider will be asked when somebody signs in.")
        return [*found, Finding(CHECK, Outcome.SKIPPED, words)]
    methods = None if metadata is None else metadata.code_challenge_methods_supported
    document = {} if methods is None else {"code_challenge_methods_supported": list(methods)}
    return [*found, _judged(subject, provider, document)]


async def _prepared(subject: Subject, provider: OAuthProvider, reply: WireReply) -> Finding:
    began = monotonic()
    try:
        async with asyncio.timeout(20.0):  # seconds; each of its two documents has ten
            await provider.prepare()
    except AuthError as exc:
        advice = advise(exc, texts=subject.texts, issuer=subject.issuer)
        fix = "; ".join(part for part in (exc.message, exc.hint or advice.fix) if part)
        return Finding(CHECK, Outcome.FAILED, advice.sentence, fix, monotonic() - began)
    document = document_in(reply) or {}
    return replace(_judged(subject, provider, document), seconds=monotonic() - began)


def _judged(subject: Subject, provider: OAuthProvider, document: Mapping[str, object]) -> Finding:
    texts = subject.texts
    flaws = list(
        flaws_in(document, authorize_url=provider.authorize_url, token_url=provider.token_url)
    )
    facts: dict[str, Fact] = {
        "issuer": subject.issuer,
        "revocation": bool(provider.revocation_url),
        "userinfo": bool(provider.userinfo_url),
        "sign_out_page": bool(provider.end_session_url),
    }
    fix = "; ".join(one.fix for one in flaws)
    if any(one.outcome is Outcome.FAILED for one in flaws):
        words = texts("The provider lacks something that a safe sign-in needs.")
        return Finding(CHECK, Outcome.FAILED, words, fix, facts=facts)
    if flaws:
        words = texts("The provider can sign people in, though not everything works there.")
        return Finding(CHECK, Outcome.WARNING, words, fix, facts=facts)
    words = texts("The provider has everything a sign-in needs.")
    return Finding(CHECK, Outcome.OK, words, facts=facts)
