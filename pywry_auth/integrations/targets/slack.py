"""Slack, by its Web API."""

from collections.abc import AsyncGenerator
from typing import ClassVar

from pydantic import ConfigDict, ValidationError

from pywry_auth.errors import HTTPStatusError, NotFoundError, RateLimitError, ServerError
from pywry_auth.integrations.reaching.asking import NOT_ACCEPTED
from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.paging import Cursor, Paging
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.targets.model import Reply
from pywry_auth.protocol.answers import beginning, shown_url, without
from pywry_auth.protocol.wire import WireReply, printable


_SERVERS_FAULT = frozenset({"fatal_error", "internal_error", "service_unavailable", "team_added"})
_TOO_FAST = frozenset({"ratelimited", "rate_limited"})
_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive"}
)
_WORD = 80  # characters of an error's name; the longest known one has 40


class SlackAuth(Reply):
    """Whose token it is, where."""

    user_id: str
    team_id: str
    user: str = ""
    team: str = ""
    url: str = ""
    bot_id: str | None = None


class SlackConversation(Reply):
    """A channel, or a conversation of few."""

    id: str
    name: str = ""
    is_private: bool = False
    is_archived: bool = False


class _Verdict(Reply):
    # Strict: some answers (files) have no such member, and mean nothing by that.
    model_config = ConfigDict(strict=True)

    ok: bool
    error: str = "unknown_error"


class Slack(Target):
    """Reaches one workspace."""

    key: ClassVar[str] = "slack"
    usual_base_url: ClassVar[str] = "https://slack.com/api"
    paging: ClassVar[Paging] = Cursor(("response_metadata", "next_cursor"), "cursor")

    def probe(self) -> Probe:
        """Ask whose token it is."""
        return Probe("/auth.test")

    async def auth_test(self) -> SlackAuth:
        """Give whose token it is, where."""
        return await self.read(SlackAuth, "/auth.test")

    def conversations(self, *, limit: int | None = None) -> AsyncGenerator[SlackConversation]:
        """Give the channels of the workspace, *limit* of them at most."""
        params = {"limit": 200, "exclude_archived": "true"}  # what Slack itself advises
        return self.items(
            SlackConversation, "/conversations.list", within="channels", limit=limit, params=params
        )

    def refusal(self, reply: WireReply, url: str, now: float) -> HTTPStatusError | None:
        """Read what is wrong out of the answer: Slack refuses with status 200."""
        error = super().refusal(reply, url, now)
        if error is not None:
            return error
        try:
            verdict = _Verdict.model_validate_json(reply.body)
        except ValidationError:
            return None
        if verdict.ok:
            return None
        secrets = (self.settings.token,)
        word = printable(without(verdict.error, secrets), _WORD)
        shown = without(shown_url(url), secrets)
        return _kind(word)(
            f"{shown} answered {word}",
            status_code=reply.status,
            url=shown,
            body=without(beginning(reply), secrets),
            hint=NOT_ACCEPTED if word in _TOKEN else "",
            provider=self.key,
        )


def _kind(word: str) -> type[HTTPStatusError]:
    if word in _TOO_FAST:
        return RateLimitError
    if word.endswith("_not_found"):
        return NotFoundError
    return ServerError if word in _SERVERS_FAULT else HTTPStatusError
