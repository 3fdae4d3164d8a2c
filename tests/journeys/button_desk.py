"""An application with a button and the real ``DesktopAuth`` behind it."""

import ctypes
import json
import sys
import threading
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))  # the kits, wherever this is started

import platformdirs

from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.testing.agent import HeadlessAgent
from pywry_auth.testing.conduct import usually
from pywry_auth.testing.edits import Put
from pywry_auth.testing.identity_provider import IdentityProvider
from pywry_auth.testing.provider import ProgrammableProvider
from pywry_auth.token_store.memory import MemoryTokenStore
from pywry_auth.window.callables import CallableWindow


TITLE = "Notes"


def say(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def tell(button):
    """Say what the button shows after each change."""
    face = button.face
    say(state=face.state, label=face.label)


def with_tk(auth):
    import tkinter as tk

    from pywry_auth.desktop.tk.button import TkSignInButton

    root = tk.Tk()
    root.title(TITLE)
    button = TkSignInButton(root, auth)
    button.pack(padx=20, pady=20)
    button.bind("<<SignInChanged>>", lambda _: tell(button))
    button._main.bind("<FocusIn>", lambda _: say(focused=True), add=True)
    button._main.focus_force()
    root.after(0, lambda: say(ready=True))
    threading.Thread(
        target=lambda: (sys.stdin.read(), root.after(0, root.destroy)), daemon=True
    ).start()
    root.mainloop()


def with_qt(auth):
    if sys.version_info < (3, 12):  # see qt_button_host
        for each in (None, True, False):
            ctypes.c_ssize_t.from_address(id(each)).value += 1 << 40
    from PySide6.QtCore import QObject, Signal
    from PySide6.QtWidgets import QApplication

    from pywry_auth.desktop.qt.button import QtSignInButton

    class End(QObject):
        came = Signal()

    application = QApplication([])
    application.focusChanged.connect(lambda _, now: say(focused=now is not None))
    button = QtSignInButton(auth)
    button.setWindowTitle(TITLE)
    button.faceChanged.connect(lambda _: tell(button))
    button.show()
    button.setFocus()
    end = End()
    end.came.connect(application.quit)
    threading.Thread(target=lambda: (sys.stdin.read(), end.came.emit()), daemon=True).start()
    say(ready=True)
    application.exec()


def main():
    options = json.loads(sys.argv[1])
    platformdirs.user_data_path = lambda *_a, **_k: Path(options["folder"])
    agent = HeadlessAgent()
    with ProgrammableProvider() as server:
        op = IdentityProvider(server, "desk")
        claims = {"sub": Put("1"), "name": Put("Ada Lovelace")}
        op.program(usually(id_token=claims, userinfo=claims))
        provider = GenericOIDCProvider(op.client_id, op.client_secret, op.issuer_url)
        window = CallableWindow(agent.show_window, agent.close_window)
        auth = DesktopAuth("Notes", {"work": provider}, store=MemoryTokenStore(), window=window)
        {"tk": with_tk, "qt": with_qt}[options["kind"]](auth)
        auth.close()
        say(ended=True)


if __name__ == "__main__":
    main()
