"""How often programs may ask a person to sign in to one account, on this whole machine."""

import json
import logging
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.errors import StoreError, StoreUnavailableError
from pywry_auth.json_value import is_object
from pywry_auth.lock import lock_folder, record_lock
from pywry_auth.private_files import read_private, replace_private
from pywry_auth.tokens import TokenOrigin


logger = logging.getLogger(__name__)

FIRST_PAUSE = 300.0  # seconds after a prompt that brought nothing; each further one doubles it
LONGEST_PAUSE = 6 * 3600.0  # seconds; somebody who is back at the desk is asked that day
SLICE = 0.25  # seconds between two looks whether the wait was cancelled


@dataclass(frozen=True, slots=True)
class Pause:
    """
    How the prompts went that nobody had asked for.

    Attributes:
        failures: how many in a row brought nothing.
        ended_at: when the last of them ended, in epoch seconds.
    """

    failures: int = 0
    ended_at: float = 0.0

    def is_over(self, now: float) -> bool:
        """Say whether a person may be asked again; a clock that was set back forgets the pause."""
        if self.failures == 0 or now < self.ended_at:
            return True
        return now >= self.ended_at + self.seconds

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        if self.failures == 0:
            return 0.0
        return min(FIRST_PAUSE * 2.0 ** min(self.failures - 1, 30), LONGEST_PAUSE)

    def longer(self, now: float) -> "Pause":
        """Give the pause after one more prompt that brought nothing."""
        return Pause(self.failures + 1, now)


class PromptLimit:
    """
    One prompt at a time for one account, whichever program opens it, with pauses after failures.

    A program that dies frees its turn; one that hangs is waited for no longer than each caller
    says. What cannot be locked or remembered limits nobody: it must not keep a person out.

    Args:
        origin: issuer with client.
        account: names the account among those of the same client, as the session's key does.
        clock: tells the time.
    """

    def __init__(self, origin: TokenOrigin, account: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._identity = f"prompt:{json.dumps([origin.issuer, origin.client_id])}"
        self._account = account
        self._now = clock.now

    @contextmanager
    def turn(self, seconds: float, is_cancelled: Callable[[], bool]) -> Generator[bool]:
        """
        Wait for a turn, and have it for as long as the ``with`` lasts; False when none came.

        Args:
            seconds: to wait at most.
            is_cancelled: whether nobody waits any more.
        """
        with ExitStack() as stack:
            yield self._came(stack, time.monotonic() + seconds, is_cancelled)

    def may_ask(self) -> bool:
        """Say whether a person may be asked now, without having pressed anything."""
        return self._read().is_over(self._now())

    def failed(self) -> None:
        """Note that nothing came of a prompt nobody had asked for."""
        self._write(self._read().longer(self._now()))

    @contextmanager
    def pressed(self) -> Generator[None]:
        """
        Let programs wait meanwhile that would prompt by themselves, because a person signs in.

        That person waits for nobody. Where no program prompts by itself, nothing is written.
        """
        with ExitStack() as stack:
            if self._file().exists():
                with suppress(StoreUnavailableError):
                    stack.enter_context(record_lock(self._identity, self._account, 0.0))
            yield
            if self._read() != Pause():
                self._write(Pause())

    def _came(self, stack: ExitStack, end: float, is_cancelled: Callable[[], bool]) -> bool:
        if not self._file().exists():
            self._write(Pause())
        while not is_cancelled():
            left = end - time.monotonic()
            try:
                lock = record_lock(self._identity, self._account, max(0.0, min(SLICE, left)))
                stack.enter_context(lock)
            except StoreUnavailableError as exc:
                if exc.__cause__ is not None:  # there can be no lock here at all
                    logger.warning("prompt.unlimited", extra={"reason": exc.code})
                    return True
                if left <= 0:
                    return False
            else:
                return True
        return False

    def _file(self) -> Path:
        name = sha256(json.dumps([self._identity, self._account]).encode()).hexdigest()
        return lock_folder() / f"{name}.prompt"

    def _read(self) -> Pause:
        try:
            values: object = json.loads(read_private(self._file()) or b"{}")
        except (OSError, StoreError, ValueError):
            return Pause()
        if not is_object(values):
            return Pause()
        failures, ended_at = values.get("failures"), values.get("ended_at")
        if isinstance(failures, int) and isinstance(ended_at, int | float) and failures > 0:
            return Pause(failures, float(ended_at))
        return Pause()

    def _write(self, pause: Pause) -> None:
        try:
            replace_private(self._file(), json.dumps(asdict(pause)).encode())
        except (OSError, StoreError) as exc:
            logger.warning("prompt.not_noted", extra={"reason": type(exc).__name__})
