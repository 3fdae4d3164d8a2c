"""Rows of the sign-out page: what counts as its answer (OIDC RP-Initiated Logout 1.0)."""

from dataclasses import dataclass

from pywry_auth.flow.values import LogoutState
from pywry_auth.testing.conduct import Conduct, RefreshPolicy, Reply
from pywry_auth.testing.edits import Append, Drop, Edit, Put
from pywry_auth.testing.pages import refusal_page


@dataclass(frozen=True, slots=True)
class LogoutRow:
    """
    One thing a provider may do when a person signs out, and what must come of it.

    The session here ends in every one of them.

    Attributes:
        name: the name in the OpenID Foundation's conformance suite; rows of our own begin with
            ``own-``.
        conduct: what the provider does.
        state: how far the logout must be said to have come.
        asks: whether the provider's page is opened at all.
    """

    name: str
    conduct: Conduct
    state: LogoutState
    asks: bool = True


_SUITE = "oidcc-client-test-rp-init-logout"
_ROTATE = RefreshPolicy.ROTATE
_YES, _NO = LogoutState.CONFIRMED, LogoutState.UNCONFIRMED


def _comes_back(name: str, came: LogoutState, **edits: Edit) -> LogoutRow:
    return LogoutRow(name, Conduct(refresh=_ROTATE, logout=edits), came)


def _answers(name: str, reply: Reply) -> LogoutRow:
    conduct = Conduct(refresh=_ROTATE, replies={"logout": reply})
    return LogoutRow(name, conduct, LogoutState.TIMED_OUT)


LOGOUT: tuple[LogoutRow, ...] = (
    _comes_back(_SUITE, _YES),
    _comes_back(f"{_SUITE}-other-state", _NO, state=Append("_INVALID")),
    _comes_back(f"{_SUITE}-no-state", _NO, state=Drop()),
    _comes_back("own-logout-empty-state", _NO, state=Put("")),
    _comes_back("own-logout-more-than-asked", _YES, session_state=Put("x")),
    _comes_back("own-logout-error", _NO, state=Drop(), error=Put("access_denied")),
    _answers("own-logout-page-without-a-way-back", Reply(200, refusal_page("bye"), "text/html")),
    _answers("own-logout-500", Reply(500, refusal_page("broken"), "text/html")),
    _answers("own-logout-cut", Reply(cut=True)),
    LogoutRow(
        "own-logout-no-endpoint",
        Conduct(refresh=_ROTATE, discovery={"end_session_endpoint": Drop()}),
        LogoutState.UNSUPPORTED,
        asks=False,
    ),
    LogoutRow(
        "own-logout-not-revoked",
        Conduct(refresh=_ROTATE, replies={"revoke": Reply(503, "")}),
        LogoutState.CONFIRMED,
    ),
)
