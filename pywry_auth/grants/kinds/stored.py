"""Tokens that somebody else stored."""

from dataclasses import dataclass, field

from pywry_auth.errors import ReauthRequiredError
from pywry_auth.grants.grant import DEFAULT_CLIENT_ID, TokenGrant
from pywry_auth.grants.kinds.arguments import default_auth, required_client
from pywry_auth.protocol.client_auth import ClientAuth


@dataclass(frozen=True, slots=True, init=False)
class StoredTokenAuth(TokenGrant):
    """
    What is stored already, for example by the application a person signed in with.

    It renews, and asks for nothing anew: where nothing is stored any more, a person must sign in
    there again. Give the manager the same store and key, and as ``issuer`` the provider's.

    Args:
        client_id: the client that the tokens were given to.
        client_auth: how a confidential client proves itself.

    Raises:
        ConfigError: the client is not named.
    """

    client_id: str
    _client_auth: ClientAuth = field(repr=False, hash=False)

    def __init__(
        self, client_id: str = DEFAULT_CLIENT_ID, *, client_auth: ClientAuth | None = None
    ) -> None:
        put = object.__setattr__
        put(self, "client_id", required_client(client_id, client_auth))
        put(self, "_client_auth", default_auth(client_id, client_auth))

    @property
    def can_reauthenticate(self) -> bool:
        """Never."""
        return False

    @property
    def can_begin(self) -> bool:
        """Never: there is nothing to ask with."""
        return False

    def grant_data(self) -> dict[str, str]:
        """
        Raise, as there is nothing to ask with.

        Raises:
            ReauthRequiredError: always.
        """
        raise ReauthRequiredError(
            "nothing is stored that could be used", hint="sign in with the application first"
        )

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth
