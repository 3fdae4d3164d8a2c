"""What one call gave or raised, carried between threads."""

from types import TracebackType
from typing import Generic, TypeVar


T = TypeVar("T")


class CallOutcome(Generic[T]):
    """What one call gave or raised, carried from the thread it ran on to the one that waits."""

    def __init__(self) -> None:
        self._values: list[T] = []
        self._error: BaseException | None = None

    def __enter__(self) -> "CallOutcome[T]":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        # Everything is kept: the thread that waits raises it, so nothing is swallowed.
        self._error = error
        return True

    def gave(self, value: T) -> None:
        """Keep *value*."""
        self._values.append(value)

    @property
    def error(self) -> BaseException | None:
        """What was raised, or None."""
        return self._error

    def result(self) -> T:
        """Give the value, or raise what was raised."""
        if self._error is not None:
            raise self._error
        return self._values[0]
