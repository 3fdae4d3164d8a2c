"""Fresh credentials from stored ones, renewed once however many sessions ask."""

import asyncio
import logging
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from pywry_auth.clock import Clock
from pywry_auth.errors import (
    ConfigError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreError,
    StoreUnavailableError,
    TransportError,
)
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.flows.auth_flow import BaseAuthFlow
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.subjects import Subject, subject_key
from pywry_auth.integrations.working.stored_credentials import StoredCredentials, shown
from pywry_auth.json_value import is_mapping
from pywry_auth.protocol.renewal import EXPIRY_SKEW
from pywry_auth.runtime import SingleFlight


logger = logging.getLogger(__name__)

FLIGHT_GRACE = 5.0  # seconds; what the provider has replaced meanwhile would be lost otherwise
_OAUTH2 = "oauth2"
_TOKEN_MEMBERS = frozenset(UserCredentials.model_fields)
#: what an answer leaves out when it has not changed (RFC 6749 sections 5.1, 6)
_LASTING = frozenset({"refresh_token", "scope", "id_token"})


@dataclass(frozen=True, slots=True)
class Account:
    """
    Whose credentials, at which auth provider.

    Attributes:
        name: under which the provider is known to the manager, and to the store.
        provider: what renews the credentials.
        subject: whose they are.
    """

    name: str
    provider: AuthProvider
    subject: Subject


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """Credentials that took the place of stored ones, which the store has not taken yet."""

    replaced: str | None = field(repr=False)
    credentials: UserCredentials = field(repr=False)


class Refreshing:
    """
    Loads stored credentials, and renews those that have run out.

    One renewal at a time for each record: of this process's sessions one renews, the others share
    its outcome; of many processes one renews, the others find in the store what it brought.
    """

    def __init__(self, stored: StoredCredentials, clock: Clock) -> None:
        self._stored = stored
        self._clock = clock
        self._flights: weakref.WeakValueDictionary[
            tuple[str, str], SingleFlight[UserCredentials | None]
        ] = weakref.WeakValueDictionary()
        self._unsaved: dict[tuple[str, str], _Unsaved] = {}

    async def load(self, account: Account) -> UserCredentials | None:
        """
        Give what is stored, as it is; None when nothing is.

        Raises:
            StoredDataError: it cannot be read.
        """
        try:
            found = await self._stored.load(account.name, account.provider, account.subject)
        except StoreUnavailableError:
            waiting = self._waiting(account)
            if waiting is None:
                raise
            return waiting.credentials
        waiting = self._waiting(account)
        if waiting is None:
            return found
        if found is not None and found.refresh_token == waiting.replaced:
            return waiting.credentials
        self.forget(account.name, account.subject)  # somebody else has written since
        return found

    async def fresh(self, account: Account) -> UserCredentials | None:
        """
        Give what is stored, renewed and stored again where it has run out.

        Raises:
            StoredDataError: it cannot be read.
            ConfigError: it has ended, and the application is not set up to renew it.
            ReauthRequiredError: it has ended, and a person must connect the account again.
            TransportError: it has ended, and the provider cannot be reached.
            TokenRefreshError: it has ended, and the provider would not renew it.
        """
        found = await self.load(account)
        if found is None or not self._is_due(account, found):
            return found
        key = (account.name, subject_key(account.subject))
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = SingleFlight()
        try:
            return await flight.run(partial(self._renewed, account))
        except asyncio.CancelledError:
            if flight.task is not None:
                await asyncio.wait({flight.task}, timeout=FLIGHT_GRACE)
            raise

    def forget(self, name: str, subject: Subject) -> None:
        """Forget what could not be saved, because something else takes its place."""
        self._unsaved.pop((name, subject_key(subject)), None)

    def _waiting(self, account: Account) -> _Unsaved | None:
        if not self._unsaved:
            return None
        return self._unsaved.get((account.name, subject_key(account.subject)))

    def _is_due(self, account: Account, found: UserCredentials) -> bool:
        return self._waiting(account) is not None or found.is_expired(
            self._clock.now(), EXPIRY_SKEW
        )

    async def _renewed(self, account: Account) -> UserCredentials | None:
        try:
            async with self._stored.lock(account.name, account.subject):
                return await self._renew_locked(account)
        except StoreUnavailableError as exc:
            if exc.operation != "lock":
                raise
            late = RefreshTransportError(str(exc), account.name, hint=exc.hint)
        return self._still_valid(await self.load(account), late)

    async def _renew_locked(self, account: Account) -> UserCredentials | None:
        old = await self.load(account)  # others may have renewed it, or removed it, meanwhile
        if old is None or not self._is_due(account, old):
            return old
        if self._waiting(account) is not None:
            await self._kept(account, old)
            if not old.is_expired(self._clock.now(), EXPIRY_SKEW):
                return old
        return await self._replaced(account, old)

    async def _replaced(self, account: Account, old: UserCredentials) -> UserCredentials | None:
        flow = _flow_of(account.provider)
        if flow is None or not _can_renew(old, self._clock.now()):
            return self._still_valid(old, _ended(account))
        try:
            came = await flow.refresh(subject=account.subject, credentials=old)
        except ReauthRequiredError as exc:
            refused = exc
        except TransportError as exc:
            logger.info(
                "credentials.not_renewed: %s cannot be asked now to renew what is stored for %s",
                account.name,
                shown(account.subject),
                extra={"provider": account.name},
            )
            return self._still_valid(old, exc)
        except ConfigError as exc:
            return self._still_valid(old, _cannot(account, exc))
        else:
            fresh = _required(account, came)
            new = account.provider.parse_user_credentials(_laid_over(old, fresh)) or fresh
            return await self._kept_in_place_of(old, account, new)
        return await self._from_elsewhere(account, old, refused)

    async def _kept_in_place_of(
        self, old: UserCredentials, account: Account, new: UserCredentials
    ) -> UserCredentials | None:
        waiting = self._waiting(account)
        expected = old.refresh_token if waiting is None else waiting.replaced
        # Noted before, because a store of the application's may fail with anything.
        self._unsaved[account.name, subject_key(account.subject)] = _Unsaved(expected, new)
        # Whoever stores or removes something does not wait for ever: they have the last word.
        with suppress(StoreError):  # what cannot be read now is what it was
            found = await self._stored.load(account.name, account.provider, account.subject)
            if found is None or found.refresh_token != expected:
                self.forget(account.name, account.subject)
                return found
        return await self._kept(account, new)

    async def _kept(self, account: Account, new: UserCredentials) -> UserCredentials:
        try:
            await self._stored.store.set(account.name, account.subject, new.to_record())
        except StoreError as exc:
            extra = {"provider": account.name, "reason": exc.code}
            logger.warning(
                "credentials.save_failed: what %s has renewed for %s is not stored, and is lost "
                "when the program ends before the store takes it; %s",
                account.name,
                shown(account.subject),
                exc.code,
                extra=extra,
            )
        else:
            self.forget(account.name, account.subject)
        return new

    async def _from_elsewhere(
        self, account: Account, old: UserCredentials, refused: ReauthRequiredError
    ) -> UserCredentials:
        # Processes of another machine, at the same store, do not see the lock.
        found = await self.load(account)
        if found is not None and found.refresh_token != old.refresh_token:
            return self._still_valid(found, refused) or found
        raise ReauthRequiredError(
            f"{account.name} no longer renews what is stored for {shown(account.subject)}",
            account.name,
            error=refused.error,
            error_description=refused.error_description,
            hint="let the person connect the account again",
        )

    def _still_valid(
        self, found: UserCredentials | None, otherwise: Exception
    ) -> UserCredentials | None:
        if found is not None and found.is_expired(self._clock.now()):
            raise otherwise
        return found


