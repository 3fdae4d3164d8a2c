"""The real client at a real identity provider, with a walker as the person."""

import asyncio
import base64
import json
import secrets
import threading
import time
from dataclasses import dataclass, field

import httpx

from pywry_auth.clock import SYSTEM_CLOCK
from pywry_auth.flow import AuthFlowManager, AuthFlowResult, CallbackOptions
from pywry_auth.providers import GenericOIDCProvider
from pywry_auth.session import SessionEvent, SessionManager
from pywry_auth.testing.clock import VirtualClock
from pywry_auth.token_store import MemoryTokenStore
from pywry_auth.tokens import OAuthTokenSet
from tests.providers_kit import RealProvider


PATIENCE = 20.0  # seconds; nothing here takes that long


@dataclass
class Person:
    """Somebody who walks through the provider's pages on a thread of their own."""

    op: RealProvider
    denies: bool = False
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    #: what the last authorization request asked, in the address or handed over before
    asked: httpx.QueryParams = field(default_factory=httpx.QueryParams)
    _walks: list[threading.Thread] = field(default_factory=list)

    def show_window(self, url: str, _config: dict[str, object]) -> str:
        self.opened.append(url)
        walk = threading.Thread(target=self._walk, args=(url,), daemon=True)
        self._walks.append(walk)
        walk.start()
        return f"window {len(self.opened)}"

    def close_window(self, label: str) -> None:
        self.closed.append(label)

    def arrive(self) -> None:
        """Wait until the pages were walked through."""
        for walk in self._walks:
            walk.join(PATIENCE)
            assert not walk.is_alive()

    def _walk(self, url: str) -> None:
        self.answers.append(self.op.walk(url, deny=self.denies))


@dataclass
class RealParty:
    """One application with its store; several sessions are several starts of it."""

    op: RealProvider
    provider: GenericOIDCProvider
    callback: CallbackOptions = field(default_factory=CallbackOptions)
    store: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    events: list[SessionEvent] = field(default_factory=list)
    person: Person = field(init=False)
    session: SessionManager = field(init=False)

    def __post_init__(self) -> None:
        self.person = Person(self.op)
        self._watch_requests()
        self.start_again()

    def _watch_requests(self) -> None:
        whole = self.provider.build_authorize_url

        def build_authorize_url(*args: object, **more: object) -> str:
            url = whole(*args, **more)
            self.person.asked = httpx.URL(url).params
            return url

        self.provider.build_authorize_url = build_authorize_url

    def start_again(self, *, seconds_later: float = 0) -> None:
        """Be started once more, with nothing but the store; later, by the application's clock."""
        clock = VirtualClock(time.time() + seconds_later) if seconds_later else SYSTEM_CLOCK
        self.session = SessionManager(
            self.provider, self.store, on_event=self.events.append, clock=clock
        )

    def sign_in(self) -> AuthFlowResult:
        flow = AuthFlowManager(
            self.provider,
            session_manager=self.session,
            auth_timeout=PATIENCE,
            callback=self.callback,
        )
        try:
            return flow.run_native(self.person.show_window, self.person.close_window)
        finally:
            self.person.arrive()

    def refresh(self) -> OAuthTokenSet:
        return asyncio.run(self.session.refresh())

    def access_token(self) -> str:
        return asyncio.run(self.session.get_access_token())

    def sign_out(self) -> bool | None:
        """Sign out; gives whether the provider confirmed it."""
        asyncio.run(self.session.logout())
        return self.events[-1].revoked

    def stored(self) -> OAuthTokenSet | None:
        return self.store.get(self.session.session_key)

    def told(self, name: str) -> list[dict[str, object]]:
        """What oidc-provider said under this name up to now."""
        mark = secrets.token_hex(8)
        self.op.control(mark=mark)
        self.op.wait_for(lambda event: event.get("mark") == mark)
        return [event for event in list(self.op.events) if event.get("event") == name]

    def close(self) -> None:
        asyncio.run(self.session.logout(revoke=False))
        asyncio.run(self.provider.close())


def member(jws: str, part: int) -> dict[str, object]:
    """Read the header (0) or the claims (1) of a token, for looking only."""
    text = jws.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
