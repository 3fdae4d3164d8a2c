"""The bar above the page, with its trouble panel, drawn by GTK."""

from collections.abc import Callable

import gi


gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")

from gi.repository import Gdk, GLib, Gtk, Pango  # noqa: E402  # the versions must be named first

from pywry_auth.window.engine.phrases import Phrases, for_gtk, unmarked  # noqa: E402
from pywry_auth.window.engine.roles import BarWords, Sign  # noqa: E402
from pywry_auth.window.engine.trouble import Trouble  # noqa: E402


PULSE = 80  # milliseconds between two steps of the bar that says "loading"
SPACE = 6  # pixels between two things
ICONS = {
    Sign.ENCRYPTED: "channel-secure-symbolic",
    Sign.THIS_COMPUTER: "computer-symbolic",
    Sign.WARNING: "dialog-warning-symbolic",
    Sign.WAITING: "content-loading-symbolic",
}
BRIGHT = 1.5  # of three: the text of a dark theme
STYLE = b"""
.sign-in-notice { background-color: #fff4d6; color: #4a3600; padding: 6px 10px; }
.sign-in-notice.dark { background-color: #4a3a10; color: #ffe9b0; }
.sign-in-progress, .sign-in-progress trough, .sign-in-progress progress {
  min-height: 3px; border: none; border-radius: 0; margin: 0; padding: 0; }
.sign-in-progress trough { background: none; }
.sign-in-headline { font-size: 150%; font-weight: bold; }
"""


class Bar(Gtk.Box):
    """Back, where the page comes from, the way to the browser, the way out."""

    def __init__(
        self,
        phrases: Phrases,
        *,
        back: Callable[[], None],
        browser: Callable[[], None] | None,
        cancel: Callable[[], None],
    ) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL)
        self._phrases = phrases
        self.get_accessible().set_name(phrases.bar)
        self._back = Gtk.Button.new_from_icon_name("go-previous-symbolic", Gtk.IconSize.BUTTON)
        self._back.connect("clicked", _call, back)
        self._lock = Gtk.Image()
        self._origin = Gtk.Label()
        self._notice = Gtk.Label()
        self._progress = Gtk.ProgressBar()
        self._origin.set_hexpand(expand=True)
        self._who = _line(self._back, self._lock, self._origin)
        buttons = [_button(phrases.cancel, cancel)]
        if browser is not None:
            buttons.insert(0, _button(phrases.browser, browser))
        self._deeds = _line(*buttons)
        self._deeds.set_halign(Gtk.Align.END)
        self._row = _line(self._who, self._deeds)
        self._row.set_border_width(SPACE)
        self._build()
        for child in (self._row, self._progress, self._notice):
            self.add(child)
        self.connect("size-allocate", self._allocated)
        self.connect("realize", self._realized)

    def _build(self) -> None:
        self._back.set_relief(Gtk.ReliefStyle.NONE)
        keys = "Alt+Right" if self._phrases.is_mirrored else "Alt+Left"
        self._back.set_tooltip_text(f"{self._phrases.back} ({keys})")
        self._back.get_accessible().set_name(self._phrases.back)
        # The end of a host tells who owns it, so a long one loses its beginning.
        self._origin.set_ellipsize(Pango.EllipsizeMode.START)
        self._origin.set_xalign(0.0)
        self._notice.set_line_wrap(wrap=True)
        self._notice.set_xalign(0.0)
        self._notice.get_style_context().add_class("sign-in-notice")
        self._notice.set_no_show_all(no_show_all=True)
        self._progress.get_style_context().add_class("sign-in-progress")
        self._progress.get_accessible().set_name(self._phrases.loading)

    def pulse(self) -> bool:
        """Move the bar that says "loading" by one step."""
        self._progress.pulse()
        return True

    def show_words(self, words: BarWords) -> None:
        """Draw everything anew."""
        text, meaning = self._phrases.origin_line(words), self._phrases.explain(words.sign)
        self._origin.set_text(text)
        self._origin.set_tooltip_text(f"{words.address.origin}\n{meaning}")
        self._origin.get_accessible().set_name(f"{text}. {meaning}")
        self._lock.set_from_icon_name(ICONS[words.sign], Gtk.IconSize.BUTTON)
        self._lock.set_tooltip_text(meaning)
        self._lock.get_accessible().set_name(meaning)
        self._back.set_sensitive(words.can_go_back)
        # Kept in place while idle, or the page would jump at the end of every load.
        self._progress.set_opacity(1.0 if words.loading else 0.0)
        self._notice.set_text(words.notice)
        self._notice.set_visible(bool(words.notice))
        self.set_visible(words.is_shown)

    def _realized(self, _bar: object) -> None:
        text = self.get_style_context().get_color(Gtk.StateFlags.NORMAL)
        if text.red + text.green + text.blue > BRIGHT:
            self._notice.get_style_context().add_class("dark")

    def _allocated(self, _bar: object, _allocation: object) -> None:
        GLib.idle_add(self._arrange)  # while sizes are given out, nothing may ask for another

    def _arrange(self) -> bool:
        # Where the page comes from is never cut off for the sake of a button.
        wanted = sum(part.get_preferred_width()[1] for part in (self._who, self._deeds))
        narrow = wanted + 3 * SPACE > self.get_allocated_width()
        self._row.set_orientation(
            Gtk.Orientation.VERTICAL if narrow else Gtk.Orientation.HORIZONTAL
        )
        return False  # once


