"""The menu of a sign-in button, for Tk."""

import tkinter as tk
from collections.abc import Callable, Sequence

from pywry_auth.desktop.button_values import MenuItem, Verb
from pywry_auth.desktop.tk.drawing import Look
from pywry_auth.desktop.tk.paint import mixed


_GROUPS = (frozenset({Verb.SWITCH}), frozenset({Verb.ADD, Verb.SIGN_IN, Verb.RETRY}))


def menu_of(
    parent: tk.Misc, items: Sequence[MenuItem], look: Look, chosen: Callable[[MenuItem], None]
) -> tk.Menu:
    """
    Make a menu of *items*, with a line between what is of different kinds.

    Args:
        parent: whose menu.
        items: what it offers, from the top.
        look: of the button it belongs to.
        chosen: called with what was chosen.
    """
    colors = look.colors
    menu = tk.Menu(
        parent,
        tearoff=False,
        background=colors.ground,
        foreground=colors.ink,
        activebackground=mixed(colors.ground, look.letters, 0.2),
        activeforeground=colors.ink,
        selectcolor=colors.ink,
        font=look.font,
        borderwidth=1,
        activeborderwidth=0,
        relief="solid",
    )
    current = tk.StringVar(menu, next((item.key for item in items if item.is_current), ""))
    before: MenuItem | None = None
    for item in items:
        if before is not None and _group(before) != _group(item):
            menu.add_separator()
        _add(menu, item, look, chosen, current)
        before = item
    return menu


def _add(
    menu: tk.Menu,
    item: MenuItem,
    look: Look,
    chosen: Callable[[MenuItem], None],
    current: tk.StringVar,
) -> None:
    label = look.drawn(" · ".join(part for part in (item.label, item.detail) if part))

    was = current.get()

    def choose() -> None:
        current.set(was)  # who is current is for the sign-in to say; this also keeps the variable
        chosen(item)

    if item.verb is Verb.SWITCH:
        menu.add_radiobutton(label=label, value=item.key, variable=current, command=choose)
    else:
        menu.add_command(label=label, command=choose)


def _group(item: MenuItem) -> int:
    found = (at for at, verbs in enumerate(_GROUPS) if item.verb in verbs)
    return next(found, len(_GROUPS))