def _flow_of(provider: AuthProvider) -> BaseAuthFlow | None:
    flows = list(provider.flows().values())
    return next((one for one in flows if one.kind == _OAUTH2), flows[0] if flows else None)


def _can_renew(credentials: UserCredentials, now: float) -> bool:
    end = credentials.refresh_expires_at
    return bool(credentials.refresh_token) and (end is None or now < end)


def _required(account: Account, came: object) -> UserCredentials:
    # A flow that somebody else wrote may give a mapping, or nothing. What it was given is spent.
    if isinstance(came, UserCredentials):
        return came
    if is_mapping(came):
        return UserCredentials.model_validate(dict(came))
    raise TypeError(
        f"refresh of the flow of {account.name} gave {type(came).__name__}, not UserCredentials"
    )


def _laid_over(old: UserCredentials, new: UserCredentials) -> Mapping[str, object]:
    # What a provider said of the account beside its tokens stays; the tokens' ends never do.
    before = old.to_record()
    kept = {
        name: value
        for name, value in before.items()
        if name not in _TOKEN_MEMBERS or name in _LASTING
    }
    came = {name: value for name, value in new.to_record().items() if value != ""}
    if came.get("refresh_token", kept.get("refresh_token")) == kept.get("refresh_token"):
        kept |= {name: before[name] for name in ("refresh_expires_at",) if name in before}
    return {**kept, **came}


def _cannot(account: Account, why: ConfigError) -> ConfigError:
    return ConfigError(
        f"what is stored for {shown(account.subject)} at {account.name} has ended, "
        f"and cannot be renewed: {why}",
        provider=account.name,
        hint=why.hint,
    )


def _ended(account: Account) -> ReauthRequiredError:
    return ReauthRequiredError(
        f"what is stored for {shown(account.subject)} at {account.name} has ended",
        account.name,
        hint="let the person connect the account again",
    )
