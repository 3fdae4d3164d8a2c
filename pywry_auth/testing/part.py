"""What one part of an issuer is made of."""

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.conduct import Conduct, Registration, Reply
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.keys import KeyShelf
from pywry_auth.testing.seen import SeenRequest


T = TypeVar("T")

#: a member of the metadata document
Announced = str | bool | int | list[str]


class Memory:
    """
    What one issuer knows; every part reads and writes it while the issuer holds its lock.

    Args:
        url: the issuer identifier.
        conduct: what the issuer does.
        parts: what the issuer is made of.
        clock: tells the time, which ``conduct.skew`` shifts.

    Attributes:
        seen: the requests, in order.
        violations: what the client did wrong, in order.
        issued: every code or token handed out.
        jwks_path: a path nobody can guess, so that a client must read it from the metadata.
        codes: authorization codes, with what they stand for.
        refresh_tokens: refresh tokens ever given, spent ones too.
        access_tokens: access tokens that are valid.
        registered: the client, once it registered itself; that of the conduct when None.
        sign_ins: how many authorization requests were approved.
        refuses: whether a fixed reply goes out in place of the answer that is being made now:
            look at the request and note what is wrong, but spend nothing.
    """

    def __init__(
        self,
        url: str,
        conduct: Conduct,
        parts: "tuple[Part, ...]" = (),
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.url = url
        self.conduct = conduct
        self.parts = parts
        self.clock = clock
        self.seen: list[SeenRequest] = []
        self.violations: list[str] = []
        self.issued: list[str] = []
        self.jwks_path = f"jwks-{secrets.token_hex(4)}"
        self.shelf = KeyShelf(conduct.keys)
        self.codes: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.access_tokens: dict[str, Grant] = {}
        self.registered: Registration | None = None
        self.sign_ins = 0
        self.refuses = False
        self.lock = threading.RLock()
        self._once: set[str] = set()
        self._drawers: dict[type, object] = {}

    @property
    def client(self) -> Registration:
        """The one client the issuer knows."""
        return self.registered or self.conduct.client

    @property
    def now(self) -> int:
        """The issuer's time in whole seconds, as wrong as its conduct wants it."""
        return int(self.clock.now() + self.conduct.skew)

    def drawer(self, kind: type[T]) -> T:
        """Give what a part keeps for itself, made by ``kind()`` when it is asked for first."""
        kept = self._drawers.get(kind)
        if isinstance(kept, kind):
            return kept
        made = kind()
        self._drawers[kind] = made
        return made

    def grant_of(self, seen: SeenRequest) -> Grant | None:
        """Give the sign-in that a token request goes on with; None where there is none."""
        form = dict(seen.form)
        by_code = self.codes.get(form.get("code", ""))
        return by_code or self.refresh_tokens.get(form.get("refresh_token", ""))

    def note(self, where: str, problems: list[str]) -> list[str]:
        """Write *problems* down as violations, and give them back."""
        self.violations += [f"{where}: {problem}" for problem in problems]
        return problems

    def fresh(self, what: str, value: str | None) -> list[str]:
        """Name the problem that *value* was used before; nothing is wrong with an absent one."""
        if not value:
            return []
        if self.was_used(what, value):
            return [f"{what} was used before"]
        self.use(what, value)
        return []

    def use(self, what: str, value: str) -> None:
        """Note that *value* was used."""
        self._once.add(f"{what} {value}")

    def was_used(self, what: str, value: str) -> bool:
        """Whether *value* was used before."""
        return f"{what} {value}" in self._once


Handler = Callable[[Memory, SeenRequest], Reply]


@dataclass(frozen=True, slots=True)
class GrantType:
    """
    One ``grant_type`` of the token endpoint.

    Attributes:
        name: what ``Conduct.replies`` and ``Conduct.delays`` call it.
        answer: gives the reply, once client and form were found to be correct.
        nameless: whether a public client need not say who it is (RFC 7523 section 3.1).
        otherwise: what they call it where they do not say *name*.
    """

    name: str
    answer: Handler
    nameless: bool = False
    otherwise: str = ""


def _announces_nothing(_memory: Memory) -> Mapping[str, Announced]:
    return {}


def _reads_as_is(_memory: Memory, seen: SeenRequest) -> SeenRequest | Reply:
    return seen


def _lets_pass(_memory: Memory, _seen: SeenRequest) -> Reply | None:
    return None


def _lets_use(_memory: Memory, _seen: SeenRequest, _grant: Grant) -> Reply | None:
    return None


def _adds_nothing(_memory: Memory, _seen: SeenRequest, _grant: Grant) -> Mapping[str, object]:
    return {}


def _leaves(_memory: Memory, _seen: SeenRequest, reply: Reply) -> Reply:
    return reply


@dataclass(frozen=True, slots=True)
class Part:
    """
    One thing an issuer can do; whatever is left out, it does not touch.

    Attributes:
        endpoints: what answers, by path below the issuer. The path is the name in ``calls`` and
            in ``Conduct.replies``; one that ends in ``/`` stands for everything below it.
        grant_types: what the token endpoint answers, by ``grant_type``.
        announces: gives members of the metadata; arrays of several parts are joined.
        reads_request: gives the authorization request that was meant, or the reply that refuses
            it; asked before it is looked at.
        guards_push: gives the reply that refuses to take an authorization request beforehand;
            asked after client and form were found to be correct.
        guards_token: gives the reply that refuses a token request; asked after client and form
            were found to be correct.
        guards_resource: gives the reply that refuses the use of an access token.
        token_members: gives members of a token answer, in place of the usual ones.
        claims: gives claims of the ID token, in place of the usual ones.
        finishes: gives the reply as it goes out, for every endpoint; fixed ones too.
    """

    endpoints: Mapping[str, Handler] = field(default_factory=dict[str, Handler])
    grant_types: Mapping[str, GrantType] = field(default_factory=dict[str, GrantType])
    announces: Callable[[Memory], Mapping[str, Announced]] = _announces_nothing
    reads_request: Callable[[Memory, SeenRequest], SeenRequest | Reply] = _reads_as_is
    guards_push: Callable[[Memory, SeenRequest], Reply | None] = _lets_pass
    guards_token: Callable[[Memory, SeenRequest], Reply | None] = _lets_pass
    guards_resource: Callable[[Memory, SeenRequest, Grant], Reply | None] = _lets_use
    token_members: Callable[[Memory, SeenRequest, Grant], Mapping[str, object]] = _adds_nothing
    claims: Callable[[Memory, SeenRequest, Grant], Mapping[str, object]] = _adds_nothing
    finishes: Callable[[Memory, SeenRequest, Reply], Reply] = _leaves


def json_reply(members: Mapping[str, object], status: int = 200) -> Reply:
    """Give *members* as a reply nobody may keep."""
    return Reply(status, json.dumps(members), headers={"Cache-Control": "no-store"})


def error_reply(error: str, status: int = 400, description: str = "") -> Reply:
    """Give a refusal as OAuth words it (RFC 6749 section 5.2)."""
    members = {"error": error}
    if description:
        members["error_description"] = description
    return json_reply(members, status)
