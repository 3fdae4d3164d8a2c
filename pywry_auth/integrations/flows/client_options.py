"""What one call to an authorization server goes by: the registration, with what a call changes."""

from collections.abc import Iterable, Mapping

from pydantic import Field, ValidationError

from pywry_auth.errors import ConfigError
from pywry_auth.integrations.credentials.app_credentials import AppCredentials, OAuth2AppCredentials
from pywry_auth.protocol.client_auth import (
    ClientAuth,
    ClientProof,
    NoClientAuth,
    SecretBasic,
    SecretPost,
)
from pywry_auth.settings import settings_error


#: scopes as they are asked for: one text, or words in any collection
Scope = str | Iterable[str]


class ClientOptions(OAuth2AppCredentials):
    """
    A client registration, with what a flow or a call says differently.

    Attributes:
        scope: what is asked for where the call does not say; separated by spaces.
        timeout: seconds for one request.
    """

    scope: str | list[str] | tuple[str, ...] | set[str] | frozenset[str] | None = None
    timeout: float = Field(default=30.0, gt=0, allow_inf_nan=False)

    def words(self, wish: Scope | None) -> list[str]:
        """Give the scopes of *wish*, or the usual ones where it is None."""
        said = (self.scope or "") if wish is None else wish
        if isinstance(said, str):
            return said.replace(self.scope_separator, " ").split()
        words = sorted(said) if isinstance(said, set | frozenset) else said
        return list(dict.fromkeys(words))

    def as_field(self, scope: Scope | None) -> dict[str, str]:
        """Give the form field that asks for *scope*; none where nobody said one."""
        return {} if scope is None else {"scope": self.scope_separator.join(self.words(scope))}

    def proof(self, extra: Mapping[str, str], *, now: float) -> ClientProof:
        """
        Give what a token request carries: the client's proof, with *extra* in the form.

        Args:
            extra: further form fields.
            now: Unix time in seconds.

        Raises:
            ConfigError: there is no client id.
        """
        proof = self._client_auth().proof(audience=self.issuer or self.token_url, now=now)
        named = {"client_id": self.client_id} if self.include_client_id else {}
        # Nobody closes a flow: what asks once an hour leaves no connection behind.
        headers = {"connection": "close", **proof.headers}
        return ClientProof({**extra, **named, **proof.fields}, headers)

    def _client_auth(self) -> ClientAuth:
        if not self.client_id:
            raise ConfigError("there is no client_id", hint="register the application first")
        method = self.token_endpoint_auth_method
        if not self.client_secret or method == "none":
            return NoClientAuth(self.client_id)
        # Every server must know Basic (RFC 6749 section 2.3.1); the form is for those that say so.
        kind = SecretPost if method == "client_secret_post" else SecretBasic
        return kind(self.client_id, self.client_secret)


def client_options(
    app_credentials: AppCredentials, *layers: Mapping[str, object] | None
) -> ClientOptions:
    """
    Lay *layers* over *app_credentials*; a later one beats an earlier one, None says nothing.

    Raises:
        ConfigError: an option does not exist, or cannot be used.
    """
    found: dict[str, object] = {
        name: value
        for name, value in app_credentials
        if name in OAuth2AppCredentials.model_fields and value is not None
    }
    for layer in layers:
        for name, value in (layer or {}).items():
            if value is not None:
                found["authorization_url" if name == "authorize_url" else name] = value
    try:
        return ClientOptions.load(found, env={})
    except ValidationError as exc:
        wrong = settings_error(exc)
    raise wrong  # here, where no other error is being handled that could tell of the content
