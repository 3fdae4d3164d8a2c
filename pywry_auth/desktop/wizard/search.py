"""Looks for the organisation a person named, while they see that it is looked for."""

import asyncio
import logging
from collections.abc import Callable

from pywry_auth.coach.values import Action, Advice
from pywry_auth.desktop.wizard.control import WizardControl
from pywry_auth.desktop.wizard.finding import WITHIN, find_issuer
from pywry_auth.desktop.wizard.known import Known, MakeProvider
from pywry_auth.desktop.wizard.steps import Event, Move, Place
from pywry_auth.desktop.wizard.typed import MICROSOFT, Typed, read_typed
from pywry_auth.errors import DiscoveryError, DiscoveryTransportError
from pywry_auth.off_loop import off_loop
from pywry_auth.outcome import CallOutcome
from pywry_auth.protocol.wire import WireReply, WireRequest


logger = logging.getLogger(__name__)


class Search:
    """
    One search at a time; belongs to the package's loop.

    Args:
        control: what a found provider is added to.
        make_provider: the application's word on what was found.
        known: where it is noted for the next start.
        tell: hears how it ended.
        microsoft: where tenants are asked for.
    """

    def __init__(
        self,
        control: WizardControl,
        *,
        make_provider: MakeProvider,
        known: Known,
        tell: Callable[[Event], None],
        microsoft: str = MICROSOFT,
    ) -> None:
        self._control = control
        self._make_provider = make_provider
        self._known = known
        self._tell = tell
        self._microsoft = microsoft
        self._task: asyncio.Task[None] | None = None

    def follow(self, place: Place) -> None:
        """Look for what the person at *place* typed, or no further."""
        self.stop()
        if place.is_finding:
            self._task = asyncio.get_running_loop().create_task(self._run(place.query))

    def stop(self) -> None:
        """Look no further."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, text: str) -> None:
        typed = read_typed(text)
        if typed is None:
            self._tell(Event(Move.NOT_FOUND, advice=self._unreadable()))
            return
        try:
            issuer = await self._issuer(typed)
        except DiscoveryError as exc:
            self._tell(Event(Move.NOT_FOUND, advice=self._not_found(exc, typed)))
            return
        name = self._name(typed)
        taken: CallOutcome[bool] = CallOutcome()
        with taken:
            taken.gave(await off_loop(lambda: self._take(name, issuer)))
        if taken.error is not None and not isinstance(taken.error, Exception):
            raise taken.error  # somebody stopped it
        if taken.error is not None:  # of the application; the person must not wait for ever
            logger.error("wizard.organization_broken", exc_info=taken.error)
        if taken.error is not None or not taken.result():
            self._tell(Event(Move.NOT_FOUND, advice=self._refused(typed)))
            return
        await off_loop(lambda: self._known.add(name, issuer))
        self._tell(Event(Move.FOUND, provider=name, text=issuer))

    def _take(self, name: str, issuer: str) -> bool:
        provider = self._make_provider(issuer)
        if provider is not None:
            self._control.add_provider(name, provider)
        return provider is not None

    def _name(self, typed: Typed) -> str:
        # A person must not put an organisation in the place of a provider of the application's.
        taken = {choice.name for choice in self._control.providers} - self._known.read().keys()
        return f"@{typed.name}" if typed.name in taken else typed.name

    async def _issuer(self, typed: Typed) -> str:
        from pywry_auth.http import HttpClient

        client = HttpClient()

        async def send(request: WireRequest) -> WireReply:
            return await client.send(request, within=WITHIN)

        try:
            return await find_issuer(typed, send, microsoft=self._microsoft)
        finally:
            await client.close()

    def _unreadable(self) -> Advice:
        t = self._control.texts
        return Advice("unreadable", t("Enter an email address, a domain, or an https address."))

    def _not_found(self, error: DiscoveryError, typed: Typed) -> Advice:
        t = self._control.texts
        if isinstance(error, DiscoveryTransportError):
            words = t(
                "{organization} cannot be reached. Check the spelling.", organization=typed.host
            )
            return Advice(error.code, words, error.message)
        words = t(
            "{organization} does not say where its people sign in. Ask there for the address.",
            organization=typed.host,
        )
        return Advice(error.code, words, error.message, Action.DEVELOPER)

    def _refused(self, typed: Typed) -> Advice:
        t = self._control.texts
        words = t(
            "{app} cannot be used with {organization}.",
            app=self._control.app_name,
            organization=typed.host,
        )
        return Advice("organization_refused", words, action=Action.DEVELOPER)
