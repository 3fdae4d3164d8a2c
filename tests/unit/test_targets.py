"""Each built-in target, at a server on this machine that answers as its own one does."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from pywry_auth.errors import (
    ConfigError,
    HTTPStatusError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
    TransportError,
)
from pywry_auth.integrations import RateLimit
from pywry_auth.integrations.targets.asana import Asana
from pywry_auth.integrations.targets.github import GitHub
from pywry_auth.integrations.targets.google import (
    Gmail,
    GoogleCalendar,
    GoogleDocs,
    GoogleDrive,
    GoogleSheets,
)
from pywry_auth.integrations.targets.hubspot import HubSpot
from pywry_auth.integrations.targets.microsoft import MicrosoftGraph
from pywry_auth.integrations.targets.notion import Notion
from pywry_auth.integrations.targets.slack import Slack
from tests.resource_kit import Given, Resource


TOKEN = "canary-91d0"


def given(body, status=200, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Given(status, {"Content-Type": "application/json", **named}, json.dumps(body).encode())


def query(asked):
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def path(asked):
    return urlsplit(asked.path).path


def at(api, kind, work, **settings):
    """Give *work* a target of that kind that asks *api*."""

    async def scenario():
        async with kind(base_url=api.url, token=TOKEN, **settings) as target:
            return await work(target)

    return asyncio.run(scenario())


async def all_of(items):
    return [one async for one in items]


def answers(pages):
    """Answer by path with what *pages* gives, each of a list once, then the last of it again."""
    left = {
        where: list(page) if isinstance(page, list) else [page] for where, page in pages.items()
    }

    def answer(asked):
        page = left[path(asked)]
        return page.pop(0) if len(page) > 1 else page[0]

    return answer


# GitHub

OCTOCAT = {
    "login": "octocat",
    "id": 1,
    "node_id": "MDQ6VXNlcjE=",
    "html_url": "https://github.com/octocat",
    "type": "User",
    "name": "monalisa octocat",
    "email": None,
    "plan": {"name": "Medium", "space": 400},
}


def repository(number):
    return {
        "id": number,
        "name": f"r{number}",
        "full_name": f"octocat/r{number}",
        "private": False,
        "html_url": f"https://github.com/octocat/r{number}",
        "default_branch": "main",
        "owner": {"login": "octocat", "id": 1},
    }


def test_github_says_who_it_is():
    limits = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "4987",
        "X-RateLimit-Reset": "1790000600",
        "X-RateLimit-Resource": "core",
    }

    async def work(github):
        return await github.user(), github.rate_limit, await github.health_check()

    with Resource(lambda _: Given(200, limits, json.dumps(OCTOCAT).encode())) as api:
        user, limit, health = at(api, GitHub, work)
    assert (user.id, user.login, user.name, user.email) == (1, "octocat", "monalisa octocat", None)
    assert limit == RateLimit(5000, 4987, 1_790_000_600.0)
    assert (health.ok, health.provider, health.rate_limit) == (True, "github", limit)
    assert api.asked[0].headers["accept"] == "application/vnd.github+json"
    assert api.asked[0].headers["x-github-api-version"] == "2022-11-28"
    assert [one.path for one in api.asked] == ["/user", "/user"]


def github_list(api, pages):
    def answer(asked):
        number = int(query(asked).get("page", "1"))
        more = f'<{api.url}/user/repos?per_page=100&page={number + 1}>; rel="next"'
        last = f'<{api.url}/user/repos?per_page=100&page={pages}>; rel="last"'
        found = [repository(number * 10 + n) for n in range(3)]
        return given(found, **({"Link": f"{more}, {last}"} if number < pages else {}))

    return answer


@pytest.mark.parametrize(
    ("limit", "items", "pages"), [(None, 9, 3), (4, 4, 2), (3, 3, 1), (1, 1, 1), (0, 0, 0)]
)
def test_github_lists_as_far_as_wanted(limit, items, pages):
    with Resource(lambda _: Given()) as api:
        api.answer = github_list(api, 3)
        found = at(api, GitHub, lambda one: all_of(one.repositories(limit=limit)))
    assert len(found) == items
    assert len(api.asked) == pages
    assert api.tokens == [f"Bearer {TOKEN}"] * pages
    assert [one.full_name for one in found[:2]] == ["octocat/r10", "octocat/r11"][:items]


def test_a_list_that_goes_on_at_another_server_is_an_error_and_nothing_goes_there():
    with Resource(lambda _: given([])) as other, Resource(lambda _: Given()) as api:
        api.answer = lambda _: given([], Link=f'<{other.url}/user/repos?page=2>; rel="next"')

        async def work(github):
            with pytest.raises(TransportError, match="another server") as caught:
                await all_of(github.repositories())
            return str(caught.value)

        assert TOKEN not in at(api, GitHub, work)
    assert other.asked == []
    assert len(api.asked) == 1


def test_a_list_that_goes_in_circles_is_an_error():
    with Resource(lambda _: Given()) as api:
        api.answer = lambda _: given([], Link='</user/repos?page=2>; rel="next"')

        async def work(github):
            with pytest.raises(TransportError, match="circles"):
                await all_of(github.repositories())

        at(api, GitHub, work)
    assert len(api.asked) == 2


def test_a_list_without_an_end_is_an_error_and_no_short_list(monkeypatch):
    monkeypatch.setattr("pywry_auth.integrations.reaching.listing.MAX_PIECES", 4)
    found = []

    async def keep(items):
        async for one in items:
            found.append(one)  # noqa: PERF401 - what came before the error counts

    async def work(github):
        with pytest.raises(TransportError, match="no end"):
            await keep(github.repositories())

    with Resource(lambda _: Given()) as api:
        api.answer = github_list(api, 1_000_000)
        at(api, GitHub, work)
        enough = at(api, GitHub, lambda one: all_of(one.repositories(limit=12)))
    assert len(found) == len(enough) == 12
    assert len(api.asked) == 8


def test_pages_are_given_as_they_came_up_to_the_limit():
    with Resource(lambda _: Given()) as api:
        api.answer = github_list(api, 3)
        found = at(api, GitHub, lambda one: all_of(one.pages("/user/repos", limit=2)))
    assert [[item["id"] for item in page] for page in found] == [[10, 11, 12], [20, 21, 22]]
    assert len(api.asked) == 2


@pytest.mark.parametrize("body", [b"{}", b'"text"', b"7", b"<html>", b"", b'[{"id": "x"}]'])
def test_what_is_no_list_is_an_error(body):
    async def work(github):
        with pytest.raises(TransportError):
            await all_of(github.repositories())

    with Resource(lambda _: Given(200, {}, body)) as api:
        at(api, GitHub, work)


def test_github_forbids_what_is_too_fast():
    refused = {
        "message": "API rate limit exceeded for user ID 1.",
        "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
    }
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}

    async def work(github):
        with pytest.raises(RateLimitError) as caught:
            await github.user()
        return caught.value

    with Resource(lambda _: given(refused, 403, **headers)) as api:
        error = at(api, GitHub, work, retry_attempts=0)
    assert (error.status_code, error.provider) == (403, "github")
    assert "rate limit exceeded" in error.body


# Google


def google_error(reason, status=403):
    message = f"{reason} for user"
    return given(
        {
            "error": {
                "code": status,
                "message": message,
                "errors": [{"domain": "usageLimits", "reason": reason, "message": message}],
            }
        },
        status,
    )


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("rateLimitExceeded", RateLimitError),
        ("userRateLimitExceeded", RateLimitError),
        ("quotaExceeded", QuotaExceededError),
        ("dailyLimitExceeded", QuotaExceededError),
        ("insufficientPermissions", HTTPStatusError),
    ],
)
def test_google_tells_too_fast_from_used_up(reason, kind):
    async def work(gmail):
        with pytest.raises(HTTPStatusError) as caught:
            await gmail.profile()
        return caught.value

    with Resource(lambda _: google_error(reason)) as api:
        error = at(api, Gmail, work, retry_attempts=0)
    assert type(error) is kind
    assert (error.status_code, error.provider) == (403, "gmail")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": "x"}', b'{"error": {"errors": [7]}}'])
def test_google_s_other_words_are_an_error_too(body):
    async def work(gmail):
        with pytest.raises(HTTPStatusError):
            await gmail.profile()

    with Resource(lambda _: Given(403, {}, body)) as api:
        at(api, Gmail, work)


def test_mail():
    profile = {
        "emailAddress": "ada@example.test",
        "messagesTotal": 1543,
        "threadsTotal": 901,
        "historyId": "98765",
    }
    listed = [
        given({"messages": [{"id": "m1", "threadId": "t1"}], "nextPageToken": "p2"}),
        given({"messages": [{"id": "m2", "threadId": "t2"}], "resultSizeEstimate": 2}),
    ]
    base = "/gmail/v1/users/ada%40example.test"

    async def work(gmail):
        health = await gmail.health_check()
        return health, await gmail.profile(), await all_of(gmail.messages("is:unread"))

    pages = {f"{base}/profile": given(profile), f"{base}/messages": listed}
    with Resource(answers(pages)) as api:
        health, found, messages = at(api, Gmail, work, user_id="ada@example.test")
    assert health.ok
    assert (found.email_address, found.messages_total) == ("ada@example.test", 1543)
    assert [(one.id, one.thread_id) for one in messages] == [("m1", "t1"), ("m2", "t2")]
    assert [query(one) for one in api.asked[-2:]] == [
        {"q": "is:unread"},
        {"q": "is:unread", "pageToken": "p2"},
    ]


def test_calendars():
    event = {
        "kind": "calendar#event",
        "id": "e1",
        "status": "confirmed",
        "summary": "Tea",
        "start": {"dateTime": "2026-11-21T15:00:00Z", "timeZone": "UTC"},
        "end": {"date": "2026-11-22"},
    }
    listed = [
        given({"kind": "calendar#events", "items": [event], "nextPageToken": "p2"}),
        given({"kind": "calendar#events", "items": []}),
    ]

    async def work(calendar):
        params = {"timeMin": "2026-01-01T00:00:00Z"}
        found = await all_of(calendar.events(params=params))
        return found, await all_of(calendar.events("team/a", limit=1))

    pages = {
        "/calendars/primary/events": listed,
        "/calendars/team%2Fa/events": given({"items": [event, event]}),
    }
    with Resource(answers(pages)) as api:
        mine, team = at(api, GoogleCalendar, work)
    assert len(mine) == len(team) == 1
    assert mine[0].start.date_time == "2026-11-21T15:00:00Z"
    assert mine[0].end.date == "2026-11-22"
    assert query(api.asked[1]) == {"timeMin": "2026-01-01T00:00:00Z", "pageToken": "p2"}


def test_calendars_have_a_usual_one():
    with Resource(lambda _: given({"items": []})) as api:
        at(api, GoogleCalendar, lambda one: one.health_check(), calendar_id="team")
    assert api.asked[0].path == "/calendars/team/events?maxResults=1"


def test_documents():
    async def work(docs):
        return await docs.document(), await docs.document("d/2"), await docs.health_check()

    body = {"documentId": "d1", "title": "Notes", "revisionId": "r", "body": {"content": []}}
    with Resource(lambda _: given(body)) as api:
        first, _, health = at(api, GoogleDocs, work, document_id="d1")
    assert (first.document_id, first.title) == ("d1", "Notes")
    assert health.ok
    assert [one.path for one in api.asked] == [
        "/v1/documents/d1",
        "/v1/documents/d%2F2",
        "/v1/documents/d1?fields=documentId",
    ]


@pytest.mark.parametrize(
    ("kind", "settings", "ok"),
    [
        (GoogleDocs, {}, True),
        (GoogleSheets, {}, True),
        (GoogleDocs, {"document_id": "gone"}, False),
        (GoogleSheets, {"spreadsheet_id": "gone"}, False),
    ],
)
def test_not_found_is_healthy_only_where_nothing_was_named(kind, settings, ok):
    with Resource(lambda _: given({"error": {"code": 404, "status": "NOT_FOUND"}}, 404)) as api:
        health = at(api, kind, lambda one: one.health_check(), **settings)
    assert (health.ok, health.status) == (ok, 404)
    assert health.error == ("" if ok else "not_found")


@pytest.mark.parametrize("kind", [GoogleDocs, GoogleSheets])
def test_a_refused_token_is_never_healthy(kind):
    with Resource(lambda _: given({"error": {"code": 401}}, 401)) as api:
        assert not at(api, kind, lambda one: one.health_check()).ok


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        (GoogleDocs, lambda docs: docs.document()),
        (GoogleSheets, lambda sheets: sheets.values("A1")),
        (Asana, lambda asana: all_of(asana.projects())),
    ],
)
def test_what_nobody_named_is_not_asked_for(kind, work):
    async def refused(target):
        with pytest.raises(ConfigError, match="named"):
            await work(target)

    with Resource(lambda _: given({})) as api:
        at(api, kind, refused)
    assert api.asked == []


def test_files():
    listed = [
        given(
            {"files": [{"id": "f1", "name": "a", "mimeType": "text/plain"}], "nextPageToken": "2"}
        ),
        given({}),
    ]

    async def work(drive):
        return await all_of(drive.files()), await all_of(drive.files("trashed = true"))

    pages = {"/files": listed, "/about": given({"user": {}})}
    with Resource(answers(pages)) as api:
        found, none = at(api, GoogleDrive, work, folder_id="a'b")
        assert at(api, GoogleDrive, lambda one: one.health_check()).ok
    assert [(one.id, one.mime_type) for one in found] == [("f1", "text/plain")]
    assert none == []
    assert query(api.asked[0]) == {"q": "'a\\'b' in parents"}
    assert query(api.asked[2]) == {"q": "trashed = true"}
    assert api.asked[3].path == "/about?fields=user"


def test_tables():
    body = {
        "range": "Sheet1!A1:B2",
        "majorDimension": "ROWS",
        "values": [["a", 1], [True, 2.5]],
    }

    async def work(sheets):
        return await sheets.values("Sheet 1!A1:B2"), await sheets.health_check()

    pages = {
        "/v4/spreadsheets/s1/values/Sheet%201%21A1%3AB2": given(body),
        "/v4/spreadsheets/s1": given({"spreadsheetId": "s1"}),
    }
    with Resource(answers(pages)) as api:
        found, health = at(api, GoogleSheets, work, spreadsheet_id="s1")
    assert found.values == [["a", 1], [True, 2.5]]
    assert health.ok
    empty = {"range": "A1", "majorDimension": "ROWS"}
    with Resource(lambda _: given(empty)) as api:
        found = at(api, GoogleSheets, lambda one: one.values("A1", spreadsheet_id="s2"))
    assert found.values == []


# Microsoft Graph


def test_graph():
    me = {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
        "id": "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
        "displayName": "Adele Vance",
        "mail": None,
        "userPrincipalName": "AdeleV@contoso.example",
    }

    async def work(graph):
        health = await graph.health_check()
        return health, await graph.me(), await all_of(graph.messages())

    with Resource(lambda _: Given()) as api:
        more = f"{api.url}/me/messages?%24skip=1"
        listed = [
            given({"@odata.nextLink": more, "value": [{"id": "m1", "subject": "Hi"}]}),
            given({"value": [{"id": "m2", "subject": None, "isRead": True}]}),
        ]
        api.answer = answers({"/me": given(me), "/me/messages": listed})
        health, found, messages = at(api, MicrosoftGraph, work)
    assert health.ok
    assert (found.display_name, found.mail) == ("Adele Vance", None)
    assert found.user_principal_name == "AdeleV@contoso.example"
    assert [(one.id, one.is_read) for one in messages] == [("m1", False), ("m2", True)]
    assert api.asked[-1].path == "/me/messages?%24skip=1"
    assert api.tokens == [f"Bearer {TOKEN}"] * 4


@pytest.mark.parametrize(
    "address",
    [
        "https://graph.example.test/v1.0/me/messages?$skip=1",
        "//graph.example.test/v1.0/me/messages",
        "https://[",
        "https://me@127.0.0.1/x",
        "ftp://127.0.0.1/x",
    ],
)
def test_graph_does_not_follow_a_list_to_another_server(address):
    link = {"@odata.nextLink": address, "value": []}

    async def work(graph):
        with pytest.raises(TransportError, match="another server"):
            await all_of(graph.messages())

    with Resource(lambda _: given(link)) as api:
        at(api, MicrosoftGraph, work)


# Slack


def test_slack():
    auth = {
        "ok": True,
        "url": "https://subarachnoid.slack.example/",
        "team": "Subarachnoid Workspace",
        "user": "grace",
        "team_id": "T12345678",
        "user_id": "W12345678",
    }
    listed = [
        given(
            {
                "ok": True,
                "channels": [{"id": "C1", "name": "general", "is_private": False}],
                "response_metadata": {"next_cursor": "dGVhbTpDMDYxRkE1UEI="},
            }
        ),
        given(
            {
                "ok": True,
                "channels": [{"id": "C2", "name": "random"}],
                "response_metadata": {"next_cursor": ""},
            }
        ),
    ]

    async def work(slack):
        found = await slack.auth_test()
        return found, await all_of(slack.conversations()), await slack.health_check()

    with Resource(answers({"/auth.test": given(auth), "/conversations.list": listed})) as api:
        found, channels, health = at(api, Slack, work)
    assert (found.user_id, found.team) == ("W12345678", "Subarachnoid Workspace")
    assert [one.name for one in channels] == ["general", "random"]
    assert query(api.asked[2])["cursor"] == "dGVhbTpDMDYxRkE1UEI="
    assert health.ok


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("invalid_auth", HTTPStatusError),
        ("token_revoked", HTTPStatusError),
        ("channel_not_found", NotFoundError),
        ("internal_error", ServerError),
        ("ratelimited", RateLimitError),
        (f"no {TOKEN}\n", HTTPStatusError),
    ],
)
def test_slack_refuses_with_status_200(word, kind):
    async def work(slack):
        with pytest.raises(HTTPStatusError) as caught:
            await slack.auth_test()
        return caught.value, await slack.health_check()

    with Resource(lambda _: given({"ok": False, "error": word})) as api:
        error, health = at(api, Slack, work, retry_attempts=0)
    assert type(error) is kind
    assert error.status_code == 200
    assert TOKEN not in f"{error} {error.body}"
    assert "\n" not in str(error)
    assert (health.ok, health.status, health.error) == (False, 200, error.code)
    if word == "invalid_auth":
        assert "invalid_auth" in str(error)
        assert "open a new session" in error.hint


def test_slack_s_too_fast_is_waited_for(monkeypatch):
    waits = []

    async def no_sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr("pywry_auth.integrations.reaching.retrying.sleep", no_sleep)
    auth = {"ok": True, "user_id": "U", "team_id": "T"}
    busy = given({"ok": False, "error": "ratelimited"}, 429, Retry_After="30")
    with Resource(answers({"/auth.test": [busy, given(auth)]})) as api:
        found = at(api, Slack, lambda one: one.auth_test())
    assert found.user_id == "U"
    assert waits == [30.0]


@pytest.mark.parametrize("body", [b"file", b'{"ok": 1}', b"[]", b'{"ok": "false"}', b"{}"])
def test_what_slack_gives_without_a_verdict_is_no_refusal(body):
    with Resource(lambda _: Given(200, {}, body)) as api:
        response = at(api, Slack, lambda one: one.request("GET", "/files"))
    assert response.content == body


# Others


def test_notion():
    bot = {"object": "user", "id": "b1", "type": "bot", "name": "Integration", "bot": {}}
    listed = [
        given(
            {
                "object": "list",
                "results": [{"object": "page", "id": "p1", "url": "https://notion.example/p1"}],
                "next_cursor": "c2",
                "has_more": True,
            }
        ),
        given({"object": "list", "results": [], "next_cursor": None, "has_more": False}),
    ]

    async def work(notion):
        found = await notion.me()
        return found, await all_of(notion.search("plan")), await notion.health_check()

    with Resource(answers({"/v1/users/me": given(bot), "/v1/search": listed})) as api:
        found, pages, health = at(api, Notion, work, version="2025-09-03")
    assert (found.id, found.type, health.ok) == ("b1", "bot", True)
    assert [(one.id, one.object) for one in pages] == [("p1", "page")]
    assert {one.headers["notion-version"] for one in api.asked} == {"2025-09-03"}
    assert [one.method for one in api.asked] == ["GET", "POST", "POST", "GET"]
    assert [json.loads(one.body) for one in api.asked[1:3]] == [
        {"query": "plan", "page_size": 100},
        {"query": "plan", "page_size": 100, "start_cursor": "c2"},
    ]


def test_a_search_by_post_is_asked_again(monkeypatch):
    async def no_sleep(_):
        pass

    monkeypatch.setattr("pywry_auth.integrations.reaching.retrying.sleep", no_sleep)
    found = given({"results": [{"id": "p1"}], "next_cursor": None})
    with Resource(answers({"/v1/search": [given({}, 503), found]})) as api:
        pages = at(api, Notion, lambda one: all_of(one.search()))
    assert [one.id for one in pages] == ["p1"]
    assert len(api.asked) == 2


def test_hubspot():
    account = {"portalId": 123456, "accountType": "STANDARD", "timeZone": "US/Eastern"}
    listed = [
        given(
            {
                "results": [{"id": "1", "properties": {"email": "ada@example.test", "city": None}}],
                "paging": {"next": {"after": "2", "link": "https://api.hubapi.example/?after=2"}},
            }
        ),
        given({"results": [{"id": "2", "properties": {}}]}),
    ]

    async def work(hubspot):
        found = await hubspot.account()
        return found, await all_of(hubspot.contacts()), await hubspot.health_check()

    pages = {"/account-info/v3/details": given(account), "/crm/v3/objects/contacts": listed}
    with Resource(answers(pages)) as api:
        found, contacts, health = at(api, HubSpot, work)
    assert (found.portal_id, found.account_type, health.ok) == (123456, "STANDARD", True)
    assert [one.id for one in contacts] == ["1", "2"]
    assert query(api.asked[2]) == {"limit": "100", "after": "2"}


def test_asana():
    me = {"data": {"gid": "12345", "name": "Ada", "email": "ada@example.test"}}
    listed = [
        given(
            {
                "data": [{"gid": "1", "name": "One", "resource_type": "project"}],
                "next_page": {"offset": "yJ0eXA", "path": "/projects?offset=yJ0eXA", "uri": "x"},
            }
        ),
        given({"data": [{"gid": "2", "name": "Two"}], "next_page": None}),
    ]

    async def work(asana):
        found = await asana.me()
        return found, await all_of(asana.projects()), await asana.health_check()

    with Resource(answers({"/users/me": given(me), "/projects": listed})) as api:
        found, projects, health = at(api, Asana, work, workspace_gid="w1")
    assert (found.gid, found.name, health.ok) == ("12345", "Ada", True)
    assert [one.gid for one in projects] == ["1", "2"]
    assert query(api.asked[2]) == {"workspace": "w1", "limit": "100", "offset": "yJ0eXA"}
