"""Where lists go on, and where they end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.integrations.reaching.paging import (
    Cursor,
    LinkHeader,
    NextLink,
    OnePage,
    Piece,
    Turn,
    items_in,
)


def link(header):
    return LinkHeader().after(Piece({"link": header}, []))


@pytest.mark.parametrize(
    "header",
    [
        '<https://api.example/x?page=2>; rel="next"',
        "<https://api.example/x?page=2>; rel=next",
        "<https://api.example/x?page=2>;rel=next;title=x",
        '<https://api.example/x?page=9>; rel="last", <https://api.example/x?page=2>; rel="next"',
        '<https://api.example/x?page=2>; title="a, b; c"; rel="next"',
        '<https://api.example/x?page=2>; rel="prefetch next"',
        '<https://api.example/x?page=2>; REL="NEXT"',
    ],
)
def test_the_link_called_next_is_followed(header):
    assert link(header) == Turn("https://api.example/x?page=2")


@pytest.mark.parametrize(
    "header",
    [
        "",
        '<https://api.example/x?page=2>; rel="prev"',
        '<https://api.example/x?page=2>; rel="nextlike"',
        "<https://api.example/x?page=2>; rel=nexter",
        '<https://api.example/x?page=2>; title="; rel=next"',
        '<https://api.example/x?page=2>; title="; rel=next; x"',
        "<https://api.example/x?page=2>; rel=prev; rel=next",
        "<https://api.example/x?page=2>; rel",
        "nonsense, rel=next",
        "<https://api.example/x",
    ],
)
def test_no_other_link_is(header):
    assert link(header) is None


@given(st.text("<>;,=\"' relnxt", max_size=60))
def test_no_link_header_breaks_it(header):
    found = link(header)
    assert found is None or not found.fields


def test_a_next_link_is_followed_where_it_is_a_text():
    paging = NextLink("@odata.nextLink")
    assert paging.after(Piece({}, {"@odata.nextLink": "https://a/x"})) == Turn("https://a/x")
    for body in ({}, {"@odata.nextLink": ""}, {"@odata.nextLink": 7}, [], None, "x"):
        assert paging.after(Piece({}, body)) is None


def test_a_cursor_is_given_back():
    paging = Cursor(("paging", "next", "after"), "after")
    assert paging.after(Piece({}, {"paging": {"next": {"after": "c1"}}})) == Turn(
        fields={"after": "c1"}
    )
    assert paging.after(Piece({}, {"paging": {"next": {"after": 7}}})) == Turn(
        fields={"after": "7"}
    )


@pytest.mark.parametrize(
    "body", [{}, {"next": None}, {"next": {}}, {"next": ""}, {"next": True}, {"next": []}, [], None]
)
def test_without_a_cursor_the_list_ends(body):
    assert Cursor(("next",), "cursor").after(Piece({}, body)) is None


def test_one_page_is_all():
    assert OnePage().after(Piece({"link": "<https://a/x>; rel=next"}, {})) is None


@pytest.mark.parametrize(
    ("body", "name", "items"),
    [
        ([1, 2], "", [1, 2]),
        ({"value": [1]}, "value", [1]),
        ({"nextPageToken": "x"}, "files", []),
        ({"value": {}}, "value", None),
        ({"a": 1}, "", None),
        ("text", "value", None),
        (None, "", None),
        ([1], "value", None),
    ],
)
def test_items_are_found_where_they_are(body, name, items):
    assert items_in(body, name) == items
