import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.callback_server import replies
from pywry_auth.ui.assets import PACKAGE
from pywry_auth.ui.bidi import FSI, PDI
from pywry_auth.ui.pages import MAX_VALUE, Page, Pages, escaped
from pywry_auth.ui.texts import ENGLISH, Texts, texts_for


NAMES = (*replies.NAMES, *replies.SIGN_OUT.values())
PAGES = Pages(NAMES)
STILL = tuple(name for name in NAMES if name != "finishing")  # the pages that only say something
VALUES = {"application": "Ledger", "reason": "The provider said no."}


class _Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        self.texts[self._inside] = self.texts.get(self._inside, "") + data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for found, attrs in self.tags if found == tag]


def _seen(name: str, **values: str) -> _Seen:
    return _Seen(PAGES.fill(name, VALUES | values).body.decode())


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_a_language_a_title_and_one_heading_that_takes_the_focus(name: str) -> None:
    page = _seen(name)

    assert page.named("html") == [{"lang": "en", "dir": "ltr"}]
    assert page.texts["title"].strip()
    assert len(page.named("h1")) == 1
    assert page.named("h1")[0] == {"tabindex": "-1", "autofocus": None}
    assert len(page.named("main")) == 1


@pytest.mark.parametrize("name", STILL)
def test_no_page_holds_a_script_a_link_or_an_address(name: str) -> None:
    page = _seen(name)

    assert not {"script", "link", "img", "iframe", "a", "form", "base"} & {t for t, _ in page.tags}
    wanted = {"src", "href", "style", "action"}
    assert not [a for _, a in page.tags if wanted & a.keys() or any(k[:2] == "on" for k in a)]
    assert "url(" not in page.texts["style"]
    assert "@import" not in page.texts["style"]


@pytest.mark.parametrize("name", STILL)
def test_the_policy_allows_the_one_stylesheet_and_nothing_else(name: str) -> None:
    page = PAGES.fill(name, VALUES)
    style = re.search(rb"<style>(.*?)</style>", page.body, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1]).digest()).decode()

    assert page.policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("success", "status"),
        ("received", "status"),
        ("finishing", "status"),
        ("waiting", "status"),
        ("signed-out", "status"),
        ("signed-out-here", "status"),
        ("signing-out", "status"),
        ("failure", "alert"),
        ("refused", "alert"),
        ("unusable", "alert"),
    ],
)
def test_what_a_page_says_is_announced(name: str, role: str) -> None:
    assert [attrs.get("role") for attrs in _seen(name).named("div")] == [role]


def test_only_the_unfinished_page_asks_again_by_itself() -> None:
    asking = [name for name in NAMES for meta in _seen(name).named("meta") if "http-equiv" in meta]
    scripted = [name for name in NAMES if _seen(name).named("script")]

    assert asking == scripted == ["finishing"]
    # A page that comes again is read out again: only where no script can do better.
    text = PAGES.fill("finishing", VALUES).body.decode()
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in text
    assert "script-src 'sha256-" in PAGES.fill("finishing", VALUES).policy


