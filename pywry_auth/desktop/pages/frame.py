"""The document around a page of ours, with the policy under which it is shown."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from pywry_auth.desktop.pages.markup import Markup, element, joined
from pywry_auth.desktop.pages.site import Served
from pywry_auth.ui.assets import PACKAGE, asset
from pywry_auth.ui.texts import Texts


TITLE = "title"  # id of the heading, which names the page


class Frame:
    """
    Styles with one script, read once, so that no later request touches the disk.

    Args:
        styles: names of assets, for example ``"pages/style.css"``.
        script: name of the asset with the one script.
        extra_style: a style made here, for example the application's colours.
        package: where the assets are looked for.
    """

    def __init__(
        self,
        styles: Sequence[str],
        script: str,
        *,
        extra_style: str = "",
        package: Path = PACKAGE,
    ) -> None:
        # Inline, so that a window has its first page with its first request.
        style = "\n".join([*(_read(name, package) for name in styles), extra_style])
        code = _read(script, package)
        self._head = Markup(f"<style>{style}</style>")
        self._script = Markup(f'<script type="module">{code}</script>')
        self._policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(code)}; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "img-src 'self'"
        )

    def document(
        self, title: str, body: Markup, *, texts: Texts, pictures: Sequence[str] = ()
    ) -> Served:
        """
        Give the whole document.

        Args:
            title: of the page.
            body: the ``body`` element.
            texts: tells language with direction.
            pictures: origins that pictures may come from besides ours, each https.
        """
        head = element(
            "head",
            {},
            element("meta", {"charset": "utf-8"}),
            _meta("viewport", "width=device-width, initial-scale=1"),
            _meta("color-scheme", "light dark"),
            _meta("robots", "noindex"),
            element("title", {}, title),
            self._head,
            self._script,
        )
        language = {"lang": texts.language, "dir": texts.direction}
        whole = joined(Markup("<!doctype html>\n"), element("html", language, head, body))
        policy = " ".join([self._policy, *pictures])
        return Served(whole.text.encode("utf-8"), policy=policy)


def framed(kind: str, main: Markup, *, app_name: str, texts: Texts) -> Markup:
    """
    Give the ``body`` around *main*, with what is said once the application is gone.

    Args:
        kind: its class.
        main: what there is to see.
        app_name: how people call the application.
        texts: the language.
    """
    gone = texts("{app} is not waiting any more. You may close this page.", app=app_name)
    attributes = {"class": kind, "data-gone": gone}
    return element("body", attributes, main, element("p", {"id": "gone", "role": "alert"}))


def _meta(name: str, content: str) -> Markup:
    return element("meta", {"name": name, "content": content})


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _read(name: str, package: Path) -> str:
    return asset(name, package=package).read_text(encoding="utf-8")
