"""Authorisations that were begun, until their answers come."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from pywry_auth.clock import Clock
from pywry_auth.errors import CallbackError
from pywry_auth.protocol.authorization import AuthorizationRequest, CallbackParams


PATIENCE = 600.0  # seconds a person has; longer than any sign-in, shorter than a lunch break
MOST = 10_000  # of them at once; beyond that somebody begins them without ever meaning to finish


@dataclass(frozen=True, slots=True)
class Pending:
    """
    What one begun authorisation has to remember.

    Attributes:
        attempt: state, verifier, redirect URI.
        scope: what was asked for, separated by spaces.
        client: the client options of the one call that began it.
        whose: the key of the only subject who may finish it; None is anybody.
    """

    attempt: AuthorizationRequest
    scope: str
    client: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)
    whose: str | None = None

    def may_be_of(self, whose: str) -> bool:
        """Say whether the subject with the key *whose* may finish it."""
        return self.whose is None or self.whose == whose


class PendingAuthorizations:
    """
    Keeps begun authorisations by ``state`` for ten minutes; each is given out once.

    May be used from any thread. They live in this process only.

    Args:
        clock: tells how long ago each was begun.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By digest, so that how long a look-up takes tells nothing about any state.
        self._begun: dict[bytes, tuple[float, Pending]] = {}

    def put(self, pending: Pending) -> None:
        """Keep *pending*, in place of an earlier one with the same state."""
        key = _digest(pending.attempt.state)
        with self._lock:
            self._forget_old()
            self._begun.pop(key, None)
            self._begun[key] = (self._clock.monotonic(), pending)
            if len(self._begun) > MOST:
                self._begun.pop(next(iter(self._begun)))

    def take(self, params: CallbackParams, whose: str) -> Pending:
        """
        Give what *params* answer; it is not given again.

        Args:
            params: what arrived.
            whose: the key of the subject who brings it.

        Raises:
            CallbackError: they answer nothing that is waiting; whatever is, goes on waiting.
        """
        key = _digest(params.state or "")
        with self._lock:
            self._forget_old()
            found = self._begun.get(key)
            if (
                found is None
                or not found[1].attempt.is_answered_by(params)
                or not found[1].may_be_of(whose)
            ):
                raise CallbackError(
                    "nobody waits for this answer: its state is unknown, was used, is too old or "
                    "belongs to somebody else",
                    hint="begin again, and answer within ten minutes; what another process or "
                    "another manager began, that one has to finish",
                )
            del self._begun[key]
            return found[1]

    def take_only(self, whose: str) -> Pending:
        """
        Give the only one that waits for the subject with the key *whose*; it is not given again.

        Raises:
            CallbackError: there is none, or more than one.
        """
        with self._lock:
            self._forget_old()
            found = [key for key, (_, each) in self._begun.items() if each.may_be_of(whose)]
            if len(found) != 1:
                raise CallbackError(
                    f"a code alone does not tell which of {len(found)} begun authorisations "
                    "it answers",
                    hint="pass state as well, or the whole authorization_response; what another "
                    "process or another manager began, that one has to finish",
                )
            return self._begun.pop(found[0])[1]

    def _forget_old(self) -> None:
        oldest = self._clock.monotonic() - PATIENCE
        # In order of their beginning, as dictionaries keep it.
        while self._begun and next(iter(self._begun.values()))[0] <= oldest:
            self._begun.pop(next(iter(self._begun)))


def _digest(state: str) -> bytes:
    return sha256(state.encode("utf-8", "surrogatepass")).digest()
