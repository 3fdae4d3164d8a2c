"""The demo on this machine's screen and keyring, or on private ones; a person can be played."""

import argparse
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from person import Person, paint_sky, private_screen, this_screen  # noqa: E402

from pywry_auth.demo.app import SERVICE, TITLE  # noqa: E402
from pywry_auth.demo.run import DemoMoment, DemoStory  # noqa: E402
from pywry_auth.demo.site import PASSWORD, USER  # noqa: E402
from pywry_auth.errors import AuthError  # noqa: E402
from tests.keyring_env import in_environment, private_keyring  # noqa: E402
from tests.screen import Screen  # noqa: E402


Event = Mapping[str, object]


LIMIT = 180  # seconds for an unattended story; it takes ten


def too_long(*_signal: object) -> None:
    raise TimeoutError(f"the story did not end within {LIMIT} seconds")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class PlayedPerson:
    """Signs in as a person does, led by what the provider says it has shown."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._events: queue.Queue[Event] = queue.Queue()

    def hear(self, event: Event) -> None:
        self._events.put(event)

    def play(self) -> None:
        finished = False
        try:
            self._allow(after=self._sign_in())
            finished = True
        except (AssertionError, TimeoutError, subprocess.SubprocessError) as exc:
            say(f"demo: the person gave up: {exc}")
        finally:
            if not finished:  # whatever the reason, nobody will finish the sign-in now
                os.kill(os.getpid(), signal.SIGTERM)

    def _sign_in(self) -> bytes:
        person = self._person
        self._wait("login", "GET", 60)
        window = person.screen.window(TITLE)
        person.settled(window)
        person.picture("login-page", "First start: the sign-in window opens")
        for _ in range(3):
            person.screen.type(USER)
            person.screen.press("Tab")
            person.screen.type(PASSWORD)
            shown = person.settled(window)
            person.picture("typed", "User name and password, typed by a person")
            person.screen.press("Return")
            if self._wait("login", "POST", 10)["status"] == 302:  # noqa: PLR2004
                return shown
            person.settled(window)
        raise AssertionError("the provider did not take the password")

    def _allow(self, *, after: bytes) -> None:
        person = self._person
        self._wait("authorize", "GET", 10)
        person.settled(person.screen.window(TITLE), after)
        person.picture("consent", "The provider asks whether the application may know this")
        person.screen.press("Return")
        self._wait("authorize", "POST", 10)

    def _wait(self, name: str, method: str, seconds: float) -> Event:
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"the provider saw no {method} of {name}") from None
            known = (event.get("event"), event.get("method")) == (name, method)
            # The first visit is sent on to the login page.
            if known and (method == "POST" or event.get("status") == 200):  # noqa: PLR2004
                return event


class Watcher:
    """Counts sign-in windows that can be seen while the second start runs."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.most = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self.most

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, self._person.count(TITLE))


class Show:
    """The story, with what the screen and the keyring say about it."""

    def __init__(self, person: Person, gui: str | None, played: PlayedPerson | None) -> None:
        self._person = person
        self._gui = gui
        self._played = played
        self._watcher = Watcher(person)
        self.facts: dict[str, object] = {}

    def run(self) -> dict[str, object]:
        on_event = self._played.hear if self._played else None
        story = DemoStory(window="webview", gui=self._gui, tell=self._tell, on_event=on_event)
        report = story.run()
        self.facts = {**report.as_data(), **self.facts}
        self.facts["ok"] = (
            report.is_success
            and self.facts["store_entries"] != 0
            and self.facts["relogin_windows"] == 0
            and self.facts["entries_left"] == 0
        )
        return self.facts

    def _tell(self, moment: DemoMoment) -> None:
        say(f"demo: {moment.sentence}")
        reaction = self._reactions().get(moment.name)
        if reaction is not None:
            reaction(moment)

    def _reactions(self) -> dict[str, Callable[[DemoMoment], None]]:
        return {
            "signing_in": self._signing_in,
            "signed_in": self._signed_in,
            "starting_again": lambda _moment: self._watcher.start(),
            "signed_in_again": self._signed_in_again,
            "signed_out": self._signed_out,
        }

    def _signing_in(self, _moment: DemoMoment) -> None:
        if self._played is not None:
            threading.Thread(target=self._played.play, daemon=True).start()

    def _signed_in(self, moment: DemoMoment) -> None:
        self.facts["store_entries"] = entries()
        self._person.picture("signed-in", moment.sentence)

    def _signed_in_again(self, moment: DemoMoment) -> None:
        self.facts["relogin_windows"] = self._watcher.stop()
        self._person.picture("second-start", f"Second start: {moment.sentence}")

    def _signed_out(self, _moment: DemoMoment) -> None:
        self.facts["entries_left"] = entries()


def entries() -> int:
    """Count what the Secret Service holds of the demo, asked directly."""
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as bus:
        return sum(1 for _ in secretstorage.search_items(bus, {"service": SERVICE}))


def has_keyring() -> bool:
    """Say whether a desktop's Secret Service runs here already."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    ask = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
    try:
        with open_dbus_connection() as connection:
            return bool(connection.send_and_get_reply(ask, timeout=5).body[0])
    except (OSError, ValueError, KeyError):
        return False


@contextlib.contextmanager
def surroundings() -> Iterator[Screen]:
    """Give the screen; together with a keyring, both private where the machine has none."""
    with contextlib.ExitStack() as stack:
        display = os.environ.get("DISPLAY", "")
        screen = this_screen(display) if display else stack.enter_context(private_screen())
        if not display:
            paint_sky(screen)
        env = {} if has_keyring() else stack.enter_context(private_keyring())
        say(f"demo: display {screen.display}, {'private' if env else 'real'} keyring")
        stack.enter_context(in_environment({**env, "DISPLAY": screen.display}))
        yield screen


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--unattended", action="store_true", help="let the script be the person")
    parser.add_argument("--gui", choices=["qt", "gtk"], help="the window's toolkit")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where pictures are saved")
    options = parser.parse_args()
    if not options.unattended and not os.environ.get("DISPLAY"):
        parser.error("there is no display to show a window on; try --unattended")
    album = options.out or (ROOT / "out" if options.unattended else None)
    if album is not None:
        album.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.unattended:  # nobody is there to end a story that does not end
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(LIMIT)
    try:
        with surroundings() as screen:
            person = Person(screen, album)
            played = PlayedPerson(person) if options.unattended else None
            facts = Show(person, options.gui, played).run()
    except AuthError as exc:
        say(f"error: {exc.message}" + (f"\nhint: {exc.hint}" if exc.hint else ""))
        return 1
    except KeyboardInterrupt:
        say("demo: interrupted")
        return 130
    print(json.dumps(facts), flush=True)
    return 0 if facts["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