class TroublePanel(Gtk.Box):
    """What stands in place of a page that did not come."""

    def __init__(
        self,
        phrases: Phrases,
        *,
        try_again: Callable[[], None],
        browser: Callable[[], None] | None,
    ) -> None:
        super().__init__(orientation=Gtk.Orientation.VERTICAL, spacing=14)
        self.set_border_width(32)
        self.set_valign(Gtk.Align.CENTER)
        self._headline = Gtk.Label()
        self._headline.get_style_context().add_class("sign-in-headline")
        self._sentence = Gtk.Label()
        self._small_print = Gtk.Label()
        self._small_print.get_style_context().add_class("dim-label")
        for label in (self._headline, self._sentence, self._small_print):
            label.set_line_wrap(wrap=True)
            label.set_xalign(0.0)
            self.add(label)
        self.again = _button(phrases.try_again, try_again)
        self.again.get_style_context().add_class("suggested-action")
        buttons = Gtk.Box(orientation=Gtk.Orientation.HORIZONTAL, spacing=8)
        buttons.add(self.again)
        if browser is not None:
            buttons.add(_button(unmarked(phrases.browser), browser))
        self.add(buttons)

    def say(self, trouble: Trouble) -> None:
        """Show *trouble*."""
        self._headline.set_text(trouble.headline)
        self._sentence.set_text(trouble.sentence)
        self._small_print.set_text(trouble.small_print)
        self._small_print.set_visible(bool(trouble.small_print))
        self.get_accessible().set_name(f"{trouble.headline}. {trouble.sentence}")


def install_style() -> None:
    """Let the bar's few colours apply on this screen."""
    screen = Gdk.Screen.get_default()
    if screen is None:
        return
    provider = Gtk.CssProvider()
    provider.load_from_data(STYLE)
    Gtk.StyleContext.add_provider_for_screen(
        screen, provider, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION
    )


def _button(text: str, pressed: Callable[[], None]) -> Gtk.Button:
    button = Gtk.Button.new_with_mnemonic(for_gtk(text))
    button.get_accessible().set_name(unmarked(text))
    button.connect("clicked", _call, pressed)
    return button


def _line(*children: Gtk.Widget) -> Gtk.Box:
    line = Gtk.Box(orientation=Gtk.Orientation.HORIZONTAL, spacing=SPACE)
    for child in children:
        line.add(child)
    return line


def _call(_button: object, work: Callable[[], None]) -> None:
    work()
