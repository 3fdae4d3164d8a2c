"""The application's window is in front again after a sign-in, whatever its toolkit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screen import Screen, missing_tools, until
from tests.window_site import Site


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).parents[2]

# A sign-in step by step, as the test says on standard input.
SIGN_IN = """
import subprocess, sys, threading
from pywry_auth.window.browser import BrowserWindow
from pywry_auth.window.focus import Focus
from pywry_auth.window.webview import WebviewWindow

class Quiet:
    def closed(self, reason=None): pass
    def pasted(self, text): return False
    def fresh_url(self): return None
    def told(self, notice): pass

url, kind = sys.argv[1:3]
BROWSER = '''
import tkinter
root = tkinter.Tk()
root.title("Somebody's Browser")
root.geometry("400x300+300+200")
root.mainloop()
'''
browsers = []

def browse(_url):
    browsers.append(subprocess.Popen([sys.executable, "-c", BROWSER]))
    return True

def sign_in():
    focus = Focus()
    window = BrowserWindow(browse) if kind == "browser" else WebviewWindow(gui=kind)
    for line in sys.stdin:
        if line == "raise\\n":
            window.raise_()
        elif line == "begin\\n":
            focus.remember()
            window.show(url, Quiet())
        elif line == "succeed\\n":
            window.close()
            focus.bring_back()
        print("done " + line, end="", flush=True)
    for browser in browsers:
        browser.terminate()
        browser.wait()
    if kind != "browser":
        window._showing.process.wait(15)

worker = threading.Thread(target=sign_in)
"""

TK = """
import tkinter
root = tkinter.Tk()
root.title("The Application")
root.geometry("300x200+20+40")

def tick():
    root.after(20, tick) if worker.is_alive() else root.destroy()

worker.start()
tick()
root.mainloop()
"""

QT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("host")
label.setWindowTitle("The Application")
label.resize(300, 200)
label.show()
timer = QTimer()
timer.timeout.connect(lambda: None if worker.is_alive() else app.quit())
timer.start(20)
worker.start()
app.exec()
"""

GTK = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk
window = Gtk.Window(title="The Application")
window.set_default_size(300, 200)
window.show_all()
GLib.timeout_add(20, lambda: worker.is_alive() or Gtk.main_quit())
worker.start()
Gtk.main()
"""

OTHER = """
import tkinter
root = tkinter.Tk()
root.title("Somebody's Browser")
root.geometry("400x300+300+200")
root.mainloop()
"""

HOSTS = {"tk": TK, "pyside6": QT, "gtk": GTK}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


class Application:
    """A program with a window, which does what the test says."""

    def __init__(self, screen: Screen, host: str, *arguments: str) -> None:
        env = {**screen.env, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SIGN_IN + HOSTS[host], *arguments],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def does(self, what: str) -> None:
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == f"done {what}\n"

    def end(self) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0


def in_front(screen: Screen) -> str:
    """Give the title of the window with the focus."""
    done = subprocess.run(
        ["xdotool", "getactivewindow", "getwindowname"],
        env=screen.env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("kind", ["browser", "qt", "gtk"])
@pytest.mark.parametrize("host", HOSTS)
def test_the_application_is_in_front_again(screen, site, host, kind):
    application = Application(screen, host, site.url("/page"), kind)
    try:
        screen.window("The Application")
        application.does("begin")
        other = "Somebody's Browser" if kind == "browser" else "Sign In"
        until(lambda: in_front(screen) == other, "the sign-in page is in front")
        application.does("succeed")
        until(lambda: in_front(screen) == "The Application", "the application is in front")
        if kind == "browser":
            assert any(window.title == other for window in screen.windows())
    finally:
        application.end()


@pytest.mark.parametrize("gui", ["qt", "gtk"])
def test_a_sign_in_window_behind_others_comes_forward(screen, site, gui):
    application = Application(screen, "tk", site.url("/page"), gui)
    try:
        host = screen.window("The Application")
        application.does("begin")
        until(lambda: in_front(screen) == "Sign In", "the sign-in page is in front")
        until(lambda: "/page" in site.visits, "the page is fetched")
        screen.window(host.title)
        until(lambda: in_front(screen) == "The Application", "the application is in front")
        application.does("raise")
        until(lambda: in_front(screen) == "Sign In", "the sign-in page is in front again")
        application.does("succeed")
    finally:
        application.end()


def test_an_application_in_the_background_stays_there(screen, site):
    application = Application(screen, "tk", site.url("/page"), "browser")
    other = Application(screen, "pyside6", site.url("/page"), "browser")
    try:
        until(lambda: len(screen.windows()) == 2, "both are there")
        number = next(
            window.number
            for window in screen.windows()
            if str(other.process.pid) in owner_of(screen, window.number)
        )
        subprocess.run(["xdotool", "windowactivate", "--sync", number], env=screen.env, check=True)
        application.does("begin")
        until(lambda: in_front(screen) == "Somebody's Browser", "the browser is in front")
        application.does("succeed")
        screen.press("shift")  # a round trip through the window manager
        assert in_front(screen) == "Somebody's Browser"
    finally:
        application.end()
        other.end()


def owner_of(screen: Screen, number: str) -> str:
    done = subprocess.run(
        ["xprop", "-id", number, "_NET_WM_PID"],
        env=screen.env,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


# The toolkit itself brings its window back, as on desktops that cannot be asked; then it ends.
OWN_TK = """
import sys, threading, tkinter
sys.path.insert(0, sys.argv[1])
from pywry_auth.window.hosts import TkHost
root = tkinter.Tk()
root.title("The Application")
host = TkHost(root)

