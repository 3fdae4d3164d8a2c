"""Rows of the grants of programs: what may be kept of the answer to one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pywry_auth.errors import (
    AuthError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenRefreshError,
)
from pywry_auth.testing.conduct import ClientAuthMethod, Conduct, Person, Registration, Reply
from pywry_auth.testing.edits import Drop, Edit, Edits, Put


JANE = Person("jane@example.com", "pa55 w&rd/canary")
SECRET = "s3cret+canary"


@dataclass(frozen=True, slots=True)
class GrantKind:
    """
    One grant that a program asks with.

    Attributes:
        name: what ``Conduct.replies`` calls it.
        client: the registered client.
        ends: whether nothing but a person can go on once it is refused.
    """

    name: str
    client: Registration = field(default_factory=Registration)
    ends: bool = False


PASSWORD = GrantKind("password_grant", ends=True)
CLIENT = GrantKind(
    "client_credentials_grant", Registration("robot", SECRET, ClientAuthMethod.SECRET_POST)
)
CLIENT_BY_HEADER = GrantKind(
    "client_credentials_grant", Registration("robot", SECRET, ClientAuthMethod.SECRET_BASIC)
)
CLIENT_BY_KEY = GrantKind(
    "client_credentials_grant", Registration("robot", auth=ClientAuthMethod.PRIVATE_KEY_JWT)
)
ASSERTION = GrantKind("jwt_bearer_grant")
EXCHANGE = GrantKind("token_exchange_grant", ends=True)  # of one fixed token

KINDS = (PASSWORD, CLIENT, CLIENT_BY_HEADER, CLIENT_BY_KEY, ASSERTION, EXCHANGE)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """
    One thing a provider may answer to a program, and what a client must make of it.

    Attributes:
        name: the name of the row.
        token: changes to the right answer.
        reply: what is answered in its place.
        error: the exact class of the error the client must raise; None when it must accept.
        says: the ``error`` word the raised error must carry, or None.
        header: what the ``Authorization`` header begins with.
        life: seconds of life the tokens must have; None where nobody said.
    """

    name: str
    token: Edits = field(default_factory=dict[str, Edit])
    reply: Reply | None = None
    error: type[AuthError] | None = None
    says: str | None = None
    header: str = "Bearer "
    life: float | None = 3600

    def conduct(self, kind: GrantKind) -> Conduct:
        """Say what the provider does when it is asked with *kind*."""
        replies = {} if self.reply is None else {kind.name: self.reply}
        return Conduct(
            client=kind.client, person=JANE, token=self.token, replies=replies, life=3600
        )

    def error_of(self, kind: GrantKind) -> type[AuthError] | None:
        """Give the error that must be raised, when it is asked with *kind*."""
        over = kind.ends and self.says == "invalid_grant"
        return ReauthRequiredError if over and self.error is TokenRefreshError else self.error


def _fine(name: str, *, life: float | None = 3600, **edits: Edit) -> GrantRow:
    return GrantRow(f"own-grant-{name}", edits, life=life)


def _bad(name: str, **edits: Edit) -> GrantRow:
    return GrantRow(f"own-grant-{name}", edits, error=TokenRefreshError)


def _refused(name: str, status: int, body: str = "", says: str | None = None) -> GrantRow:
    kind = "text/html" if body.startswith("<") else "application/json"
    return _answered(name, Reply(status, body, kind), TokenRefreshError, says)


def _away(name: str, status: int, body: str = "") -> GrantRow:
    return _answered(name, Reply(status, body, headers={"Retry-After": "5"}), RefreshTransportError)


def _answered(name: str, reply: Reply, error: type[AuthError], says: str | None = None) -> GrantRow:
    return GrantRow(f"own-grant-{name}", reply=reply, error=error, says=says)


def _words(*words: str, make: Callable[[str], GrantRow]) -> tuple[GrantRow, ...]:
    return tuple(make(word) for word in words)


_PAGE = "<html><body>Please sign in to the hotel network</body></html>"
_ECHO = f'{{"error": "%s", "error_description": "no {JANE.password}, {SECRET} here"}}'

GRANTS: tuple[GrantRow, ...] = (
    _fine("usual"),
    _fine("life-as-text", expires_in=Put("3600")),
    _fine("life-as-fraction", expires_in=Put(3600.0)),
    _fine("life-missing", life=None, expires_in=Drop()),
    _fine("life-null", life=None, expires_in=Put(None)),
    _fine("type-in-lower-case", token_type=Put("bearer")),
    _fine("scope-missing", scope=Drop()),
    _fine("unknown-member", note=Put({"deep": ["er"]})),
    _fine("refresh-life-zero", refresh_expires_in=Put(0)),
    _fine("refresh-token-empty", refresh_token=Put("")),
    _fine("refresh-token-null", refresh_token=Put(None)),
    # Nobody here asked who signed in, so nobody believes what is said about it.
    _fine("id-token-nonsense", id_token=Put("a.b.c")),
    _bad("access-token-missing", access_token=Drop()),
    _bad("access-token-number", access_token=Put(7)),
    _bad("access-token-null", access_token=Put(None)),
    _bad("access-token-empty", access_token=Put("")),
    _bad("type-unknown", token_type=Put("mac")),
    _bad("type-bound-to-a-key-nobody-has", token_type=Put("DPoP")),
    _bad("life-negative", expires_in=Put(-1)),
    _bad("life-nonsense", expires_in=Put("soon")),
    _bad("life-nan", expires_in=Put(float("nan"))),
    _bad("life-list", expires_in=Put([3600])),
    _bad("life-truth", expires_in=Put(value=True)),
    _bad("life-empty", expires_in=Put("")),
    _bad("life-infinite", expires_in=Put("inf")),
    _bad("refresh-life-negative", refresh_expires_in=Put(-1)),
    *_words(
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",
        "moon_phase",
        make=lambda word: _refused(word.replace("_", "-"), 400, f'{{"error": "{word}"}}', word),
    ),
    *_words(
        "invalid_grant",
        "invalid_request",
        make=lambda word: _refused(f"echo-{word.replace('_', '-')}", 400, _ECHO % word, word),
    ),
    _refused("refused-with-200", 200, '{"error": "invalid_scope"}', "invalid_scope"),
    _refused(
        "refused-with-200-and-a-token",
        200,
        '{"error": "invalid_scope", "access_token": "x", "token_type": "Bearer"}',
        "invalid_scope",
    ),
    _refused("invalid-client-401", 401, '{"error": "invalid_client"}', "invalid_client"),
    _refused("error-is-a-number", 400, '{"error": 7}'),
    _refused("400-empty", 400),
    _refused("400-page-about-invalid-grant", 400, "<html>invalid_grant</html>"),
    _refused("401-echo", 401, f"<html>no {JANE.password}, {SECRET} here</html>"),
    _refused("403-page", 403, _PAGE),
    _refused("404-page", 404, _PAGE),
    _refused("200-page", 200, _PAGE),
    _refused("200-empty", 200),
    _refused("200-array", 200, "[]"),
    _refused("200-text", 200, '"at"'),
    _refused("200-nested", 200, "[" * 20_000),
    _answered("redirect", Reply(307, headers={"Location": "elsewhere"}), TokenRefreshError),
    _answered("redirect-to-a-page", Reply(302, headers={"Location": "/"}), TokenRefreshError),
    _away("500", 500, _PAGE),
    _away("503", 503),
    _away("429", 429),
    _away("408", 408),
    # A gateway that repeats the words of a refusal is still no refusal.
    _away("503-invalid-grant", 503, '{"error": "invalid_grant"}'),
    _away("temporarily-unavailable", 400, '{"error": "temporarily_unavailable"}'),
    _answered("cut", Reply(cut=True), RefreshTransportError),
    _answered("cut-in-the-middle", Reply(body="{", lost=50), RefreshTransportError),
    _answered("endless", Reply(body=" " * 1_100_000), RefreshTransportError),
)
