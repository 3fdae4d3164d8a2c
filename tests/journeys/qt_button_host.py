"""An application with the Qt button; the test is its sign-in on stdin, its person at the screen."""

import ctypes
import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))  # the kits, wherever this is started

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from pywry_auth.desktop.qt import button as qt_button
from pywry_auth.desktop.qt import style as qt_style
from tests.fakes.desktop import ADA
from tests.journeys.button_scenes import scene_of


DARK = {
    QPalette.ColorRole.Window: "#1b1e26",
    QPalette.ColorRole.WindowText: "#eef0f5",
    QPalette.ColorRole.Base: "#12141a",
    QPalette.ColorRole.Text: "#eef0f5",
    QPalette.ColorRole.Button: "#252a35",
    QPalette.ColorRole.ButtonText: "#eef0f5",
    QPalette.ColorRole.Highlight: "#93a8ff",
}
LIGHT = {
    QPalette.ColorRole.Window: "#f4f5f8",
    QPalette.ColorRole.WindowText: "#1b1f29",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.Text: "#1b1f29",
    QPalette.ColorRole.Button: "#ffffff",
    QPalette.ColorRole.ButtonText: "#1b1f29",
    QPalette.ColorRole.Highlight: "#3d5bd9",
}
CONTRAST = {
    QPalette.ColorRole.Window: "#000000",
    QPalette.ColorRole.WindowText: "#ffffff",
    QPalette.ColorRole.Base: "#000000",
    QPalette.ColorRole.Text: "#ffffff",
    QPalette.ColorRole.Button: "#000000",
    QPalette.ColorRole.ButtonText: "#ffff00",
    QPalette.ColorRole.Highlight: "#00ffff",
}
PALETTES = {"dark": DARK, "light": LIGHT, "contrast": CONTRAST}


# PySide6 6.12 drops one reference to None, True or False with every call that gives it. From
# Python 3.12 on these cannot die; before, an application that calls Qt often enough ends with them.
if sys.version_info < (3, 12):
    for each in (None, True, False):
        ctypes.c_ssize_t.from_address(id(each)).value += 1 << 40


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Calls(QObject):
    """Runs things in Qt's thread for the thread that obeys the test."""

    wanted = Signal(object)


class Host(QWidget):
    """One window, one button, one sign-in nobody performs."""

    def __init__(self, options):
        super().__init__()
        self.scene = scene_of(options)
        self.control = self.scene.control
        self.setWindowTitle(options.get("title", "Host"))
        left, top, width, height = options.get("place", [20, 40, 420, 260])
        self.setGeometry(left, top, width, height)
        self.drawn = 0
        self.accounts = 0
        self.slowest = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        self.before = QLineEdit()
        column.addWidget(self.before)
        begun = time.thread_time()
        self.button = qt_button.QtSignInButton(
            self.control,
            self,
            manage=lambda: say(did="manage"),
            avatar=self.scene.avatar,
            provider=options.get("provider", ""),
        )
        self.made = time.thread_time() - begun
        side = Qt.AlignmentFlag.AlignLeft
        column.addWidget(self.button, 0, Qt.AlignmentFlag(0) if options.get("fill") else side)
        column.addStretch(1)
        self.button.faceChanged.connect(self.on_face)
        self.button.accountChanged.connect(self.on_account)
        told = self.button._told
        self.timed_told = lambda shown: self.timed(lambda: told(shown))
        self.button._link._told = lambda: self.timed_told
        self.calls = Calls()
        self.calls.wanted.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)
        self.before.setFocus()

    def timed(self, call):
        begun = time.thread_time()
        call()
        self.slowest = max(self.slowest, time.thread_time() - begun)

    def on_face(self, _face):
        self.drawn += 1

    def on_account(self, _account):
        self.accounts += 1

    def run(self):
        self.show()
        self.calls.wanted.emit(lambda: say(ready=True))
        threading.Thread(target=self.obey, daemon=True).start()

    # what the sign-in does; on a thread that is not Qt's

    def obey(self):
        for line in sys.stdin:
            order = json.loads(line)
            self.orders[order.pop("do")](self, **order)
        self.calls.wanted.emit(QApplication.quit)

    def show_moment(self, name):
        self.scene.show(name)
        say(shown=name)

    def flood(self, seconds, count, threads=1):
        """Tell of *count* changes in *seconds*, evenly."""

        def pour(share):
            begun = time.monotonic()
            for n in range(share):
                self.scene.signed_in(replace(ADA, name=f"Ada {n}"))
                time.sleep(max(0.0, begun + (n + 1) * seconds / share - time.monotonic()))

        pourers = [threading.Thread(target=pour, args=(count // threads,)) for _ in range(threads)]
        for pourer in pourers:
            pourer.start()
        for pourer in pourers:
            pourer.join()
        self.scene.signed_in(replace(ADA, name="Ada Last"))
        say(poured=count)

    def ask(self):
        self.calls.wanted.emit(self.tell)

    def tell(self):
        gone = self.button is None
        focus = QApplication.focusWidget()
        main = None if gone else self.button._main
        seen = QAccessible.queryAccessibleInterface(main) if main else None
        say(
            asked=self.control.asked,
            label="" if gone else self.button.face.label,
            on_main=focus is not None and focus is main,
            drawn=self.drawn,
            accounts=self.accounts,
            slowest=self.slowest,
            made=self.made,
            watched=self.control.watched,
            state="" if gone else self.button.face.state,
            name=seen.text(QAccessible.Text.Name) if seen else "",
            description=seen.text(QAccessible.Text.Description) if seen else "",
            role=seen.role().name if seen else "",
        )

    def destroy_button(self):
        """Take the button away while its sign-in goes on."""

        def away():
            self.button.deleteLater()
            self.button = None

        self.calls.wanted.emit(away)
        say(destroyed=True)

    def disable(self, enabled):
        self.calls.wanted.emit(lambda: self.button.setEnabled(enabled))
        say(enabled=enabled)

    def colors(self, name):
        self.calls.wanted.emit(lambda: paint(name))
        say(colors=name)

    orders = {  # noqa: RUF012  # never changed
        "show": show_moment,
        "flood": flood,
        "ask": ask,
        "destroy": destroy_button,
        "disable": disable,
        "colors": colors,
    }


def paint(name):
    palette = QPalette()
    for role, color in PALETTES[name].items():
        palette.setColor(role, QColor(color))
    if name == "contrast":
        qt_button.wants_contrast = qt_style.wants_contrast = lambda: True
    QApplication.setPalette(palette)


def main():
    options = json.loads(sys.argv[1])
    QApplication.setStyle("Fusion")
    application = QApplication([])
    if options.get("listens"):
        QAccessible.setActive(True)
        qt_button.announce = lambda _widget, text, is_urgent: say(said=text, urgent=is_urgent)
    paint(options.get("colors", "light"))
    host = Host(options)
    host.run()
    code = application.exec()
    say(ended=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
