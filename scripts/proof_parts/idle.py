"""A signed-in application does nothing while nothing happens: see --help."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pywry_auth.alarm import SLICE


ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the screen, the keyring, the counters of the tests
sys.path.append(str(ROOT / "scripts" / "bench_parts"))

SECONDS = 60.0
SETTLED = 10.0  # seconds after the sign-in; its last page is served for five
TICK = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/idle",
        description=(
            "Signs a person in, in an application with a window and a sign-in button, and counts "
            "what it does while nothing happens: processor time in ticks, and how often each of "
            "its threads woke up. Fails where it used a tick, or where a thread of the package woke"
            " up more often than to look at the clock: timers stand still while a machine sleeps, "
            f"so the next renewal is looked for every {SLICE:g} s."
        ),
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--inside", choices=["with", "without"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        return application(args.seconds, signs_in=args.inside == "with")
    with desk() as env:
        found = {side: run(side, args.seconds, env) for side in ("with", "without")}
    print(json.dumps(found, indent=2) if args.json else as_text(found, args.seconds))
    mine = [each for each in found["with"]["threads"] if each["name"].startswith("pywry-auth")]
    looks = args.seconds // SLICE + 1
    is_idle = found["with"]["ticks"] == 0 and all(each["woke"] <= looks for each in mine)
    return 0 if is_idle else 1


@contextmanager
def desk() -> Iterator[dict[str, str]]:
    """Give a screen, a keyring, a provider and a home."""
    from places import issuer, keyring, screen

    with (
        keyring() as secrets,
        screen() as display,
        issuer("3600") as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        own = {"BENCH_ISSUER": url, "XDG_DATA_HOME": folder}
        merged = {**os.environ, **secrets, **display, **own}
        yield {name: value for name, value in merged.items() if value}


def run(side: str, seconds: float, env: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-P", __file__, "--inside", side, "--seconds", str(seconds)],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    return json.loads(done.stdout.splitlines()[-1])


def as_text(found: dict, seconds: float) -> str:
    lines = []
    for side, what in (("with", "signed in"), ("without", "the same window alone")):
        one = found[side]
        share = 100 * one["ticks"] / TICK / seconds
        lines.append(
            f"{what}: {one['ticks']} ticks of 1/{TICK} s in {seconds:g} s, {share:.1f} % of a core"
        )
        lines += [
            f"  {each['name']}: {each['ticks']} ticks, woke {each['woke']} times, "
            f"was interrupted {each['interrupted']} times"
            for each in one["threads"]
        ]
    return "\n".join(lines)


# inside the application


def application(seconds: float, *, signs_in: bool) -> int:
    """Be the application: a window, a button, a person who has signed in."""
    import tkinter as tk

    root = tk.Tk()
    root.title("Idle")
    root.geometry("420x260+20+20")
    if not signs_in:
        tk.Button(root, text="Sign in").pack()
        watch(root, seconds)
        root.mainloop()
        return 0
    from pywry_auth import DesktopAuth, GenericOIDCProvider
    from pywry_auth.desktop import TkSignInButton
    from pywry_auth.testing import HeadlessAgent
    from pywry_auth.window.callables import CallableWindow

    agent = HeadlessAgent()
    auth = DesktopAuth(
        "Acme Idle",
        GenericOIDCProvider("rp-client", issuer_url=os.environ["BENCH_ISSUER"]),
        window=CallableWindow(agent.show_window, agent.close_window),
    )
    TkSignInButton(root, auth).pack()
    entered: list[object] = []
    auth.watch(lambda status: entered.append(status) if status.account else None)
    auth.begin_sign_in()

    def look() -> None:
        if entered:
            watch(root, seconds)
        else:
            root.after(100, look)

    look()
    root.mainloop()
    auth.close()
    return 0


def watch(root, seconds: float) -> None:
    """Count from soon on, and end the application."""
    before: list[dict] = []
    root.after(int(1000 * SETTLED), lambda: before.append(counted()))

    def end() -> None:
        after = counted()
        print(json.dumps(difference(before[0], after)), flush=True)
        root.destroy()

    root.after(int(1000 * (SETTLED + seconds)), end)


def counted() -> dict:
    """Give the counters of each thread, as Linux keeps them."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    found = {}
    for task in Path("/proc/self/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        status = dict(
            line.split(":", 1) for line in (task / "status").read_text().splitlines() if ":" in line
        )
        number = int(task.name)
        found[number] = {
            "name": names.get(number, status["Name"].strip()),
            "ticks": int(fields[11]) + int(fields[12]),
            "woke": int(status["voluntary_ctxt_switches"]),
            "interrupted": int(status["nonvoluntary_ctxt_switches"]),
        }
    return found


def difference(before: dict, after: dict) -> dict:
    none = {"ticks": 0, "woke": 0, "interrupted": 0}
    threads = [
        {
            "name": now["name"],
            **{key: now[key] - before.get(number, none)[key] for key in none},
        }
        for number, now in after.items()
    ]
    return {"ticks": sum(each["ticks"] for each in threads), "threads": threads}


if __name__ == "__main__":
    sys.exit(main())
