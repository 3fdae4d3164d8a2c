"""Starts an application with a sign-in button in its page, and visits it like a person."""

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from pywry_auth.desktop.bridge.scripts import element_source
from tests.screen import LIMIT, Screen, until
from tests.window_site import HTML, Site


HOST = Path(__file__).with_name("bridge_host.py")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Acme Notes</title>
<style>body{margin:24px;font:16px sans-serif;background:#f4f5f8}</style>
<h1>Notes</h1><pywry-sign-in id="b"></pywry-sign-in>
"""
STRICT = "default-src 'none'; connect-src 'self'; script-src 'self'; frame-src *; style-src 'none'"

# Runs in a frame of another origin, or at the top of one; says what it found.
ATTACK = """<!doctype html><title>evil</title><script>
const guesses = [];
const line = (nonce) => nonce + " 1 sign_in Z2l0aHVi";
const posted = (value) => {
  const update = {key: "pywry_auth", value};
  try {
    webkit.messageHandlers.jsBridge.postMessage(
      JSON.stringify({funcName: "pywebviewStateUpdate", params: update, id: "1"}));
    return "webkit";
  } catch (error) {}
  try { window.pywebview.state.pywry_auth = value; return "state"; } catch (error) {}
  return "none";
};
const attack = (count) => {
  let way = "";
  for (let i = 0; i < count; i += 1) way = posted(line("guess" + i));
  for (const nonce of ["", "undefined", "null", " "]) posted(line(nonce));
  return way;
};
addEventListener("load", () => setTimeout(() => {
  const way = attack(COUNT);
  let parent_reads = "";
  try { parent_reads = String(parent.document.title); } catch (error) { parent_reads = "refused"; }
  fetch("/report?" + new URLSearchParams({way, parent_reads, top: String(window === top)}));
}, 600));
</script>"""


# A page that never ends to load, so that the load of the page before it is the latest that ended.
# It speaks to the engine itself, because pywebview has put nothing into it yet.
SLOW = """<!doctype html><title>slow</title><script>
const told = (what) => fetch("/report?" + new URLSearchParams(what));
customElements.define("pywry-sign-in", class extends HTMLElement {
  static connect(send) { send("sign_in", "github"); told({trap: "connect"}); }
  static take(world) { told({trap: JSON.stringify(world)}); }
});
const update = {key: "pywry_auth", value: location.hash.slice(1) + " 77 sign_in Z2l0aHVi"};
if (window.webkit && window.webkit.messageHandlers) {
  webkit.messageHandlers.jsBridge.postMessage(
    JSON.stringify({funcName: "pywebviewStateUpdate", params: update, id: "1"}));
  told({spoke: "webkit"});
} else {
  const wire = qt.webChannelTransport;
  wire.onmessage = (message) => {
    const {id, data} = JSON.parse(message.data);
    if (id === 1) {
      const method = data.external.methods.find((each) => each[0] === "call")[1];
      const args = ["pywebviewStateUpdate", JSON.stringify(update), "1"];
      wire.send(JSON.stringify({type: 6, id: 2, object: "external", method, args}));
    } else if (id === 2) told({spoke: "qt"});
  };
  wire.send(JSON.stringify({type: 3, id: 1}));
}
</script><img src="/hang">"""


class BridgeSite(Site):
    """Pages of an application, and of somebody else where it is asked by another name."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Event()

    def __exit__(self, *failure: object) -> None:
        self.ended.set()
        super().__exit__(*failure)

    def answer(self, path, query):
        attack = ATTACK.replace("COUNT", "10000" if "flood" in query else "20")
        pages = {
            "/notes": PAGE,
            "/strict": PAGE,
            "/included": PAGE + '<script src="/element.js"></script>',
            "/element.js": element_source(),
            "/framed": PAGE + f'<iframe src="{self.foreign("/frame")}"></iframe>',
            "/frame": attack,
            "/evil": attack,
            "/slow": SLOW,
        }
        if path == "/hang":
            self.ended.wait(LIMIT)
        policy = {"Content-Security-Policy": STRICT} if path in {"/strict", "/included"} else {}
        kind = {"Content-Type": "text/javascript"} if path.endswith(".js") else HTML
        if path in pages:
            return 200, {**kind, **policy}, pages[path]
        return super().answer(path, query)

    def foreign(self, path):
        """The same server under a name that is another origin."""
        return f"http://localhost:{self.port}{path}"


class Application:
    """One running application; give it to ``with``."""

    def __init__(self, screen: Screen, gui: str, **options: object) -> None:
        env = {**screen.env, "PYTHONUNBUFFERED": "1", "QT_LOGGING_RULES": "*=false"}
        env["QTWEBENGINE_CHROMIUM_FLAGS"] = "--log-level=3"
        if os.geteuid() == 0:
            env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        command = [sys.executable, str(HOST), gui, json.dumps(options)]
        self._screen = screen
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answers: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self):
        try:
            for line in self._process.stdout:
                if line.startswith("{"):
                    self._answers.put(json.loads(line))
        except ValueError:
            return

    def ask(self, do: str, **more: object):
        """Let the application do something; give what came of it."""
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()
        answer = self._answers.get(timeout=30)
        assert "gave" in answer, answer
        return answer["gave"]

    def js(self, expression: str):
        """Evaluate *expression* in the top page."""
        return self.ask("js", script=expression)

    def shows(self, state: str) -> None:
        """Wait until the button in the page is in *state*."""
        until(lambda: self.js(STATE) == state, f"the button is {state}; it is {self.js(STATE)}")

    def asked(self) -> list[list]:
        return self.ask("asked")

    def window(self):
        return self._screen.window("Acme Notes")

    def close(self) -> dict:
        """Close the window like a person; give what the application said at its end."""
        self._screen.ask_to_close(self.window())
        answer = self._answers.get(timeout=LIMIT)
        assert self._process.wait(LIMIT) == 0
        return answer


STATE = (
    "(document.querySelector('pywry-sign-in') || document.body).getAttribute('data-state') || ''"
)
ROOT = "document.querySelector('pywry-sign-in').shadowRoot"
PRESS = f"{ROOT}.querySelector('.main').click(); 'ok'"
