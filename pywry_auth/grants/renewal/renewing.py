"""One renewal of a program's tokens: refresh, else the whole grant, else a person."""

import threading
from dataclasses import dataclass, field, replace

from pywry_auth.clock import Clock
from pywry_auth.errors import (
    AuthenticationError,
    ReauthRequiredError,
    RefreshTransportError,
    StoreUnavailableError,
    TokenRefreshError,
    TransportError,
)
from pywry_auth.grants.events import Teller, TokenEventName
from pywry_auth.grants.renewal.asking import TokenEndpoint
from pywry_auth.grants.renewal.keeping import Kept
from pywry_auth.grants.renewal.ladder import Demand, Means, Rung, next_rung
from pywry_auth.protocol.renewal import Transient, outcome_of_failure, too_soon
from pywry_auth.tokens import OAuthTokenSet


LOCK_TIMEOUT = 30.0  # seconds for which another process that renews is waited for
MAX_REFUSALS = 3  # refresh tokens; a store that gives another one each time is not believed more


@dataclass(frozen=True, slots=True)
class Landed:
    """
    What one renewal came to.

    Attributes:
        tokens: what may be used.
        take: the number of the answer that they came with; 0 where no server was asked.
    """

    tokens: OAuthTokenSet
    take: int = 0


@dataclass(slots=True)
class Renewal:
    """
    Climbs the ladder, one flight at a time.

    Attributes:
        endpoint: whom to ask, with the grant.
        kept: what is held, with its slot.
        skew: seconds before the end from which an access token is not used.
        tell: hears what happens.
        clock: tells the time.
    """

    endpoint: TokenEndpoint
    kept: Kept
    skew: float
    tell: Teller
    clock: Clock
    _last: Transient | None = None
    _refused: str = field(default="", repr=False)
    _ended: ReauthRequiredError | None = None
    _got: str = ""
    _taken: Landed | None = None

    def run(self, demand: Demand) -> Landed:
        """
        Give tokens that meet *demand*.

        Raises:
            ReauthRequiredError: a person must sign in.
            RefreshTransportError: no usable answer arrived, and nothing valid is held.
            TokenRefreshError: the server refused otherwise.
            TokenExpiredError: everything was cleared meanwhile.
            StoreError: the slot cannot be read, and nothing is held.
        """
        found = self.kept.look()
        if found is not None and not self.kept.is_unsaved and self._rung(demand) is Rung.USE:
            return Landed(found)
        try:
            with self.kept.lock(LOCK_TIMEOUT):
                return self._landed(self._climb(demand))
        except StoreUnavailableError as exc:
            if exc.operation != "lock":
                raise
            return Landed(self.served(demand, _locked(exc)))

    def served(self, demand: Demand, error: TokenRefreshError) -> OAuthTokenSet:
        """
        Give what is held if it is good enough, as the network ends nothing.

        Raises:
            TokenRefreshError: it is *error*: nothing is held, or it has ended or was refused.
        """
        tokens = self.kept.tokens
        if tokens is None or not demand.accepts(tokens) or not tokens.usable_at(self.clock.now()):
            raise error
        return tokens

    def forget(self) -> None:
        """Forget how the tries before ended."""
        self._last, self._refused, self._ended, self._got = None, "", None, ""

    def _landed(self, tokens: OAuthTokenSet) -> Landed:
        taken, self._taken = self._taken, None
        return taken if taken is not None and taken.tokens is tokens else Landed(tokens)

    def _climb(self, demand: Demand, refusals: int = 0) -> OAuthTokenSet:
        era = self.kept.era
        self.kept.look()
        self.kept.save_again()
        tokens = self.kept.tokens
        match self._rung(demand):
            case Rung.REFRESH if tokens is not None and tokens.refresh_token is not None:
                return self._refreshed(demand, tokens, era, refusals)
            case Rung.GRANT:
                return self._granted(demand, era)
            case Rung.WAIT if self._last is not None:
                return self.served(demand, too_soon(self._last, now=self.clock.now()))
            case Rung.USE if tokens is not None:
                return tokens
            case _:
                raise self._needs_person()

    def _rung(self, demand: Demand) -> Rung:
        grant, may_ask = self.endpoint.grant, self._ended is None
        can_begin, again = grant.can_begin and may_ask, grant.can_reauthenticate and may_ask
        rung = next_rung(
            self.kept.tokens,
            demand,
            Means(can_begin, again, self._refused),
            now=self.clock.now(),
            skew=self.skew,
            last=self._last,
        )
        # No refresh makes it more than it was.
        is_narrow = rung in {Rung.USE, Rung.REFRESH} and again and self._is_too_narrow()
        return Rung.GRANT if is_narrow else rung

    def _is_too_narrow(self) -> bool:
        """Strictly private: say whether what is stored was got for less than the grant asks."""
        tokens, asked = self.kept.tokens, self.endpoint.grant.scope.split()
        if tokens is None or not tokens.scope or tokens.scope == self._got:
            return False  # unknown, or all that this server gives for it
        return not set(asked) <= set(tokens.scopes)

    def _refreshed(
        self, demand: Demand, old: OAuthTokenSet, era: threading.Event, refusals: int
    ) -> OAuthTokenSet:
        refresh_token = old.refresh_token or ""
        try:
            new = self.endpoint.refresh(refresh_token)
        except ReauthRequiredError as exc:
            self._refused = refresh_token
            refusals += 1
            return self._after_refusal(demand, exc, era, refusals)
        except RefreshTransportError as exc:
            return self.served(demand, self._noted(exc))
        except TokenRefreshError as exc:
            self._failed(exc)
            raise
        # Nobody has verified the new ID token; what the answer does not repeat stays.
        made = replace(new, id_token=old.id_token, scope=new.scope or old.scope, origin=old.origin)
        return self._take(made, era, TokenEventName.REFRESHED)

    def _after_refusal(
        self, demand: Demand, error: ReauthRequiredError, era: threading.Event, refusals: int
    ) -> OAuthTokenSet:
        # A store without a lock of its own may have been written by somebody quicker.
        found = self.kept.look()
        is_other = found is not None and found.refresh_token != self._refused
        if is_other and refusals < MAX_REFUSALS:
            return self._climb(demand, refusals)
        if self.endpoint.grant.can_reauthenticate and self._ended is None:
            return self._granted(demand, era)
        raise error

    def _granted(self, demand: Demand, era: threading.Event) -> OAuthTokenSet:
        try:
            new = self.endpoint.grant_tokens(era)
        except RefreshTransportError as exc:
            return self.served(demand, self._noted(exc))
        except ReauthRequiredError as exc:
            self._ended = _alike(exc)  # what was refused for good is not sent again
            raise
        except AuthenticationError as exc:
            self._failed(exc)
            raise
        taken = self._take(replace(new, id_token=None), era, TokenEventName.GRANTED)
        self._got = taken.scope
        return taken

    def _take(
        self, tokens: OAuthTokenSet, era: threading.Event, name: TokenEventName
    ) -> OAuthTokenSet:
        taken = self.kept.take(tokens, era)
        self._taken = Landed(taken, self.kept.takes)
        self.forget()
        self.tell(name)
        return taken

    def _noted(self, error: RefreshTransportError) -> RefreshTransportError:
        # A caller decides how often to try; only what the server itself asked for is waited.
        found = outcome_of_failure(error, now=self.clock.now(), last=None)
        self._last = found if isinstance(found, Transient) else None
        self._failed(error)
        return error

    def _failed(self, error: AuthenticationError) -> None:
        self.tell(TokenEventName.REFRESH_FAILED, error.code)

    def _needs_person(self) -> ReauthRequiredError:
        return self._ended or ReauthRequiredError(
            "the tokens have ended, and nothing here can renew them without a person",
            hint="sign in again, or call clear() and make a new grant",
        )


def _alike(error: ReauthRequiredError) -> ReauthRequiredError:
    # The one that was raised leads to frames that hold what was sent.
    return ReauthRequiredError(
        error.message,
        error=error.error,
        error_description=error.error_description,
        hint=error.hint,
        status=error.context.get("status"),
    )


def _locked(error: TransportError | StoreUnavailableError) -> RefreshTransportError:
    return RefreshTransportError(f"the tokens cannot be renewed now: {error}", hint=error.hint)
