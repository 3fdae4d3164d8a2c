"""The bar in other languages, in small windows, for those who cannot see it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screen import Screen, missing_tools


pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).parents[2]

# The bar of one toolkit in a language that does not exist, at a width, with what it tells a reader.
COMMON = """
import json, sys
from pywry_auth.ui.texts import Texts
from pywry_auth.window.engine.address import address_of
from pywry_auth.window.engine.phrases import Phrases
from pywry_auth.window.engine.roles import BarWords, Sign

class Upper(Texts):
    def __call__(self, text, **values):
        found = text.upper().replace("{HOST}", "{host}")
        return found.format(**values) if values else found

direction, width, host = sys.argv[1], int(sys.argv[2]), sys.argv[3]
phrases = Phrases(Upper("xx", direction))
words = BarWords(
    address=address_of(f"https://{host}/a"), sign=Sign.ENCRYPTED, loading=True,
    can_go_back=True, notice="",
)
pressed = []
whole = f"https://{host}"
parts = dict(
    back=lambda: pressed.append("back"),
    browser=lambda: pressed.append("browser"),
    cancel=lambda: pressed.append("cancel"),
)
"""

QT = """
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pywry_auth.window.engine.qt_bar import Bar, OriginLabel

app = QApplication([])
if direction == "rtl":
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
bar = Bar(phrases, **parts)
window = QWidget()
QVBoxLayout(window).addWidget(bar)
window.layout().setContentsMargins(0, 0, 0, 0)
window.layout().addStretch(1)
bar.show_words(words)
window.resize(width, 200)
window.show()
QTest.qWaitForWindowExposed(window)
QTest.qWait(100)
name = lambda widget: QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
buttons = bar.findChildren(QAbstractButton)
for button in buttons:
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(button, Qt.Key.Key_Space)
[origin] = bar.findChildren(OriginLabel)
left = {name(button): button.mapTo(bar, button.rect().topLeft()) for button in buttons}
print(json.dumps({
    "names": sorted(left), "bar": name(bar), "origin": name(origin), "shown": origin.text(),
    "pressed": sorted(pressed), "back_is_left": left["BACK"].x() < left["CANCEL"].x(),
    "rows": 1 + (left["CANCEL"].y() > left["BACK"].y() + 15),
}))
"""

GTK = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk
from pywry_auth.window.engine.gtk_bar import Bar, install_style

if direction == "rtl":
    Gtk.Widget.set_default_direction(Gtk.TextDirection.RTL)
install_style()
bar = Bar(phrases, **parts)
window = Gtk.Window()
window.set_default_size(width, 200)
window.add(bar)
window.show_all()
bar.show_words(words)

def below(widget):
    found = [widget]
    if isinstance(widget, Gtk.Container):
        for child in widget.get_children():
            found += below(child)
    return found

def report():
    buttons = [one for one in below(bar) if isinstance(one, Gtk.Button)]
    name = lambda widget: widget.get_accessible().get_name()
    for button in buttons:
        assert button.get_can_focus()
        button.grab_focus()
        button.activate()
    labels = [one for one in below(bar) if isinstance(one, Gtk.Label)]
    [origin] = [one for one in labels if whole in (one.get_text() or "")]
    place = {name(button): button.translate_coordinates(bar, 0, 0) for button in buttons}
    layout = origin.get_layout()
    GLib.timeout_add(400, lambda: (print(json.dumps({
        "names": sorted(place), "bar": name(bar), "origin": name(origin),
        "shown": "cut" if layout.is_ellipsized() else origin.get_text(),
        "pressed": sorted(pressed), "back_is_left": place["BACK"][0] < place["CANCEL"][0],
        "rows": 1 + (place["CANCEL"][1] > place["BACK"][1] + 15),
    })), Gtk.main_quit()))

GLib.timeout_add(600, report)
Gtk.main()
"""

TOOLKITS = {"qt": QT, "gtk": GTK}


@pytest.fixture(params=["qt", "gtk"])
def bar(request: pytest.FixtureRequest, screen: Screen):
    def build(direction: str, width: int, host: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-c", COMMON + TOOLKITS[request.param], direction, str(width), host],
            env={**screen.env, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return build


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_bar_speaks_the_language_and_runs_its_way(bar, direction):
    told = bar(direction, 700, "accounts.example.com")
    assert told["names"] == ["BACK", "CANCEL", "OPEN IN MY BROWSER"]
    assert told["pressed"] == ["back", "browser", "cancel"]
    assert told["bar"] == "SIGN-IN PAGE"
    assert told["origin"] == "https://accounts.example.com. THE CONNECTION IS ENCRYPTED"
    assert told["back_is_left"] is (direction == "ltr")
    assert (told["rows"], told["shown"]) == (1, "https://accounts.example.com")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_in_a_small_window_the_buttons_make_way_for_the_address(bar, direction):
    told = bar(direction, 360, "accounts.example.com")
    assert (told["rows"], told["shown"]) == (2, "https://accounts.example.com")


def test_of_a_long_address_the_end_is_kept(bar):
    host = f"{'a' * 60}.{'b' * 60}.example.com"
    told = bar("ltr", 360, host)
    assert told["rows"] == 2
    assert told["shown"] != f"https://{host}"
    assert str(told["shown"]).endswith("example.com") or told["shown"] == "cut"
