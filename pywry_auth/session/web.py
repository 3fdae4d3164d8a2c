"""What a token session needs to know of web sessions."""

from collections.abc import Sequence
from typing import Protocol

from pywry_auth.tokens import OAuthTokenSet


class WebSession(Protocol):
    """One web session of a deployed application."""

    @property
    def session_id(self) -> str:
        """Names it in its store; a secret."""
        ...


class SessionStore(Protocol):
    """A store of web sessions, so that signing out ends them too."""

    async def list_user_sessions(self, user_id: str) -> Sequence[WebSession]:
        """Give the web sessions of *user_id*."""
        ...

    async def delete_session(self, session_id: str) -> object:
        """End one of them."""
        ...


async def end_web_sessions(store: SessionStore | None, tokens: OAuthTokenSet | None) -> None:
    """End every web session of whoever *tokens* belong to; an unknown subject is nobody."""
    subject = tokens.origin.subject if tokens is not None and tokens.origin is not None else ""
    if store is not None and subject:
        for session in await store.list_user_sessions(subject):
            await store.delete_session(session.session_id)
