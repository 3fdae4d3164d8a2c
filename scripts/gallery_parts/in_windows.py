"""Real windows on a private screen: the sign-in window, the buttons of the toolkits, examples."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from album import Album, Shot
from person import Person, paint_sky

from pywry_auth.demo.embedded import EmbeddedProvider
from pywry_auth.errors import AuthFlowCancelled
from pywry_auth.flow import DeviceFlow
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.testing import Conduct, ProgrammableProvider, Put, Reply
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.webview import WebviewWindow
from tests.journeys.button_scenes import STATES, HostProcess
from tests.journeys.test_examples import EXAMPLES, Example
from tests.keyring_env import in_environment, private_keyring
from tests.screen import Screen, Window, until
from tests.window_site import Remembering, Site


SCHEMES = ("light", "dark")
TOOLKITS = {"qt": "Qt", "gtk": "GTK"}
DARK = {
    "GTK_THEME": "Adwaita:dark",
    "QT_QPA_PLATFORMTHEME": "gtk3",  # so that Qt asks GTK for its colours
    "QTWEBENGINE_CHROMIUM_FLAGS": "--blink-settings=preferredColorScheme=0",
}
GROUNDS = {"light": "#f4f5f8", "dark": "#1b1e26"}
LONG = 40.0  # seconds until a window shows itself on a loaded machine
PLACE, CODE = "https://id.example.com/device", "WDJB-MJHT"  # of RFC 8628 section 3.2
NOBODY_YET = Conduct(
    device={
        "user_code": Put(CODE),
        "verification_uri": Put(PLACE),
        "verification_uri_complete": Put(f"{PLACE}?user_code={CODE}"),
    },
    replies={"device_token": Reply(400, '{"error": "authorization_pending"}')},
)
EDGE, BAR = 14, 36  # pixels of the desk round a window, and above it with its title
# No such names are ever given to anybody (RFC 6761 section 6.4).
ELSEWHERE, IN_THE_CLEAR = "https://login.invalid/", "http://login.invalid/"
MOMENT = 0.6  # seconds after which what moves has arrived


def dressed(scheme: str) -> Mapping[str, str]:
    """Give what programs find in their environment on a dark desktop, or a light one."""
    return DARK if scheme == "dark" else {}


@contextlib.contextmanager
def desk(scheme: str, width: int = 720, height: int = 800) -> Iterator[Screen]:
    """Give a screen, which this process is on as well."""
    with Screen(width, height) as screen:
        paint_sky(screen)
        with in_environment({**screen.env, **dressed(scheme)}):
            yield screen


def framed(screen: Screen, windows: Sequence[Window], path: Path) -> None:
    """Take a picture of *windows* with their title bars, as the desktop shows them."""
    places = [screen.place(window) for window in windows]
    left = max(min(place[0] for place in places) - EDGE, 0)
    top = max(min(place[1] for place in places) - BAR, 0)
    right = max(place[0] + place[2] for place in places) + EDGE
    bottom = max(place[1] + place[3] for place in places) + EDGE
    screen.picture(path)
    crop = f"{right - left}x{bottom - top}+{left}+{top}"
    subprocess.run(["mogrify", "-crop", crop, "+repage", str(path)], check=True, timeout=60)


# the sign-in window


def sign_in(album: Album, gui: str, language: str = "en") -> None:
    """The native window with its bar, at a provider and where something is wrong."""
    window = f"Sign-in window, {TOOLKITS[gui]}"
    for scheme in SCHEMES:
        with desk(scheme) as screen, Demo() as op, Site() as site, silence() as nobody:
            places = {
                "the provider's page": op.authorize_url,
                "loading": f"http://127.0.0.1:{nobody}/",
                "another site than the provider's": site.url(f"/goes?to={ELSEWHERE}"),
                "a page without encryption": site.url(f"/goes?to={IN_THE_CLEAR}"),
                "the provider asks for a passkey": site.url("/passkey"),
                "nobody answers": f"http://127.0.0.1:{closed_port()}/",
            }
            for state in list(places) if language == "en" else ["the provider's page"]:
                shot = Shot(window, state, scheme, language)
                _one_window(screen, gui, places[state], album.add(shot), language)


def _one_window(screen: Screen, gui: str, url: str, path: Path, language: str) -> None:
    view = WebviewWindow(
        title="Acme Notes",
        gui=gui,
        language=language,
        fallback=BrowserWindow(lambda _url: True),
    )
    view.show(url, Remembering(url))
    try:
        window = screen.window("Acme Notes")
        if "/authorize/" in url:
            Person(screen, None).settled(window)
        time.sleep(3 * MOMENT)
        if "/goes?" in url:
            screen.click(window, 200, 110)  # the link that fills the page
        time.sleep(MOMENT)
        framed(screen, [window], path)
    finally:
        view.close()
        until(lambda: not screen.windows(), "the window goes")


class Demo(EmbeddedProvider):
    """The demo's provider, which tells of its pages as the one of the tests does."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, object]] = []
        super().__init__(on_event=self._told_us)

    def _told_us(self, event: Mapping[str, object]) -> None:
        asks = event.get("event") in {"login", "authorize"} and event.get("method") == "GET"
        self.events.append({"event": "interaction/", "status": event["status"]} if asks else event)

    @property
    def authorize_url(self) -> str:
        """Where it asks a person to sign in."""
        return (
            f"{self.issuer}/authorize/?client_id={self.client_id}&response_type=code&scope=openid"
            "&redirect_uri=http://127.0.0.1:9/callback&state=s&code_challenge_method=S256"
            "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        )


@contextlib.contextmanager
def silence() -> Iterator[int]:
    """Give the port of a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def device(album: Album) -> None:
    """The page with the code for another device, in the window."""
    for scheme in SCHEMES:
        with ProgrammableProvider() as op, desk(scheme) as screen:
            provider = GenericOIDCProvider("rp-client", issuer_url=op.add("desk", NOBODY_YET))
            flow = DeviceFlow(provider, app_name="Acme Notes", window="webview")
            waiting = threading.Thread(target=_wait, args=(flow,))
            waiting.start()
            try:
                window = screen.window("Sign")
                Person(screen, None).settled(window)
                time.sleep(3 * MOMENT)
                shot = Shot("Sign-in on another device", "code", scheme)
                framed(screen, [window], album.add(shot))
            finally:
                flow.cancel()
                waiting.join(LONG)


def _wait(flow: DeviceFlow) -> None:
    with contextlib.suppress(AuthFlowCancelled):
        flow.run()


def closed_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


# buttons


def button(album: Album, toolkit: str, language: str) -> None:
    """The button of one toolkit in each of its states."""
    for scheme in SCHEMES:
        with desk(scheme, 480, 340) as screen:
            _states(album, screen, toolkit, language, scheme)


def _states(album: Album, screen: Screen, toolkit: str, language: str, scheme: str) -> None:
    options = {
        "language": language,
        "providers": ["google", "github"],
        "accounts": 2,
        "translated": 1,
    }
    if toolkit == "Tk":
        host = ("tk_button_host.py", {"ground": GROUNDS[scheme]})
    else:
        host = ("qt_button_host.py", {"colors": scheme})
    title = f"{toolkit} {language}"
    with HostProcess(host[0], screen, title=title, **options, **host[1]) as process:
        window = screen.window(title)
        for state in STATES:
            process.show(state)
            process.ask()
            time.sleep(MOMENT / 3)
            _shoot(album, screen, window, Shot(f"{toolkit} button", state, scheme, language))
        process.show("signed_in")
        process.ask()
        screen.press("Tab", "Down")
        time.sleep(MOMENT)
        shot = Shot(f"{toolkit} button", "signed in, open", scheme, language)
        screen.picture(album.add(shot))
        screen.press("Escape")


def _shoot(album: Album, screen: Screen, window: Window, shot: Shot) -> None:
    shot = Shot(shot.window, shot.state.replace("_", " "), shot.scheme, shot.language)
    screen.picture(album.add(shot), window)


# examples


def example(album: Album, name: str) -> None:
    """An example application, before the sign-in, amid it and after."""
    for scheme in SCHEMES:
        with (
            desk(scheme, 1280, 900) as screen,
            private_keyring() as session,
            Demo() as op,
            TemporaryDirectory() as home,
        ):
            env = {
                **os.environ,
                **{key: value for key, value in session.items() if value},
                "HOME": home,
                "XDG_DATA_HOME": home,
                "PYWRY_AUTH_PROVIDER": "oidc",
                "PYWRY_AUTH_ISSUER_URL": op.issuer,
                "PYWRY_AUTH_CLIENT_ID": op.client_id,
            }
            flags = ["--dark"] if name == "tk" and scheme == "dark" else []
            command = [sys.executable, str(EXAMPLES / f"{name}_notes.py"), *flags]
            app = Example(screen, op, env, command)
            try:
                _use(album, app, name, scheme)
            finally:
                app.put_away()


def _use(album: Album, app: Example, name: str, scheme: str) -> None:
    def shoot(state: str) -> None:
        time.sleep(MOMENT)
        path = album.add(Shot(f"Example for {name}", state, scheme))
        framed(app.screen, app.windows, path)

    first = app.new_window()
    shoot("first start")
    if name == "qt":
        for _ in range(2):
            app.screen.press("Return")
            time.sleep(3 * MOMENT)
        app.signs_in(first)
        time.sleep(4 * MOMENT)
        shoot("the wizard asks who it is")
        app.presses("Return", until=lambda: first not in app.windows)
    else:
        app.screen.press("Tab", "Return")
        second = app.new_window()
        app.rests(second)
        shoot("signing in")
        app.signs_in(second)
    app.says("alice@")
    until(lambda: len(app.windows) == 1, "one window is left")
    app.rests(app.windows[0])
    shoot("signed in")


PARTS = {
    **{f"window-{gui}": partial(sign_in, gui=gui) for gui in TOOLKITS},
    **{f"window-{gui}-ar": partial(sign_in, gui=gui, language="ar") for gui in TOOLKITS},
    "window-device": device,
    **{
        f"button-{toolkit.lower()}-{lang}": partial(button, toolkit=toolkit, language=lang)
        for toolkit in ("Tk", "Qt")
        for lang in ("en", "de", "ar")
    },
    **{f"example-{name}": partial(example, name=name) for name in ("tk", "qt", "pywebview")},
}
