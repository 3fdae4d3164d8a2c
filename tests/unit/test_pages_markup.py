"""HTML that nothing from outside can write in."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.pages.commands import Command
from pywry_auth.desktop.pages.frame import Frame
from pywry_auth.desktop.pages.markup import Markup, element, joined
from pywry_auth.ui.texts import Texts


class Read(HTMLParser):
    """The elements and attributes a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


@given(st.text(), st.text())
def test_no_value_becomes_an_element_or_an_attribute(value, words):
    made = element("p", {"data-x": value, "title": words}, words, element("b", {}, value))
    read = Read(made.text)
    assert [tag for tag, _ in read.elements] == ["p", "b"]
    assert read.elements[0][1].keys() == {"data-x", "title"}
    assert read.elements[1][1] == {}


def test_attributes_that_are_said_or_not_said():
    made = element("input", {"required": True, "disabled": False, "value": 'a"b'})
    assert made == Markup('<input required value="a&quot;b">')
    assert joined("a<b", Markup("<br>")) == Markup("a&lt;b<br>")


def test_a_document_holds_all_it_needs_under_a_policy_that_names_it():
    frame = Frame(("pages/style.css",), "desktop/wizard.js", extra_style=":root{--x:1}")
    served = frame.document(
        "A <title>", element("body", {}), texts=Texts("ar", "rtl"), pictures=("https://p.example",)
    )
    text = served.body.decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert "<title>A &lt;title&gt;</title>" in text
    assert "--x:1" in text
    assert "http://" not in served.policy
    assert served.policy.count("'sha256-") == 2
    assert "unsafe" not in served.policy
    assert served.policy.endswith("img-src 'self' https://p.example")
    assert "src=" not in text.partition("<script")[0]


def test_a_command_is_compared_by_what_it_says():
    assert Command("leave") == Command("leave", {})