def test_a_script_in_a_value_stays_text() -> None:
    hostile = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{application}}"""

    page = _seen("failure", reason=hostile, application=hostile)

    assert not page.named("script")
    assert not page.named("img")
    assert page.texts["p"].count("<script>alert(1)</script>") == 1
    assert page.texts["bdi"].startswith("<script>")
    assert "{{application}}" in page.texts["p"]  # a value is never filled a second time


@given(st.text())
def test_no_value_can_leave_its_place(value: str) -> None:
    text = escaped(value)

    assert not set("<>\"'\n\r\x00\u202e\u2066") & set(text)
    assert text.count(FSI) == text.count(PDI)
    text.encode("utf-8")
    assert "&" not in re.sub(r"&(amp|lt|gt|quot|#x27);", "", text)


def test_a_long_value_is_cut_with_a_sign() -> None:
    assert escaped("x" * 5000) == "x" * (MAX_VALUE - 1) + "…"


def test_a_value_that_turns_the_text_round_is_straightened() -> None:
    assert escaped("pay\u202eelgoog\u2066 me\x00\nnow") == "pay elgoog me now"


def test_scripts_that_need_joiners_keep_them() -> None:
    word = "\u0645\u06cc\u200c\u0634\u0648\u062f"

    assert escaped(word) == word


def test_a_value_that_was_forgotten_is_an_error() -> None:
    with pytest.raises(KeyError, match="reason"):
        PAGES.fill("failure", {"application": "Ledger"})


def test_a_page_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Pages(["nowhere"])


def test_pages_read_once_need_no_disk(tmp_path: Path) -> None:
    pages = tmp_path / "pywry_auth" / "_assets" / "pages"
    pages.mkdir(parents=True)
    (pages / "style.css").write_text("p { color: red }")
    (pages / "a.html").write_text('<link rel="stylesheet" href="style.css"><p>{{who}}</p>')
    made = Pages(["a"], package=tmp_path / "pywry_auth")
    (pages / "a.html").unlink()
    (pages / "style.css").unlink()

    assert made.fill("a", {"who": "<b>"}).body == (
        b"<style>p { color: red }</style><p>&lt;b&gt;</p>"
    )


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Page]:
    """Give what makes a page of one source, in one language."""
    folder = tmp_path / "pywry_auth" / "_assets" / "pages"
    folder.mkdir(parents=True)
    (folder / "style.css").write_text("p { color: red }")
    (folder / "a.js").write_text("const places = [[1], [[2]]]; '{{who}}';")

    def make(source: str, texts: Texts = ENGLISH, **values: str) -> Page:
        (folder / "a.html").write_text(source, encoding="utf-8")
        return Pages(["a"], texts=texts, package=tmp_path / "pywry_auth").fill("a", values)

    return make


class _Shouted:
    """A language of one sentence."""

    def gettext(self, message: str, /) -> str:
        return f"{message.replace('Hello', 'HALLO')} <b>&" if "Hello" in message else message

    def ngettext(self, _one: str, many: str, _n: int, /) -> str:
        return many


SHOUTED = Texts("de", "ltr", _Shouted())
FROM_RIGHT = Texts("ar", "rtl", _Shouted())


def test_a_page_says_its_language_and_direction(page: Callable[..., Page]) -> None:
    assert page('<html lang="en">').body == b'<html lang="en" dir="ltr">'
    assert page('<html lang="en">', FROM_RIGHT).body == b'<html lang="ar" dir="rtl">'


def test_a_sentence_is_translated_and_keeps_its_values_apart(page: Callable[..., Page]) -> None:
    source = "<p>[[Hello\n {who}]]</p>"

    assert (
        page(source, who="<Ada>").body == b'<p>Hello <bdi class="value-who">&lt;Ada&gt;</bdi></p>'
    )
    assert page(source, SHOUTED, who="{who}").body == (
        b'<p>HALLO <bdi class="value-who">{who}</bdi> &lt;b&gt;&amp;</p>'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<title>", "</title>"),
        ('<p title="', '">'),
        ('<p a="1" title="', '">'),
        ("<option>", "</option>"),
        ('<textarea rows="2">', "</textarea>"),
    ],
)
def test_where_no_tag_may_stand_values_stand_in_isolates(
    page: Callable[..., Page], before: str, after: str
) -> None:
    source = f"<title>x</title>{before}[[Good day {{who}}]]{after}"
    start = f"<title>x</title>{before}Good day "

    assert page(source, who='"<').body.decode() == f"{start}&quot;&lt;{after}"
    assert page(source, FROM_RIGHT, who="Ada").body.decode() == f"{start}{FSI}Ada{PDI}{after}"


def test_after_a_title_tags_may_stand_again(page: Callable[..., Page]) -> None:
    text = page("<title>x</title><p>[[Hello {who}]]</p>", who="Ada").body.decode()

    assert '<bdi class="value-who">Ada</bdi>' in text


def test_a_script_is_put_inside_as_it_is_and_may_ask_its_server(page: Callable[..., Page]) -> None:
    made = page('<script src="a.js" defer></script>')
    code = "const places = [[1], [[2]]]; '{{who}}';"
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()

    assert made.body.decode() == f'<script type="module">{code}</script>'
    assert made.policy == (
        f"default-src 'none'; script-src 'sha256-{digest}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def test_a_text_that_python_chose_keeps_its_isolates(page: Callable[..., Page]) -> None:
    text = FROM_RIGHT("Good day {who}", who="Ada")

    assert page("<p>{{news}}</p>", news=text).body.decode() == f"<p>Good day {FSI}Ada{PDI}</p>"


def test_a_value_that_a_sentence_lacks_is_an_error(page: Callable[..., Page]) -> None:
    with pytest.raises(KeyError, match="who"):
        page("<p>[[Hello {who}]]</p>")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja", "zh-Hans", "ar"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_whole_in_every_language(name: str, language: str) -> None:
    text = Pages([name], texts=texts_for(language)).fill(name, VALUES).body.decode()

    assert f'<html lang="{language}"' in text
    assert not re.search(r"\[\[|\{\{|[{]application", text.partition("</style>")[2])


def test_importing_the_callback_server_loads_no_loop_and_no_wire() -> None:
    heavy = "{'asyncio', 'h11', 'ssl', 'pydantic', 'httpx', 'socket'}"
    code = f"import sys, pywry_auth.callback_server; print(sorted({heavy} & set(sys.modules)))"

    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )

    assert told.stdout.strip() == "[]"
