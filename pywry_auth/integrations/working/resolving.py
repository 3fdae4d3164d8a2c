"""The settings of every target of a session, from the credentials of its subject."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TypeVar

from pywry_auth.errors import CredentialMissingError, StoredDataError
from pywry_auth.integrations.binding import AuthBinding
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.subjects import Subject
from pywry_auth.integrations.working.refreshing import Account, Refreshing
from pywry_auth.integrations.working.session_plan import Planned
from pywry_auth.integrations.working.stored_credentials import shown
from pywry_auth.json_value import is_mapping


T = TypeVar("T")

#: target -> its settings
Resolved = dict[str, ProviderSettings | None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Binding:
    """
    One planned binding, with the credentials that were handed in for it.

    Attributes:
        planned: what it is for.
        given: what was handed in, as the provider's own model; None asks the store.
    """

    planned: Planned
    given: UserCredentials | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Resolving:
    """
    Runs the bindings of one session.

    Attributes:
        manager: passed on to bindings.
        providers: auth providers by name.
        bindings: what each of them unlocks: its name -> target -> binding.
        refreshing: loads what is stored; None never looks.
        subject: whose session it is.
        skips: whether targets are left out whose credentials are missing or cannot be read.
    """

    manager: object
    providers: Mapping[str, AuthProvider]
    bindings: Mapping[str, Mapping[str, AuthBinding]]
    refreshing: Refreshing | None
    subject: Subject
    skips: bool

    def read(self, planned: Sequence[Planned]) -> list[list[Binding]]:
        """
        Read what was handed in; together comes what shares one stored record.

        Raises:
            TypeError: it is neither a mapping nor the provider's model.
            ValidationError: a field cannot be used; it is named, its value is not shown.
        """
        groups: dict[str, list[Binding]] = {}
        for each in planned:
            given = self._parsed(each)
            groups.setdefault(each.provider, []).append(Binding(each, given))
        return list(groups.values())

    def _parsed(self, planned: Planned) -> UserCredentials | None:
        given = planned.given
        if given is None or isinstance(given, UserCredentials) or is_mapping(given):
            return self.providers[planned.provider].parse_user_credentials(given)
        raise TypeError(
            f"credentials for {planned.target} are a mapping or a model, not {type(given).__name__}"
        )

    async def settings(self, groups: Sequence[Sequence[Binding]]) -> Resolved:
        """
        Give the settings of each target, in the order they were planned.

        None stands where nobody has credentials, which is no error; what was left out for an error
        is not there.

        Raises:
            CredentialMissingError: nothing was given, stored or configured for a target that must
                be there.
            StoredDataError: what is stored cannot be read.
            AuthError: what is stored has ended; see ``Refreshing.fresh``.
        """
        found = await _together([self._group(group) for group in groups])
        return {target: settings for each in found for target, settings in each.items()}

    async def _group(self, group: Sequence[Binding]) -> Resolved:
        stored: UserCredentials | None = None
        if self.refreshing is not None and any(each.given is None for each in group):
            name = group[0].planned.provider
            try:
                account = Account(name, self.providers[name], self.subject)
                stored = await self.refreshing.fresh(account)
            except StoredDataError as exc:
                if not self.skips:
                    raise
                unreadable = [each.planned.target for each in group if each.given is None]
                left_out(unreadable, exc, self.subject)
                group = [each for each in group if each.given is not None]
        found = await _together([self._bound(each, stored) for each in group])
        return {target: settings for each in found for target, settings in each.items()}

    async def _bound(self, binding: Binding, stored: UserCredentials | None) -> Resolved:
        planned = binding.planned
        run = self.bindings[planned.provider][planned.target]
        credentials = stored if binding.given is None else binding.given
        try:
            making: object = run.to_settings(
                manager=self.manager,
                provider=planned.target,
                subject=self.subject,
                app_credentials=self.providers[planned.provider].app_credentials,
                user_credentials=credentials,
            )
            if not isawaitable(making):
                raise TypeError(f"to_settings of the binding of {planned.target} is no async def")
            settings: object = await making
        except CredentialMissingError as exc:
            if planned.optional and credentials is None:
                left_out([planned.target], exc, self.subject, logging.DEBUG)
                return {planned.target: None}
            if not self.skips:
                raise
            left_out([planned.target], exc, self.subject)
            return {}
        return {planned.target: _required(planned.target, settings)}


def _required(target: str, made: object) -> ProviderSettings:
    if isinstance(made, ProviderSettings):
        return made
    raise TypeError(f"the binding of {target} gave {type(made).__name__}, not ProviderSettings")


async def _together(works: Sequence[Coroutine[object, object, T]]) -> list[T]:
    # A task costs more than most of what is done here.
    if len(works) == 1:
        return [await works[0]]
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)  # nothing goes on behind a session that there will not be
        raise


def left_out(
    targets: Sequence[str], why: Exception, subject: Subject, level: int = logging.WARNING
) -> None:
    """Note in the log which *targets* the session of *subject* goes without."""
    reason = type(why).__name__
    for target in targets:
        logger.log(
            level,
            "session.target_left_out: the session of %s goes without %s, whose credentials %s (%s)",
            shown(subject),
            target,
            "cannot be read" if isinstance(why, StoredDataError) else "are missing",
            reason,
            extra={"target": target, "reason": reason},
        )