def obey():
    for line in sys.stdin:
        host.come_forward()
    stop.set()

stop = threading.Event()
threading.Thread(target=obey, daemon=True).start()

def tick():
    root.destroy() if stop.is_set() else root.after(20, tick)

tick()
root.mainloop()
"""

OWN_QT = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QLabel
from pywry_auth.window.hosts import QtHost

class Queue(QObject):
    put = Signal(object)

app = QApplication([])
label = QLabel("host")
label.setWindowTitle("The Application")
label.resize(300, 200)
label.show()
queue = Queue()
queue.put.connect(lambda work: work(), Qt.ConnectionType.QueuedConnection)
host = QtHost(label, queue.put.emit)

def obey():
    for line in sys.stdin:
        host.come_forward()
    queue.put.emit(app.quit)

threading.Thread(target=obey, daemon=True).start()
app.exec()
"""

OWN_PYWEBVIEW = """
import sys, threading
sys.path.insert(0, sys.argv[1])
import webview
from pywry_auth.window.hosts import PywebviewHost
window = webview.create_window("The Application", html="host", width=300, height=240)
host = PywebviewHost(window)

def obey():
    for line in sys.stdin:
        host.come_forward()
    window.destroy()

threading.Thread(target=obey, daemon=True).start()
webview.start(gui="gtk")
"""


@pytest.mark.parametrize("state", ["behind", "minimised"])
@pytest.mark.parametrize(
    "script", [OWN_TK, OWN_QT, OWN_PYWEBVIEW], ids=["tk", "pyside6", "pywebview"]
)
def test_a_toolkit_brings_its_own_window_back(screen, script, state):
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(ROOT)],
        env=screen.env,
        stdin=subprocess.PIPE,
        text=True,
    )
    other = subprocess.Popen([sys.executable, "-c", OTHER], env=screen.env)
    try:
        mine = screen.window("The Application")
        if state == "minimised":
            minimise = ["xdotool", "windowminimize", "--sync", mine.number]
            subprocess.run(minimise, env=screen.env, check=True)
        screen.window("Somebody's Browser")
        until(lambda: in_front(screen) == "Somebody's Browser", "the other one is in front")
        process.stdin.write("forward\n")
        process.stdin.flush()
        until(lambda: in_front(screen) == "The Application", "the application is in front")
    finally:
        process.kill()  # how a toolkit takes its window away is not what this is about
        process.stdin.close()
        process.wait(20)
        other.terminate()
        other.wait(20)
