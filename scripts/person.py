"""A person at a screen: sees windows, types, presses keys, takes pictures; real X events only."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


SCREEN = "1280x900"
STEP = 0.1  # seconds between two looks


def run(*command: object, **options) -> bytes:
    done = subprocess.run([*map(str, command)], capture_output=True, check=False, **options)
    return done.stdout


@contextlib.contextmanager
def private_screen() -> Iterator[str]:
    """Give the name of a display of its own, with a window manager; both end afterwards."""
    reading, writing = os.pipe()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["-displayfd", str(writing), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(["Xvfb", *options], pass_fds=[writing], **quiet)
    manager = None
    try:
        os.close(writing)
        with os.fdopen(reading) as answer:
            display = ":" + answer.readline().strip()
        if display == ":":
            raise RuntimeError("Xvfb did not start")
        env = os.environ | {"DISPLAY": display}
        manager = subprocess.Popen(["openbox"], env=env, **quiet)
        sky = f"-size {SCREEN} gradient:#e3eaf6-#b3c3de"
        run("display", "-window", "root", *sky.split(), env=env, timeout=20)
        yield display
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()


class Person:
    """Somebody who looks at *display* and takes pictures into *album*."""

    def __init__(self, display: str, album: Path | None) -> None:
        self._env = os.environ | {"DISPLAY": display}
        self._album = album
        self._taken = 0

    def windows(self, title: str) -> list[str]:
        """Give the visible windows whose title is *title*."""
        return self._xdo("search", "--onlyvisible", "--name", f"^{title}").decode().split()

    def find(self, title: str, seconds: float = 30) -> str:
        """Wait for a window of that title, and bring it to the front."""
        deadline = time.monotonic() + seconds
        while not (found := self.windows(title)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no window {title!r} appeared within {seconds:g} s")
            time.sleep(STEP)
        self._xdo("windowactivate", "--sync", found[-1])
        return found[-1]

    def settled(self, window: str, seconds: float = 10) -> None:
        """Wait until *window* shows something, and no longer changes; a caret may blink."""
        deadline = time.monotonic() + seconds
        before = b""
        while time.monotonic() < deadline:
            now = self._pixels(window)
            if len(set(now[::997])) > 4 and before and _changed(before, now) < 0.002:  # noqa: PLR2004
                return
            before = now
            time.sleep(STEP * 2)
        raise TimeoutError("the window did not come to rest")

    def type(self, text: str) -> None:
        """Type *text* into whatever has the focus."""
        self._xdo("type", "--delay", 25, text)

    def press(self, *keys: str) -> None:
        """Press each of *keys*, one after the other."""
        self._xdo("key", "--delay", 60, *keys)

    def close(self, title: str) -> None:
        """Close the window of that title as its cross does."""
        run("wmctrl", "-c", title, env=self._env, timeout=10)

    def picture(self, name: str, caption: str) -> None:
        """Save what the screen shows, with *caption* below it."""
        if self._album is None:
            return
        self._taken += 1
        path = self._album / f"{self._taken}-{name}.png"
        raw = run("import", "-window", "root", "png:-", env=self._env, timeout=20)
        strip = "-background #10141d -fill #e9edf6 -font DejaVu-Sans -pointsize 22 -gravity center"
        text = run(
            "convert", *strip.split(), "-size", f"{SCREEN.split('x', maxsplit=1)[0]}x56",
            f"caption:{caption}", "png:-", timeout=20,
        )  # fmt: skip
        path.with_suffix(".raw").write_bytes(raw)
        path.write_bytes(run("convert", path.with_suffix(".raw"), "png:-", "-append", "png:-",
                             input=text, timeout=20))  # fmt: skip
        path.with_suffix(".raw").unlink()
        if not path.stat().st_size:
            raise RuntimeError(f"no picture could be taken for {path.name}")

    def _pixels(self, window: str) -> bytes:
        return run("import", "-window", window, "-depth", "8", "rgb:-", env=self._env, timeout=20)

    def _xdo(self, *arguments: object) -> bytes:
        return run("xdotool", *arguments, env=self._env, timeout=30)


def _changed(before: bytes, now: bytes) -> float:
    if len(before) != len(now):
        return 1.0
    difference = int.from_bytes(before, "big") ^ int.from_bytes(now, "big")
    return difference.bit_count() / (8 * len(now))


def lacks() -> str:
    """Name the first program that is not there, or give ""."""
    needed = ("Xvfb", "openbox", "xdotool", "wmctrl", "import", "convert", "display")
    return next((name for name in needed if shutil.which(name) is None), "")


if __name__ == "__main__":
    sys.exit(lacks())
