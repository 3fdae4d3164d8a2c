"""The provider under which sessions are killed: it rotates, detects reuse, and can be lenient."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from pywry_auth.flow import AuthFlowManager
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.testing import (
    Conduct,
    HeadlessAgent,
    ProgrammableProvider,
    Put,
    RefreshPolicy,
    Reply,
)
from pywry_auth.testing.edits import Edit
from pywry_auth.tokens import OAuthTokenSet


LIFE = 3600  # seconds an access token lives
LEEWAY = 60.0  # seconds a lenient issuer takes a spent refresh token
STRICT, LENIENT = "strict", "lenient"

OnCommit = Callable[[Reply], Reply]


@dataclass(frozen=True)
class Commit:
    """One rotation: when the server had made it, and which refresh token replaced which."""

    at: float
    used: str = field(repr=False)
    successor: str = field(repr=False)


class ChaosProvider(ProgrammableProvider):
    """
    Two issuers with one habit: each refresh token is good once, a spent one ends the session.

    The lenient issuer takes a spent refresh token for another minute, unless the one that replaced
    it has been used.
    """

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self._on_commit: OnCommit | None = None
        self._turn = threading.Lock()
        super().__init__()
        for mode in (STRICT, LENIENT):
            self.add(mode, _conduct(mode, {}, {}))

    def issuer(self, mode: str) -> str:
        """Give the URL of the issuer *mode*."""
        return f"{self.base_url}/{mode}"

    def behave(
        self,
        mode: str,
        *,
        replies: Mapping[str, Reply] | None = None,
        delays: Mapping[str, float] | None = None,
    ) -> None:
        """Let *mode* give these replies from now on; correct ones where none is named."""
        self.program(mode, _conduct(mode, replies or {}, delays or {}))

    def at_commit(self, act: OnCommit | None) -> None:
        """Let *act* happen once, at the next rotation, before the client hears of it."""
        self._on_commit = act

    def rotations(self, refresh_token: str, *, before: float) -> list[Commit]:
        """Give all that *refresh_token* and its successors went through before that instant."""
        mine = {refresh_token}
        found: list[Commit] = []
        for one in self.commits:
            if one.used in mine and one.at < before:
                mine.add(one.successor)
                found.append(one)
        return found

    def takes(self, mode: str, refresh_token: str) -> bool:
        """Say whether *mode* takes that refresh token; it is spent then."""
        form = {
            "grant_type": "refresh_token",
            "client_id": "rp-client",
            "refresh_token": refresh_token,
        }
        url = f"{self.issuer(mode)}/token"
        return httpx.post(url, data=form, trust_env=False, timeout=20).is_success

    def _reply_to(
        self, *, method: str, target: str, form: str, headers: Mapping[str, str]
    ) -> Reply:
        used = dict(parse_qsl(form)).get("refresh_token")
        if used is None or not urlsplit(target).path.endswith("/token"):
            return super()._reply_to(method=method, target=target, form=form, headers=headers)
        with self._turn:
            reply = super()._reply_to(method=method, target=target, form=form, headers=headers)
            if reply.status != 200 or reply.cut:  # noqa: PLR2004
                return reply
            successor = json.loads(reply.body)["refresh_token"]
            self.commits.append(Commit(time.monotonic(), used, successor))
            act, self._on_commit = self._on_commit, None
            return act(reply) if act else reply


def _conduct(mode: str, replies: Mapping[str, Reply], delays: Mapping[str, float]) -> Conduct:
    life: dict[str, Edit] = {"expires_in": Put(LIFE)}
    return Conduct(
        refresh=RefreshPolicy.DETECT_REUSE if mode == STRICT else RefreshPolicy.LEEWAY,
        leeway=LEEWAY,
        token=life,
        refreshed=life,
        replies=replies,
        delays=delays,
    )


def signed_in(provider: ChaosProvider, mode: str) -> OAuthTokenSet:
    """Sign in at *mode*, without a person."""
    agent = HeadlessAgent()
    flow = AuthFlowManager(
        GenericOIDCProvider("rp-client", issuer_url=provider.issuer(mode)), auth_timeout=30
    )
    result = flow.run_native(agent.show_window, agent.close_window)
    agent.join()
    return result.tokens
