"""A program with a window that does something every 5 ms, and notes when it comes too late."""

import json
import sys
import time
from collections.abc import Callable
from typing import Protocol


EVERY = 5  # milliseconds
LIMIT = 45.0  # seconds; a sign-in takes less than three


class Host(Protocol):
    """The window's main loop."""

    def every(self, milliseconds: int, tick: Callable[[], None]) -> None: ...

    def run(self) -> None: ...

    def quit(self) -> None: ...


class TkHost:
    """A program drawn by Tk."""

    def __init__(self) -> None:
        import tkinter as tk

        self.root = tk.Tk()
        self.root.title("Host")
        self.root.geometry("420x260+20+20")

    def every(self, milliseconds: int, tick: Callable[[], None]) -> None:
        def again() -> None:
            self.root.after(milliseconds, again)
            tick()

        self.root.after(milliseconds, again)

    def run(self) -> None:
        self.root.mainloop()

    def quit(self) -> None:
        self.root.quit()


class QtHost:
    """A program drawn by Qt."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

        self.application = QApplication([])
        self.window = QWidget()
        self.window.setWindowTitle("Host")
        self.window.resize(420, 260)
        self.layout = QVBoxLayout(self.window)
        self._timer = QTimer(self.window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.window.show()

    def every(self, milliseconds: int, tick: Callable[[], None]) -> None:
        self._timer.timeout.connect(tick)
        self._timer.start(milliseconds)

    def run(self) -> None:
        self.application.exec()

    def quit(self) -> None:
        self._timer.stop()
        self.application.quit()


def host_named(name: str) -> TkHost | QtHost:
    return TkHost() if name == "tk" else QtHost()


class Ticks:
    """
    Goes through the steps of a story on the host's thread, and keeps the gaps between ticks.

    Args:
        host: whose main loop.
        story: yields after each step how many seconds to wait, or what to wait for.
    """

    def __init__(self, host: Host, story) -> None:
        self._host = host
        self._story = story
        self._until: Callable[[], bool] = lambda: True
        self._gaps: list[float] = []
        self._last = time.perf_counter()
        self._is_counting = False
        self._ends_at = time.monotonic() + LIMIT
        self._failed = False

    def count(self) -> None:
        """Keep the gaps from now on."""
        self._is_counting = True

    def stop(self) -> None:
        """Keep no more."""
        self._is_counting = False

    def run(self) -> dict[str, float]:
        """Run the host to the end of the story; give the gaps as milliseconds."""
        self._host.every(EVERY, self._tick)
        self._host.run()
        if self._failed:
            sys.exit("the story did not come to its end")
        gaps = sorted(1000 * gap for gap in self._gaps)
        return {
            "p50_ms": gaps[len(gaps) // 2],
            "p99_ms": gaps[int(len(gaps) * 0.99)],
            "longest_ms": gaps[-1],
            "ticks_n": len(gaps),
        }

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._is_counting:
            self._gaps.append(now - self._last)
        self._last = now
        if time.monotonic() > self._ends_at:
            self._failed = True
            self._host.quit()
        elif self._until():
            self._go_on()

    def _go_on(self) -> None:
        wait = next(self._story, None)
        if wait is None:
            self._host.quit()
        elif callable(wait):
            self._until = wait
        else:
            at = time.monotonic() + wait
            self._until = lambda: time.monotonic() >= at


class Calls:
    """How long calls hold the thread they are made on."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}

    def take(self, name: str, call: Callable[[], object]) -> object:
        """Make *call*, and note how long it took."""
        began = time.perf_counter()
        try:
            return call()
        finally:
            took = 1000 * (time.perf_counter() - began)
            self.longest[name] = max(self.longest.get(name, 0.0), took)


def tell(found: dict[str, float]) -> None:
    print(json.dumps(found), flush=True)
