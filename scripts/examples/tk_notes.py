"""
A Tk application that greets whoever signed in: tk_notes.py [--dark]

What belongs to the sign-in is ``main`` and the two lines with ``TkSignInButton``.
"""

import sys
import tkinter as tk
from tkinter import ttk

from pywry_auth import (
    ConnectedApps,
    DesktopAuth,
    OAuth2Settings,
    create_provider_from_settings,
    freeze_support,
)
from pywry_auth.desktop import TkSignInButton


# Tk does not know which one a person prefers: ground, card, text, softer text.
LIGHT = ("#f4f5f8", "#ffffff", "#1b1f29", "#5b6372")
DARK = ("#12141a", "#1b1e26", "#eef0f5", "#a3abba")


class Notes(ttk.Frame):
    """The window's content."""

    def __init__(self, root: tk.Tk, auth: DesktopAuth, colors: tuple[str, str, str, str]) -> None:
        super().__init__(root, padding=28)
        self._auth = auth
        self._dress(root, *colors)
        self._title = ttk.Label(self, style="Title.TLabel")
        self._title.pack(anchor="w")
        self._words = ttk.Label(self, style="Words.TLabel")
        self._words.pack(anchor="w", pady=(4, 20))
        button = TkSignInButton(self, auth, manage=ConnectedApps(auth).begin, avatar=auth.picture)
        button.pack(anchor="w")
        button.bind("<<AccountChanged>>", lambda _event: self._greet())
        self._page = tk.Text(
            self,
            wrap="word",
            padx=14,
            pady=12,
            borderwidth=0,
            highlightthickness=0,
            font="TkDefaultFont",
            background=colors[1],
            foreground=colors[2],
            insertbackground=colors[2],
        )
        self._page.pack(fill="both", expand=True, pady=(24, 0))
        self._greet()

    def _greet(self) -> None:
        account = self._auth.account
        if account is None:
            self._title["text"] = "Acme Notes"
            self._words["text"] = "Sign in to write."
        else:
            print(f"signed in as {account.display_name}", flush=True)
            self._title["text"] = f"Good day, {account.name or account.display_name}"
            self._words["text"] = "What is on your mind?"
        self._page["state"] = "normal" if account else "disabled"

    def _dress(self, root: tk.Tk, ground: str, _card: str, text: str, soft: str) -> None:
        root["background"] = ground
        style = ttk.Style(root)
        style.theme_use("clam")
        style.configure("TFrame", background=ground)
        style.configure("Title.TLabel", background=ground, foreground=text, font=("", 20, "bold"))
        style.configure("Words.TLabel", background=ground, foreground=soft, font=("", 11))


def main() -> None:
    """Show the window until it is closed."""
    freeze_support()
    provider = create_provider_from_settings(OAuth2Settings.load())
    with DesktopAuth("Acme Notes", {"Acme": provider}) as auth:
        root = tk.Tk()
        root.title("Acme Notes")
        root.geometry("560x480")
        notes = Notes(root, auth, DARK if "--dark" in sys.argv else LIGHT)
        notes.pack(fill="both", expand=True)
        auth.begin_silent()
        root.mainloop()


if __name__ == "__main__":
    main()
