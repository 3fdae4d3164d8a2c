"""The sign-in methods of an application that has accounts of its own."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pywry_auth.errors import ConfigError


class SignInManager(Protocol):
    """Whoever knows the application's own accounts; what it answers is its own affair."""

    async def sign_in(
        self,
        *,
        username: str,
        password: str,
        scopes: Sequence[str] | None = None,
        session: object = "auto",
        client_metadata: Mapping[str, object] | None = None,
    ) -> object:
        """Sign in with a password, and take up a web session."""
        ...

    async def sign_out(
        self,
        *,
        scope: str = "session",
        identity_id: str | None = None,
        session_id: str | None = None,
        access_token: str | None = None,
        refresh_token: str | None = None,
        keep_current: bool = False,
    ) -> object:
        """End this session, all of this identity, or all there are."""
        ...

    async def authenticate_password(
        self,
        username: str,
        password: str,
        scopes: Sequence[str] | None = None,
        session_id: str | None = None,
        client_metadata: Mapping[str, object] | None = None,
        issue_tokens: bool = True,  # noqa: FBT001, FBT002
    ) -> object:
        """Check a password."""
        ...

    async def authenticate_api_key(
        self, key: str, required_scopes: Sequence[str] | None = None
    ) -> object:
        """Check an API key."""
        ...

    async def refresh_access_token(self, refresh_token: str) -> object:
        """Issue fresh tokens."""
        ...

    async def revoke_token(self, token: str, token_type: str | None = None) -> object:
        """End one issued token."""
        ...

    async def verify_token(self, token: str) -> object:
        """Check an issued token, and give its claims."""
        ...

    async def resume_identity(self, access_token: str | None = None) -> object:
        """Say who is signed in, or None."""
        ...


class AccountsFace:
    """
    Passes sign-ins on to the accounts of the application.

    Without accounts every method raises ``ConfigError``.
    """

    def __init__(self, accounts: SignInManager | None) -> None:
        self._accounts = accounts

    def _sign_in_manager(self) -> SignInManager:
        if self._accounts is None:
            raise ConfigError(
                "there are no accounts to sign in to",
                hint="give AuthManager(accounts=...) the manager of your application's accounts",
            )
        return self._accounts

    async def sign_in(
        self,
        *,
        username: str,
        password: str,
        scopes: Sequence[str] | None = None,
        session: object = "auto",
        client_metadata: Mapping[str, object] | None = None,
    ) -> object:
        """Sign in with a password, and take up a web session."""
        return await self._sign_in_manager().sign_in(
            username=username,
            password=password,
            scopes=scopes,
            session=session,
            client_metadata=client_metadata,
        )

    async def sign_out(
        self,
        *,
        scope: str = "session",
        identity_id: str | None = None,
        session_id: str | None = None,
        access_token: str | None = None,
        refresh_token: str | None = None,
        keep_current: bool = False,
    ) -> object:
        """End this session, all of this identity, or all there are."""
        return await self._sign_in_manager().sign_out(
            scope=scope,
            identity_id=identity_id,
            session_id=session_id,
            access_token=access_token,
            refresh_token=refresh_token,
            keep_current=keep_current,
        )

    async def authenticate_password(
        self,
        username: str,
        password: str,
        scopes: Sequence[str] | None = None,
        session_id: str | None = None,
        client_metadata: Mapping[str, object] | None = None,
        issue_tokens: bool = True,  # noqa: FBT001, FBT002
    ) -> object:
        """Check a password."""
        return await self._sign_in_manager().authenticate_password(
            username, password, scopes, session_id, client_metadata, issue_tokens
        )

    async def authenticate_api_key(
        self, key: str, required_scopes: Sequence[str] | None = None
    ) -> object:
        """Check an API key."""
        return await self._sign_in_manager().authenticate_api_key(key, required_scopes)

    async def refresh_access_token(self, refresh_token: str) -> object:
        """Issue fresh tokens."""
        return await self._sign_in_manager().refresh_access_token(refresh_token)

    async def revoke_token(self, token: str, token_type: str | None = None) -> object:
        """End one issued token."""
        return await self._sign_in_manager().revoke_token(token, token_type)

    async def verify_token(self, token: str) -> object:
        """Check an issued token, and give its claims."""
        return await self._sign_in_manager().verify_token(token)

    async def resume_identity(self, access_token: str | None = None) -> object:
        """Say who is signed in, or None."""
        return await self._sign_in_manager().resume_identity(access_token)
