"""What to do after each question whether a person has confirmed a device (RFC 8628 section 3.5)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from pywry_auth.errors import TokenError
from pywry_auth.protocol.device import DeviceAuthorization
from pywry_auth.protocol.token import BEARER_ONLY, read_tokens
from pywry_auth.protocol.wire import WireReply, printable, retry_after
from pywry_auth.tokens import OAuthTokenSet


SLOWER = 5.0  # seconds that "slow_down" adds, for good; RFC 8628 section 3.5
MAX_PAUSE = 60.0  # seconds between two tries at a server that does not answer
DOUBLINGS = 8  # more of them than MAX_PAUSE allows, few enough for any float

_BUSY = frozenset({"temporarily_unavailable", "server_error"})


class Answer(StrEnum):
    """What the token endpoint says; the first four in its own words."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    DENIED = "access_denied"
    EXPIRED = "expired_token"
    BUSY = "(not now)"
    FINAL = "(tokens, or a refusal)"


_SAID = {
    answer.value: answer
    for answer in (Answer.PENDING, Answer.SLOW_DOWN, Answer.DENIED, Answer.EXPIRED)
}


@dataclass(frozen=True, slots=True)
class Polling:
    """
    Where the asking stands; instants are seconds on a clock that never jumps.

    Attributes:
        interval: seconds between two questions at least.
        ends_at: when the code ends.
        failures: how many questions in a row got no answer.
    """

    interval: float
    ends_at: float
    failures: int = 0


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Nobody has confirmed yet: ask once more, not before the instant *at*."""

    at: float
    polling: Polling


@dataclass(frozen=True, slots=True)
class Granted:
    """The person said yes; nothing in an ID token is believed yet."""

    tokens: OAuthTokenSet


@dataclass(frozen=True, slots=True)
class Denied:
    """The person, or the provider in their name, said no; in the provider's words, if any."""

    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """The code ended; *unanswered* says that the provider was not to be reached at the end."""

    unanswered: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider refuses this client, or answers with something that cannot be used."""

    error: TokenError


Step = AskAgain | Granted | Denied | Expired | Failed
DeviceStep = Step


def first_step(authorization: DeviceAuthorization, *, at: float) -> AskAgain:
    """Say when to ask first, about an *authorization* that arrived at the instant *at*."""
    polling = Polling(authorization.interval, at + authorization.expires_in)
    return AskAgain(at + polling.interval, polling)


def after_reply(
    polling: Polling,
    reply: WireReply,
    *,
    at: float,
    now: float,
    requested_scope: str = "",
    token_types: frozenset[str] = BEARER_ONLY,
) -> Step:
    """
    Say what follows from *reply*.

    Args:
        polling: where the asking stood.
        reply: what the token endpoint answered.
        at: the instant at which it did.
        now: the same as Unix time in seconds.
        requested_scope: what the scope is when the answer does not say.
        token_types: the kinds of token that can be used; in lower case.
    """
    asked_to_wait = retry_after(reply, now=now) or 0.0
    word, description = _refusal(reply)
    match _answer(reply, word):
        case Answer.PENDING:
            heard = replace(polling, failures=0)
            return _again(heard, at, max(heard.interval, asked_to_wait))
        case Answer.SLOW_DOWN:
            slower = Polling(polling.interval + SLOWER, polling.ends_at)
            return _again(slower, at, max(slower.interval, asked_to_wait))
        case Answer.DENIED:
            return Denied(description)
        case Answer.EXPIRED:
            return Expired()
        case Answer.BUSY:
            return after_failure(polling, at=at, asked_to_wait=asked_to_wait)
        case Answer.FINAL:
            return _outcome(
                lambda: read_tokens(
                    reply, now=now, requested_scope=requested_scope, token_types=token_types
                )
            )


def after_failure(polling: Polling, *, at: float, asked_to_wait: float = 0.0) -> Step:
    """
    Say what follows when no answer arrived, or one that says "not now".

    The pause doubles each time, as RFC 8628 section 3.5 recommends after a connection timed out.

    Args:
        polling: where the asking stood.
        at: the instant at which the question was given up.
        asked_to_wait: seconds the server asked for.
    """
    failed = replace(polling, failures=polling.failures + 1)
    backed_off = min(MAX_PAUSE, failed.interval * 2.0 ** min(failed.failures, DOUBLINGS))
    return _again(failed, at, max(failed.interval, backed_off, asked_to_wait))


def _again(polling: Polling, at: float, pause: float) -> Step:
    # One question after the end costs nothing: the provider says when its codes end, and the person
    # may have confirmed in the last seconds.
    next_at = at + pause
    if at >= polling.ends_at or next_at > polling.ends_at + polling.interval:
        return Expired(unanswered=polling.failures > 0)
    return AskAgain(next_at, polling)


def _outcome(read: Callable[[], OAuthTokenSet]) -> Granted | Failed:
    try:
        return Granted(read())
    except TokenError as exc:
        return Failed(exc)


def _answer(reply: WireReply, word: str) -> Answer:
    if word in _SAID:
        return _SAID[word]
    return Answer.BUSY if reply.is_transient or word in _BUSY else Answer.FINAL


def _refusal(reply: WireReply) -> tuple[str, str | None]:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    if reply.status >= 500:  # noqa: PLR2004
        return "", None  # what a gateway repeats is no answer of the provider's
    try:
        found = ErrorReply.model_validate_json(reply.body)
    except ValidationError:
        return "", None
    words = found.error_description
    return found.error, None if words is None else printable(words, 300)
