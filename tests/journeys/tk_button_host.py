"""An application with the Tk button; the test is its sign-in on stdin, its person at the screen."""

import json
import sys
import threading
import time
import tkinter as tk
from dataclasses import replace
from pathlib import Path
from tkinter import ttk


sys.path.insert(0, str(Path(__file__).parents[2]))  # the kits, wherever this is started

from pywry_auth.desktop.tk import bell as tk_bell
from pywry_auth.desktop.tk import button as tk_button
from pywry_auth.desktop.values import AuthState
from tests.fakes.desktop import ADA
from tests.journeys.button_scenes import scene_of


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Host:
    """One window, one button, one sign-in nobody performs."""

    def __init__(self, options):
        self.scene = scene_of(options)
        self.control = self.scene.control
        self.root = tk.Tk()
        self.root.title(options.get("title", "Host"))
        if "scaling" in options:  # what a dense screen says of itself
            self.root.tk.call("tk", "scaling", options["scaling"] * 96 / 72)
        self.root.geometry(options.get("geometry", "420x260+20+20"))
        self.root.configure(background=options.get("ground", "#f4f5f8"))
        if options.get("bell") == "socket":
            tk_button.bell_for = tk_bell.SocketBell
        self.leaves = options.get("leaves", False)
        self.frame = self.a_frame(options)
        self.frame.pack(fill="both", expand=True, padx=20, pady=20)
        self.before = tk.Entry(self.frame)
        self.before.pack(fill="x", pady=8)
        self.slowest = 0.0
        self.button = self.timed(
            lambda: tk_button.TkSignInButton(
                self.frame,
                self.control,
                manage=lambda: say(did="manage"),
                avatar=self.scene.avatar,
                provider=options.get("provider", ""),
            )
        )
        self.made = self.slowest
        self.slowest = 0.0
        self.button.pack(anchor="w", fill=options.get("fill", "none"))
        self.drawn = 0
        self.accounts = 0
        self.button.bind("<<SignInChanged>>", self.on_changed)
        self.button.bind("<<AccountChanged>>", self.on_account)
        rung = self.button._rung
        self.button._bell._heard = lambda: self.timed(rung)
        self.before.focus_force()

    def a_frame(self, options):
        if "themed" in options:
            ttk.Style(self.root).configure("Own.TFrame", background=options["themed"])
            return ttk.Frame(self.root, style="Own.TFrame")
        return tk.Frame(self.root, background=options.get("ground", "#f4f5f8"))

    def timed(self, call):
        begun = time.thread_time()
        try:
            return call()
        finally:
            self.slowest = max(self.slowest, time.thread_time() - begun)

    def on_changed(self, _event):
        self.drawn += 1

    def on_account(self, _event):
        self.accounts += 1
        if self.leaves:
            self.button.destroy()

    def run(self):
        self.root.after(0, lambda: say(ready=True))
        threading.Thread(target=self.obey, daemon=True).start()
        self.root.mainloop()
        say(ended=True, alive=threading.active_count())

    # what the sign-in does; on a thread that is not Tk's

    def obey(self):
        for line in sys.stdin:
            order = json.loads(line)
            self.orders[order.pop("do")](self, **order)
        self.root.after(0, self.root.destroy)

    def show(self, name):
        self.scene.show(name)
        say(shown=name)

    def flood(self, seconds, count, threads=1):
        """Tell of *count* changes in *seconds*, evenly."""

        def pour(share):
            begun = time.monotonic()
            for n in range(share):
                account = replace(ADA, name=f"Ada {n}")
                self.scene.signed_in(account)
                time.sleep(max(0.0, begun + (n + 1) * seconds / share - time.monotonic()))

        pourers = [threading.Thread(target=pour, args=(count // threads,)) for _ in range(threads)]
        for pourer in pourers:
            pourer.start()
        for pourer in pourers:
            pourer.join()
        self.scene.signed_in(replace(ADA, name="Ada Last"))
        say(poured=count)

    def ask(self):
        """Say what is seen, on Tk's thread."""
        self.root.after(50, self.tell)

    def tell(self):
        focus = self.root.focus_get()
        say(
            asked=self.control.asked,
            label=self.button.face.label,
            focus=str(focus) if focus else "",
            main=str(self.button._main),
            drawn=self.drawn,
            accounts=self.accounts,
            slowest=self.slowest,
            made=self.made,
            watched=self.control.watched,
            state=self.button.face.state,
        )

    def destroy(self):
        """Take the button away while its sign-in goes on."""
        self.root.after(0, self.button.destroy)
        say(destroyed=True)

    def disable(self, states):
        self.root.after(0, lambda: say(states=self.button.state(states)))

    def ground(self, color):
        """The application changes its colours."""

        def change():
            self.frame.configure(background=color)
            self.root.configure(background=color)
            self.button.event_generate("<<ThemeChanged>>")
            say(ground=color)

        self.root.after(0, change)

    orders = {  # noqa: RUF012  # never changed
        "show": show,
        "flood": flood,
        "ask": ask,
        "destroy": destroy,
        "disable": disable,
        "ground": ground,
    }


if __name__ == "__main__":
    host = Host(json.loads(sys.argv[1]))
    assert host.control.status.state in set(AuthState)
    host.run()
