"""The sign-in button as a Tk widget."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tkinter.font import Font

from pywry_auth.account_index import Account
from pywry_auth.desktop.button import press
from pywry_auth.desktop.button_values import ButtonFace, MenuItem, Verb
from pywry_auth.desktop.face_feed import FaceFeed
from pywry_auth.desktop.marks import PLAIN, Brand, mark_of
from pywry_auth.desktop.tk.bell import bell_for
from pywry_auth.desktop.tk.drawing import Content, Look
from pywry_auth.desktop.tk.menu import menu_of
from pywry_auth.desktop.tk.paint import is_dark
from pywry_auth.desktop.tk.push import Push
from pywry_auth.desktop.tk.script import is_rtl
from pywry_auth.desktop.tk.style import SMALL, Appearance, Ground, ground_of, look_of
from pywry_auth.desktop.tk.tip import Tip
from pywry_auth.desktop.values import AuthState, SignInControl


AvatarOf = Callable[[Account], Path | None]


class TkSignInButton(tk.Frame):
    """
    A button that shows who is signed in, and signs in or out.

    It is an ordinary widget: ``pack``, ``grid`` or ``place`` it, ``destroy`` it. The sign-in may go
    on in whichever thread; only Tk's own draws. After a change ``<<SignInChanged>>`` is generated
    on it, and ``<<AccountChanged>>`` when it is another account.

    Keyboard: Tab reaches it, Space or Enter press it, Down or the menu key open its menu, Escape
    ends a sign-in under way.

    Tk before 9.1 tells screen readers nothing about any widget, on no platform, so neither does
    this one; ``face.live`` is the sentence one should say after ``<<SignInChanged>>``. Where that
    matters, use the button for Qt or the one for pages.

    Args:
        parent: where it lies.
        auth: who signs in, a ``DesktopAuth``.
        appearance: ``"light"`` or ``"dark"``; as the ground it lies on when left out.
        provider: name of the only provider it is for; all when left out.
        manage: shows the application's own place to manage accounts in; adds that to the menu.
        avatar: gives the file with the picture of an account, at once, as ``auth.picture`` does;
            initials where it gives None, or what Tk cannot read (all but PNG, GIF). Nothing is
            fetched here.
    """

    def __init__(
        self,
        parent: tk.Misc,
        auth: SignInControl,
        *,
        appearance: Appearance | None = None,
        provider: str = "",
        manage: Callable[[], None] | None = None,
        avatar: AvatarOf | None = None,
    ) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0)
        self._parent = parent
        self._auth = auth
        self._appearance: Appearance | None = appearance
        self._manage, self._avatar = manage, avatar
        self._is_enabled = True
        self._menu: tk.Menu | None = None
        self._ground: Ground = ground_of(parent, appearance)
        self._looks: dict[tuple[Brand, str], Look] = {}
        self._main = Push(self, self._pressed, self._open_menu)
        self._main.pack(fill="x")
        self._words = tk.Label(self, borderwidth=0, highlightthickness=0)
        self._row = tk.Frame(self, borderwidth=0, highlightthickness=0)
        self._beside: list[Push] = []
        Tip(self._main, self._tip, lambda: self._ground)
        self._bell = bell_for(self, self._rung)
        self._feed = FaceFeed(
            auth, self._bell.ring, provider=provider, can_manage=manage is not None
        )
        self._face = self._feed.start()
        self._is_ending = False
        self._listen()
        self._restyle()

    @property
    def face(self) -> ButtonFace:
        """What is shown now."""
        return self._face

    def state(self, states: Sequence[str] = ()) -> tuple[str, ...]:
        """Set ``"disabled"`` or ``"!disabled"``, as a ttk widget does; gives what is set."""
        for word in states:
            self._is_enabled = word != "disabled" if word in {"disabled", "!disabled"} else True
        self._draw()
        return () if self._is_enabled else ("disabled",)

    def invoke(self) -> None:
        """Press it."""
        self._main.press()

    # what happens

    def _listen(self) -> None:
        self.bind("<Destroy>", self._on_destroy, add=True)
        self.bind("<<ThemeChanged>>", lambda _: self._restyle(), add=True)
        self.bind("<Configure>", lambda _: self._fit(), add=True)
        self._main.bind("<KeyPress-Escape>", self._on_escape, add=True)

    def _on_destroy(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self and not self._is_ending:
            self._is_ending = True
            self._feed.close()
            self._bell.close()

    def _rung(self) -> None:
        if self._is_ending:
            return
        before, self._face = self._face, self._feed.take()
        if self._face == before:
            return
        self._draw()
        if self._face.account != before.account:
            self.event_generate("<<AccountChanged>>")
        # A handler may have taken the widget away.
        if not self._is_ending:
            self.event_generate("<<SignInChanged>>")

    def _on_escape(self, _event: object) -> str | None:
        cancel = self._face.offered(Verb.CANCEL, "")
        if cancel is None:
            return None
        self._act(cancel)
        return "break"

    def _pressed(self) -> None:
        if self._face.press is not None:
            self._act(self._face.press)
        elif self._face.menu:
            self._open_menu()

    def _open_menu(self) -> None:
        if not self._face.menu:
            return
        if self._menu is not None:
            self._menu.destroy()
        look = self._look(PLAIN)
        self._menu = menu = menu_of(self, self._face.menu, look, self._act)
        menu.update_idletasks()  # it has no width before
        left, right, bottom = self._main.area
        x = right - menu.winfo_reqwidth() if look.direction == "rtl" else left
        menu.tk_popup(x, bottom + 2)
        if self._main.is_by_key:
            menu.activate(0)

    def _act(self, item: MenuItem) -> None:
        # What a menu offered a while ago may be gone by now.
        if self._face.offered(item.verb, item.key) is not None:
            press(item, self._auth, manage=self._manage or _nothing)

    # how it looks

    def _restyle(self) -> None:
        if self._is_ending:
            return
        self._ground = ground_of(self._parent, self._appearance)
        self._looks.clear()
        for widget in (self, self._row, self._words):
            widget.configure(background=self._ground.color)
        self._draw()

    def _look(self, brand: Brand) -> Look:
        direction = self._auth.texts.direction
        key = (brand, direction)
        if key not in self._looks:
            self._looks[key] = look_of(self._ground, direction, self, brand)
        return self._looks[key]

    def _draw(self) -> None:
        shown = self._face
        self._show_on(self._main, shown.press, self._main_content(shown))
        self._draw_words(shown)
        self._draw_beside(shown)

    def _main_content(self, shown: ButtonFace) -> Content:
        picture = self._avatar(shown.account) if self._avatar and shown.account else None
        return Content(
            text=shown.label,
            avatar=picture if shown.initials else None,
            initials=shown.initials,
            is_busy=shown.state is AuthState.OPENING,
            has_menu=bool(shown.menu),
            is_enabled=self._is_enabled,
            is_flat=not shown.can_press,
        )

    def _show_on(self, button: Push, item: MenuItem | None, content: Content) -> None:
        """Show *content*, with the mark of the provider where that is what is pressed."""
        mark = mark_of(item, self._auth.providers)
        look = self._look(mark.brand if mark else SMALL if content.is_centered else PLAIN)
        if mark is not None:
            dark = is_dark(look.colors.ground)
            picture = mark.bitmap(look.mark, dark=dark)
            content = replace(content, mark=picture, drawing=mark.drawing if not picture else None)
        button.show(content, look)

    def _draw_words(self, shown: ButtonFace) -> None:
        look, ground = self._look(PLAIN), self._ground
        is_rtl = look.direction == "rtl"
        self._words.configure(
            font=(ground.family, -look.pixels(13)),
            foreground=ground.bad if shown.state is AuthState.ERROR else ground.soft,
            justify="right" if is_rtl else "left",
            anchor="e" if is_rtl else "w",
        )
        if shown.description:
            self._words.pack(fill="x", after=self._main, pady=(look.pixels(4), 0))
            self._words.pack_configure(padx=look.margin)
        else:
            self._words.pack_forget()
        self._fit()

    def _fit(self) -> None:
        """Break the lines anew for the width there is."""
        look = self._look(PLAIN)
        width = max(self.winfo_width(), look.width) - 2 * look.margin
        text = self._face.description
        if look.is_naive and is_rtl(text):  # it has to be broken before it is turned round
            lines = lines_of(text, self._words, width)
            self._words.configure(text="\n".join(map(look.drawn, lines)), wraplength=0)
        else:
            self._words.configure(text=look.drawn(text), wraplength=width)

    def _draw_beside(self, shown: ButtonFace) -> None:
        while len(self._beside) > len(shown.beside):
            gone = self._beside.pop()
            if self.focus_get() is gone:  # or the keyboard would be nowhere
                self._main.focus_set()
            gone.destroy()
        while len(self._beside) < len(shown.beside):
            self._beside.append(self._push_beside(len(self._beside)))
        for button, item in zip(self._beside, shown.beside, strict=True):
            content = Content(
                text=item.label,
                is_enabled=self._is_enabled,
                is_centered=item.verb is not Verb.SIGN_IN,
            )
            self._show_on(button, item, content)
            self._place_beside(button, item)
        if shown.beside:
            self._row.pack(fill="x", after=self._words if shown.description else self._main)
        else:
            self._row.pack_forget()

    def _place_beside(self, button: Push, item: MenuItem) -> None:
        if item.verb is Verb.SIGN_IN:
            button.pack(side="top", fill="x", pady=(self._look(PLAIN).pixels(4), 0))
        else:
            is_rtl = self._auth.texts.direction == "rtl"
            button.pack(side="right" if is_rtl else "left", pady=(self._look(PLAIN).pixels(2), 0))

    def _push_beside(self, at: int) -> Push:
        def pressed() -> None:
            if at < len(self._face.beside):
                self._act(self._face.beside[at])

        button = Push(self._row, pressed)
        button.bind("<KeyPress-Escape>", self._on_escape, add=True)
        return button

    def _tip(self) -> str:
        shown, look = self._face, self._look(PLAIN)
        if shown.account is not None and shown.account.display_name != shown.label:
            return look.drawn(shown.account.display_name)
        return look.drawn(shown.label) if self._main.is_shortened else ""


def lines_of(text: str, label: tk.Label, width: int) -> list[str]:
    """Break *text* between words into lines of at most *width* pixels in the font of *label*."""
    font = Font(root=label, font=label.cget("font"))
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.measure(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _nothing() -> None:
    """Stand in for what an application has not given."""
