"""A screen of its own for tests that look at real windows and press real keys."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


TOOLS = ("Xvfb", "openbox", "xdotool", "wmctrl", "import", "xwininfo")
LIMIT = 20.0  # seconds for anything a loaded machine may take


def missing_tools() -> list[str]:
    """The programs this needs that are not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def until(wanted: Callable[[], bool], what: str, limit: float = LIMIT) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + limit
    while not wanted():
        if time.monotonic() > end:
            raise AssertionError(f"this did not happen within {limit:g} s: {what}")
        time.sleep(0.03)


@dataclass(frozen=True)
class Window:
    """One top-level window, by its number."""

    number: str
    title: str


class Screen:
    """
    Xvfb on a free display with a window manager, driven by real X events.

    Only the processes started here are ever stopped.
    """

    def __init__(self, width: int = 900, height: int = 820) -> None:
        self._size = (width, height)
        self._started: list[subprocess.Popen[bytes]] = []
        self.display = ""

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _open(self) -> None:
        read_end, write_end = os.pipe()
        width, height = self._size
        command = ["Xvfb", "-displayfd", str(write_end), "-nolisten", "tcp", "-noreset"]
        self._start([*command, "-screen", "0", f"{width}x{height}x24"], pass_fds=(write_end,))
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            self.display = ":" + answer.readline().strip()
        self._start(["openbox", "--sm-disable"])
        until(self._is_managed, "the window manager answers")

    def __exit__(self, *_failure: object) -> None:
        for process in reversed(self._started):
            process.terminate()
            process.wait(LIMIT)

    @property
    def env(self) -> dict[str, str]:
        """The environment for a program on this screen."""
        return self.environment_over(os.environ)

    def environment_over(self, base: Mapping[str, str]) -> dict[str, str]:
        """Give *base*, pointed at this screen."""
        env = {name: value for name, value in base.items() if name != "WAYLAND_DISPLAY"}
        return {**env, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "GDK_BACKEND": "x11"}

    # what is there

    def windows(self) -> list[Window]:
        """Every window with a title bar."""
        lines = self._run("wmctrl", "-l").splitlines()
        found = (re.fullmatch(r"(0x\w+) +-?\d+ +\S+ ?(.*)", line) for line in lines)
        return [Window(match[1], match[2]) for match in found if match]

    def window(self, title: str) -> Window:
        """Wait for the one window whose title holds *title*, on the screen and in front."""
        until(lambda: any(title in window.title for window in self.windows()), f"window {title}")
        found = next(window for window in self.windows() if title in window.title)
        self._run("xdotool", "windowactivate", "--sync", found.number)
        return found

    def place(self, window: Window) -> tuple[int, int, int, int]:
        """Give left, top, width and height of *window* without its frame."""
        text = self._run("xwininfo", "-id", window.number)
        names = ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height")
        left, top, width, height = (
            int(re.search(rf"{name}: +(-?\d+)", text)[1])  # type: ignore[index]
            for name in names
        )
        return left, top, width, height

    # what a person does

    def click(self, window: Window, x: int, y: int) -> None:
        """Click at a place inside *window*; negative numbers count from the right and bottom."""
        _, _, width, height = self.place(window)
        x, y = x % width, y % height
        move = ("mousemove", "--window", window.number, str(x), str(y))
        self._run("xdotool", *move, "sleep", "0.05", "click", "1")

    def type(self, text: str) -> None:
        """Type ASCII into whatever has the focus."""
        self._run("xdotool", "type", "--delay", "12", text)

    def press(self, *keys: str) -> None:
        """Press key combinations one after the other, for example ``alt+F4``."""
        self._run("xdotool", "key", "--delay", "20", *keys)

    def ask_to_close(self, window: Window) -> None:
        """Press the cross in the title bar."""
        self._run("wmctrl", "-i", "-c", window.number)

    # what a person sees

    def picture(self, path: Path, window: Window | None = None) -> Path:
        """Take a PNG of *window*, or of everything."""
        self._run("import", "-window", window.number if window else "root", str(path))
        return path

    def pixels(self, window: Window) -> bytes:
        """Give what *window* shows, three bytes a pixel; nothing when it is gone."""
        if window not in self.windows():
            return b""
        # Of the root: ``import`` waits for ever for a window that vanishes meanwhile.
        left, top, width, height = self.place(window)
        crop = f"{width}x{height}+{left}+{top}"
        return self._bytes(
            "import", "-window", "root", "-crop", crop, "+repage", "-depth", "8", "rgb:-"
        )

    def share_of(self, color: str, area: tuple[int, int, int, int]) -> float:
        """Give which part of *area* (left, top, width, height) has exactly *color*, 0 to 1."""
        left, top, width, height = area
        crop = f"{width}x{height}+{left}+{top}"
        taken = self._bytes(
            "import", "-window", "root", "-crop", crop, "+repage", "-depth", "8", "rgb:-"
        )
        wanted = bytes.fromhex(color.removeprefix("#"))
        pixels = [taken[i : i + 3] for i in range(0, len(taken), 3)]
        return pixels.count(wanted) / max(len(pixels), 1)

    # how it is done

    def _start(self, command: list[str], **options: object) -> None:
        env = self.env if self.display else None
        if shutil.which("setpriv"):  # so that a killed test run leaves no screen behind
            command = ["setpriv", "--pdeathsig", "SIGTERM", *command]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._started.append(subprocess.Popen(command, env=env, **quiet, **options))  # type: ignore[call-overload]

    def _is_managed(self) -> bool:
        done = subprocess.run(["wmctrl", "-m"], env=self.env, capture_output=True, check=False)
        return done.returncode == 0

    def _run(self, *command: str) -> str:
        return self._bytes(*command).decode(errors="replace")

    def _bytes(self, *command: str) -> bytes:
        done = subprocess.run(
            command, env=self.env, capture_output=True, check=False, timeout=LIMIT
        )
        return done.stdout
