"""Puts the sign-in element into a page of Chromium, with an application that only remembers."""

import json
from pathlib import Path

from pywry_auth.account_index import Account
from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.desktop.bridge.public_face import public_marks, public_world
from pywry_auth.desktop.bridge.scripts import boot_script, push_script
from pywry_auth.desktop.button import face, facts_of
from pywry_auth.desktop.values import AuthState, AuthStatus, ProviderChoice
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import WindowKind
from tests.fakes.desktop import ADA, BOB, GITHUB, GOOGLE, MICROSOFT, NO_NETWORK, REFUSED, FakeSignIn


ORIGIN = "http://127.0.0.1:9"  # never reached: what is shown there is put in its place
STRICT = "default-src 'none'; script-src 'none'; style-src 'none'; img-src 'none'"
STYLE = (
    "body{margin:24px;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}"
    ":root{color-scheme:light dark}"
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Notes</title>
<style>%s</style><main><h1>Notes</h1><pywry-sign-in %s></pywry-sign-in></main>"""
_FOCUSED = """(() => {
  let e = document.activeElement;
  while (e && e.shadowRoot) e = e.shadowRoot.activeElement;
  if (!e) return "";
  return (e.querySelector(".words, .label") || e).firstChild.textContent.trim();
})()"""
LONG = Account(
    "github",
    "3",
    "a.very.long.address.of.somebody@a-department.of-a-large-company.example.test",
    name="Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Hubert Blaine",
)
ALL = (GITHUB, GOOGLE, MICROSOFT)

_SHARED = "window.said = []; window.pywebview = {state: new Proxy({}, {set: (_, key, value) => {"
_SHARED += " window.said.push(value); return true; }})}; 'ok'"


def _fake(
    status: AuthStatus, providers: tuple[ProviderChoice, ...], *accounts: Account, texts: Texts
) -> FakeSignIn:
    fake = FakeSignIn(providers, accounts, texts=texts)
    fake.show(status)
    return fake


def scenes(texts: Texts = ENGLISH) -> dict[str, FakeSignIn]:
    """One application for each picture of the button."""
    s = AuthState

    def scene(
        status: AuthStatus, providers: tuple[ProviderChoice, ...], *accounts: Account
    ) -> FakeSignIn:
        return _fake(status, providers, *accounts, texts=texts)

    return {
        "signed_out": scene(AuthStatus(), (GITHUB,)),
        "signed_out_google": scene(AuthStatus(), (GOOGLE,)),
        "signed_out_several": scene(AuthStatus(), ALL),
        "signed_out_remembered": scene(AuthStatus(), ALL, ADA, BOB),
        "signed_out_ended": scene(AuthStatus(account=ADA, needs_sign_in=True), ALL, ADA),
        "opening": scene(AuthStatus(s.OPENING, None, "github"), (GITHUB,)),
        "waiting": scene(AuthStatus(s.WAITING, None, "github", WindowKind.WEBVIEW), (GITHUB,)),
        "waiting_browser": scene(
            AuthStatus(
                s.WAITING,
                None,
                "google",
                WindowKind.BROWSER,
                notice="Google allows no windows of applications, so your browser opened.",
            ),
            (GOOGLE,),
        ),
        "signed_in": scene(AuthStatus(s.SIGNED_IN, ADA, "google"), (GOOGLE, GITHUB), ADA, BOB),
        "signed_in_long": scene(
            AuthStatus(s.SIGNED_IN, LONG, "github"), (GOOGLE, GITHUB), LONG, ADA
        ),
        "offline": scene(AuthStatus(s.OFFLINE, ADA, "google", trouble=NO_NETWORK), (GOOGLE,), ADA),
        "error": scene(AuthStatus(s.ERROR, None, "google", trouble=REFUSED), (GOOGLE, GITHUB)),
    }


class Element:
    """The element in one tab, told what to show as the bridge would tell it."""

    def __init__(
        self,
        page,
        fake: FakeSignIn,
        *,
        attributes: str = "",
        policy: str = "",
        pictures: dict[str, Path] | None = None,
    ) -> None:
        self.page = page
        self.fake = fake
        self._pictures = pictures or {}
        self._own = Origins.of([ORIGIN])
        html = _PAGE % (STYLE, attributes)
        headers = {"Content-Security-Policy": policy} if policy else {}
        page.route(
            "**/*",
            lambda route: (
                route.fulfill(body=html, content_type="text/html", headers=headers)
                if route.request.is_navigation_request()
                else route.abort()
            ),
        )
        page.goto(ORIGIN)
        self._session = page.context.new_cdp_session(page)
        self.run(_SHARED)

    def boot(self) -> None:
        self.run(
            boot_script(self._own, nonce="word", marks=public_marks(tuple(self.fake.providers)))
        )
        self.push()

    def push(self) -> None:
        """Tell the page the status of now."""
        names = ["", *(choice.name for choice in self.fake.providers)]
        faces = {
            name: face(self.fake.status, facts_of(self.fake, provider=name, can_manage=True))
            for name in names
        }
        world = public_world(self.fake.status, faces, facts_of(self.fake), self._pictures)
        self.run(push_script(self._own, world))

    def run(self, script: str):
        """Run *script* whatever the policy of the page is, as pywebview does."""
        told = self._session.send("Runtime.evaluate", {"expression": script, "returnByValue": True})
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def said(self) -> list[str]:
        """What was pressed: verb with the key as it was sent."""
        return [
            " ".join(line.split(" ")[2:])
            for line in json.loads(self.run("JSON.stringify(window.said)"))
        ]

    def focused(self) -> str:
        """The words of what has the focus."""
        return self.run(_FOCUSED)

    def shadow(self, expression: str):
        """Evaluate *expression*, in which ``root`` is the shadow root."""
        return self.run(
            f"((root) => {expression})(document.querySelector('pywry-sign-in').shadowRoot)"
        )
