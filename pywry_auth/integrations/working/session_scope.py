"""How one working session is opened."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from pywry_auth.errors import ConfigError, CredentialMissingError, ProviderNotFoundError
from pywry_auth.integrations.binding import AuthBinding
from pywry_auth.integrations.container import Integrations
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.subjects import Subject, subject_key
from pywry_auth.integrations.target_registry import target_names
from pywry_auth.integrations.working.known_providers import KnownProviders
from pywry_auth.integrations.working.layering import (
    Config,
    from_surroundings,
    is_replacing,
    laid_over,
)
from pywry_auth.integrations.working.refreshing import Refreshing
from pywry_auth.integrations.working.resolving import Resolved, Resolving, left_out
from pywry_auth.integrations.working.session_plan import Asked, Offer, SessionPlan, plan_session


CLOSE_PATIENCE = 5.0  # seconds; closing connections takes milliseconds

OnError = Literal["raise", "skip"]
_WAYS = frozenset({"raise", "skip"})


@dataclass(frozen=True, slots=True)
class Opening:
    """
    What a program asks for.

    Attributes:
        subject: whose session it is.
        asked: names, with what belongs to them.
        loads: whether the store is read.
        on_error: what becomes of targets whose credentials are missing or unreadable.
    """

    subject: Subject
    asked: Asked
    loads: bool
    on_error: OnError


@dataclass(frozen=True, slots=True)
class SessionScope:
    """
    Opens the sessions of one manager.

    Attributes:
        manager: passed on to bindings.
        known: the auth providers.
        refreshing: loads what is stored.
        auto_configure: whether a session without a filter holds what the environment configures.
        http: the program's own client, or None.
    """

    manager: object
    known: KnownProviders
    refreshing: Refreshing
    auto_configure: bool
    http: httpx.AsyncClient | None

    async def opened(self, opening: Opening) -> Integrations:
        """
        Give the container of a session; whoever has it closes it.

        Nothing is read before everything that was asked for is known to make sense.
        """
        subject_key(opening.subject)
        if opening.on_error not in _WAYS:
            raise ConfigError(
                f"on_error is 'raise' or 'skip', not {opening.on_error!r}",
                hint="'skip' leaves out targets whose credentials are missing or unreadable",
            )
        providers = self.known.all()
        bindings = {name: provider.bindings() for name, provider in providers.items()}
        plan = self._plan(bindings, opening.asked)
        resolving = Resolving(
            manager=self.manager,
            providers=providers,
            bindings=bindings,
            refreshing=self.refreshing if opening.loads else None,
            subject=opening.subject,
            skips=opening.on_error == "skip",
        )
        resolved = await resolving.settings(resolving.read(plan.bindings))
        return self._container(plan, resolved, opening)

    def _plan(self, bindings: Mapping[str, Mapping[str, AuthBinding]], asked: Asked) -> SessionPlan:
        offers = self._offers(bindings)
        try:
            return plan_session(offers, asked, unbound=target_names(), replaces=is_replacing)
        except ProviderNotFoundError as exc:
            why = self.known.why_left_out(exc.provider or "")
            if not why:
                raise
            wrong = ProviderNotFoundError(exc.message, provider=exc.provider, hint=why)
        raise wrong

    def _offers(self, bindings: Mapping[str, Mapping[str, AuthBinding]]) -> list[Offer]:
        return [
            Offer(name, tuple(unlocked), self.known.is_explicit(name))
            for name, unlocked in bindings.items()
        ]

    def _container(self, plan: SessionPlan, resolved: Resolved, opening: Opening) -> Integrations:
        configs: dict[str, Config] = {}
        # What was left out is in neither of the two.
        for target, bound in (dict.fromkeys(plan.bare) | resolved).items():
            layers = plan.overrides.get(target, ())
            if bound is not None or layers:
                base = bound or self._surrounding(target)
                configs[target] = laid_over(target, base, layers)
            elif target in plan.bare:
                configs |= self._bare(target, opening)
        # What the environment configures came from the bindings, as far as it may be here.
        integrations = Integrations(auto_configure=False, http=self.http)
        for target, config in configs.items():
            integrations.register(target, config)
        return integrations

    def _bare(self, target: str, opening: Opening) -> dict[str, Config]:
        found = self._surrounding(target)
        if found is not None and found.token:
            return {target: found}
        missing = CredentialMissingError(
            f"no auth provider unlocks {target}, and nothing else has a token for it",
            provider=target,
            hint=self.known.why_left_out(target)
            or f"lay settings over it: overrides={{{target!r}: {{'token': ...}}}}",
        )
        if opening.on_error != "skip":
            raise missing
        left_out([target], missing, opening.subject)
        return {}

    def _surrounding(self, target: str) -> ProviderSettings | None:
        return from_surroundings(target) if self.auto_configure else None


async def close(integrations: Integrations) -> None:
    """Close the container of a session; a caller that is cancelled meanwhile hears of it after."""
    closing = asyncio.ensure_future(integrations.aclose())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait({closing}, timeout=CLOSE_PATIENCE)
        raise
