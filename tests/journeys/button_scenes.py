"""What the buttons of the toolkits are shown with: providers, people, languages."""

import contextlib
import json
import queue
import struct
import subprocess
import sys
import threading
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from pywry_auth.desktop.values import AuthState, AuthStatus
from pywry_auth.ui.texts import Texts, texts_for
from pywry_auth.window.base import WindowKind
from tests.fakes.desktop import ACME, ADA, BOB, GITHUB, GOOGLE, MICROSOFT, FakeSignIn
from tests.screen import LIMIT


PROVIDERS = {"google": GOOGLE, "github": GITHUB, "microsoft": MICROSOFT, "acme": ACME}

# Enough for a look at each script; the product's own translations are tested elsewhere.
WORDS = {
    "de": {
        "Sign in with {provider}": "Mit {provider} anmelden",
        "Sign in": "Anmelden",
        "Signing in…": "Anmeldung läuft …",
        "Cancel": "Abbrechen",
        "Open again": "Erneut öffnen",
        "Continue in the sign-in window": "Weiter im Anmeldefenster",
        "Continue in your browser": "Weiter in Ihrem Browser",
        "Waiting for you to sign in with {provider}.": "Wartet auf Ihre Anmeldung bei {provider}.",
        "Try again": "Erneut versuchen",
        "Sign out": "Abmelden",
        "Add another account": "Weiteres Konto hinzufügen",
        "Manage accounts": "Konten verwalten",
    },
    "ja": {
        "Sign in with {provider}": "{provider}でログイン",
        "Sign in": "ログイン",
        "Signing in…": "ログインしています…",
        "Cancel": "キャンセル",
        "Open again": "もう一度開く",
        "Continue in the sign-in window": "ログイン画面で続行",
        "Waiting for you to sign in with {provider}.": "{provider}でのログインを待っています。",
        "Try again": "再試行",
        "Sign out": "ログアウト",
    },
    "ar": {
        "Sign in with {provider}": "تسجيل الدخول باستخدام {provider}",
        "Sign in": "تسجيل الدخول",
        "Signing in…": "جارٍ تسجيل الدخول…",
        "Cancel": "إلغاء",
        "Open again": "فتح مرة أخرى",
        "Continue in the sign-in window": "تابع في نافذة تسجيل الدخول",
        "Waiting for you to sign in with {provider}.": "في انتظار تسجيل دخولك باستخدام {provider}.",
        "Try again": "حاول مرة أخرى",
        "Sign out": "تسجيل الخروج",
        "Add another account": "إضافة حساب آخر",
        "Manage accounts": "إدارة الحسابات",
    },
}


class SceneTexts(Texts):
    """The few words of a language that a scene needs."""

    def __call__(self, text: str, **values: object) -> str:
        return Texts.__call__(self, WORDS.get(self.language, {}).get(text, text), **values)


def texts_of(language: str) -> Texts:
    return SceneTexts(language, "rtl" if language == "ar" else "ltr")


@dataclass
class Scene:
    """One sign-in, and the names of its moments."""

    control: FakeSignIn
    picture: Path | None = None

    def avatar(self, _account):
        return self.picture

    def signed_in(self, account):
        self.control.show(AuthStatus(AuthState.SIGNED_IN, account, account.provider))

    def show(self, name):
        self.control.show(AuthStatus())
        MOMENTS[name](self.control)


def waiting(control, window=WindowKind.WEBVIEW):
    control.begin_sign_in()
    control.waiting(window)


def offline(control):
    control.signed_in()
    control.offline()


def failed(control):
    control.begin_sign_in()
    control.failed()


MOMENTS = {
    "signed_out": lambda _: None,
    "opening": lambda control: control.begin_sign_in(),
    "waiting": waiting,
    "browser": lambda control: waiting(control, WindowKind.BROWSER),
    "signed_in": lambda control: control.signed_in(),
    "offline": offline,
    "error": failed,
    "needs": lambda control: control.show(
        AuthStatus(AuthState.SIGNED_OUT, ADA, needs_sign_in=True)
    ),
}
STATES = tuple(MOMENTS)


def scene_of(options):
    providers = [PROVIDERS[name] for name in options.get("providers", ["google"])]
    if "mark" in options:
        providers[0] = replace(providers[0], mark=options["mark"])
    accounts = [ADA, BOB][: options.get("accounts", 0)]
    language = options.get("language", "en")
    texts = texts_for(language) if options.get("translated") else texts_of(language)
    picture = Path(options["picture"]) if "picture" in options else None
    return Scene(FakeSignIn(providers, accounts, texts=texts), picture)


def png(path: Path, width: int, height: int) -> Path:
    """Draw a picture with a bright middle, as an avatar has."""
    rows = b"".join(
        b"\0"
        + b"".join(
            bytes((230, 120, 40) if abs(x - width / 2) < width / 4 else (40, 90, 200))
            for x in range(width)
        )
        for _ in range(height)
    )

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


class HostProcess:
    """A host application in a process of its own, on a screen."""

    def __init__(self, script: str, screen, **options):
        path = Path(__file__).with_name(script)
        command = [sys.executable, str(path), json.dumps(options)]
        pipe = subprocess.PIPE
        env = screen.environment_over(dict(screen.env))
        self.process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)
        self.said: queue.Queue[str] = queue.Queue()
        self.passed_over: list[dict[str, object]] = []
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.hear("ready")

    def _listen(self):
        for line in self.process.stdout:
            self.said.put(line)
        self.said.put("")

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        with contextlib.suppress(BrokenPipeError):  # the host has ended by itself
            self.process.stdin.close()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.listener.join()
            self.process.stdout.close()

    def hear(self, key):
        """Wait for what the host says, or has said meanwhile, with *key* in it."""
        for said in self.passed_over:
            if key in said:
                self.passed_over.remove(said)
                return said
        while line := self.said.get(timeout=LIMIT):
            said = json.loads(line)
            if key in said:
                return said
            self.passed_over.append(said)
        raise AssertionError(f"the host ended without saying {key}")

    def do(self, order, answer, **facts):
        self.process.stdin.write(json.dumps({"do": order, **facts}) + "\n")
        self.process.stdin.flush()
        return self.hear(answer)

    def show(self, name):
        self.do("show", "shown", name=name)

    def ask(self):
        return self.do("ask", "asked")
