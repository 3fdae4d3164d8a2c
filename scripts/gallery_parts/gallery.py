"""Pictures of every window in every state, taken from the running product, on one page."""

import argparse
import subprocess
import sys
import time
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "scripts")]

from album import Album  # noqa: E402
from catalogue import PARTS  # noqa: E402
from page import write_page  # noqa: E402
from readme import write_sheets  # noqa: E402


LIMIT = 400  # seconds for one part on a loaded machine
TRIES = 2  # a real window may come too late once


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "gallery", metavar="DIR")
    parser.add_argument("--only", metavar="NAME", default="", help="parts whose name begins so")
    parser.add_argument("--again", action="store_true", help="also what was taken before")
    parser.add_argument(
        "--readme", action="store_true", help="then also the pictures in assets/screenshots"
    )
    parser.add_argument("--list", action="store_true", help="name the parts")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.list:
        print(*PARTS, sep="\n")
        return 0
    if options.part:
        return _take(options.part, options.out)
    wanted = [name for name in PARTS if name.startswith(options.only)]
    if not wanted:
        parser.error(f"no part begins with {options.only}; --list names them")
    options.out.mkdir(parents=True, exist_ok=True)
    failed = _all(wanted, options.out, again=options.again)
    page = write_page(options.out, [name for name in PARTS if Album.is_there(options.out, name)])
    print(page)
    if options.readme:
        wrong = write_sheets(options.out, ROOT / "assets" / "screenshots")
        failed |= {f"assets/screenshots {each.partition(':')[0]}": each for each in wrong}
    for name, why in failed.items():
        print(f"screenshots: {name} failed:\n{why}", file=sys.stderr)
    return 1 if failed else 0


def _take(part: str, out: Path) -> int:
    album = Album(out, part)
    PARTS[part](album)
    album.close()
    return 0


def _all(wanted: list[str], out: Path, *, again: bool) -> dict[str, str]:
    """Take each part in a process of its own; gives why some failed."""
    failed: dict[str, str] = {}
    for number, name in enumerate(wanted, 1):
        begun = time.monotonic()
        how = "there"
        if again or not Album.is_there(out, name):
            why = _tried(name, out)
            how = "failed" if why else f"{time.monotonic() - begun:.0f} s"
            if why:
                failed[name] = why
        print(f"screenshots: {number}/{len(wanted)} {name}: {how}", file=sys.stderr, flush=True)
    return failed


def _tried(name: str, out: Path) -> str:
    why = ""
    for _ in range(TRIES):
        command = [sys.executable, __file__, "--part", name, "--out", str(out)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            why = f"not done within {LIMIT} s"
            continue
        if done.returncode == 0:
            return ""
        why = done.stderr[-2000:]
    return why


if __name__ == "__main__":
    sys.exit(main())
