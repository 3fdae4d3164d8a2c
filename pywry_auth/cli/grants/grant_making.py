"""The grant that a provider's settings describe."""

from dataclasses import dataclass, field

from pywry_auth.cli.engine import read_settings
from pywry_auth.cli.grants.client_proof import alg_of, private_key_of
from pywry_auth.cli.grants.grant_plan import text_of
from pywry_auth.cli.grants.secret_sources import file_text, secret_in
from pywry_auth.cli.selection import Selected
from pywry_auth.errors import ConfigError, CredentialMissingError, ReauthRequiredError
from pywry_auth.grants.grant import TokenGrant
from pywry_auth.grants.kinds.arguments import given
from pywry_auth.grants.kinds.client_credentials import ClientCredentialsAuth
from pywry_auth.grants.kinds.jwt_bearer import JwtBearerAuth, SignedAssertion
from pywry_auth.grants.kinds.password import PasswordAuth
from pywry_auth.grants.kinds.refresh_token import RefreshTokenAuth
from pywry_auth.grants.kinds.token_exchange import TokenExchangeAuth
from pywry_auth.protocol.client_auth import ClientAuth, NoClientAuth
from pywry_auth.providers.base import OAuthProvider


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed, which is kept nowhere."""

    username: str
    password: str = field(repr=False)
    totp: str = field(default="", repr=False)


class SignedInBefore(TokenGrant):
    """
    A grant that somebody made before; it only keeps their tokens fresh.

    Args:
        client_auth: how the client proves itself.
        subject: who that was.
    """

    def __init__(self, client_auth: ClientAuth, subject: str) -> None:
        self.client_id = client_auth.client_id
        self._client_auth = client_auth
        self._subject = subject

    @property
    def can_reauthenticate(self) -> bool:
        """Never: that takes a person."""
        return False

    @property
    def can_begin(self) -> bool:
        """Never: that took a person."""
        return False

    @property
    def subject(self) -> str:
        """Who that was."""
        return self._subject

    def grant_data(self) -> dict[str, str]:
        """
        Give no form fields.

        Raises:
            ReauthRequiredError: always.
        """
        raise ReauthRequiredError("a person must sign in again")

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth


class GrantMaker:
    """
    Makes the grants of one provider.

    Args:
        selected: its settings.
        provider: the same, with its endpoints found.
    """

    def __init__(self, selected: Selected, provider: OAuthProvider) -> None:
        self._selected = selected
        self._provider = provider
        settings = read_settings(selected)
        if settings.dpop == "required":
            raise ConfigError(
                f"{selected.name} requires dpop, which no grant without a window can do",
                hint="register a client for programs that needs none",
            )
        self._resources = settings.resources.split()
        # The defaults are for people who sign in; a program asks for what it was told.
        self._scope = settings.scopes if "scopes" in settings.model_fields_set else ""

    def grant(self, kind: str, typed: Typed | None = None) -> TokenGrant:
        """
        Make the grant *kind*.

        Raises:
            ConfigError: something it needs is missing, or cannot be used.
        """
        match kind:
            case "password":
                return self._password(typed or self._typed_before())
            case "client_credentials":
                return self._client_credentials()
            case "refresh_token":
                return self._refresh_token()
            case "token_exchange":
                return self._token_exchange()
            case _:
                return self._jwt_bearer()

    def signed_in_before(self, subject: str) -> TokenGrant:
        """Give what keeps tokens fresh that a person's grant brought."""
        return SignedInBefore(self._provider.client_auth, subject)

    def _password(self, typed: Typed) -> PasswordAuth:
        return PasswordAuth(
            typed.username,
            typed.password,
            totp=typed.totp or None,
            client_id=self._provider.client_id,
            scope=self._scope,
            client_auth=self._provider.client_auth,
            resources=self._resources,
        )

    def _typed_before(self) -> Typed:
        username = self._text("username")
        code = self._text("totp_env")
        return Typed(
            username,
            self._variable("password_env", "password"),
            secret_in(code, "totp_env", "one-time code") if code else "",
        )

    def _client_credentials(self) -> ClientCredentialsAuth:
        proof = self._provider.client_auth
        if isinstance(proof, NoClientAuth):
            raise ConfigError(
                f"the client of {self._selected.name} cannot prove which one it is",
                hint="--client-secret-env VAR, or --private-key-file FILE",
            )
        return ClientCredentialsAuth(
            self._provider.client_id,
            scope=self._scope,
            audience=self._text("audience"),
            resources=self._resources,
            client_auth=proof,
        )

    def _refresh_token(self) -> RefreshTokenAuth:
        return RefreshTokenAuth(
            self._variable("refresh_token_env", "refresh token"),
            client_id=self._provider.client_id,
            scope=self._scope,
            client_auth=self._provider.client_auth,
            resources=self._resources,
        )

    def _token_exchange(self) -> TokenExchangeAuth:
        self._presented("subject_token", "subject token")  # found out before anything is sent
        return TokenExchangeAuth(
            lambda: self._presented("subject_token", "subject token"),
            subject_token_type=self._text("subject_token_type") or "access_token",
            audience=self._text("audience"),
            resources=self._resources,
            scope=self._scope,
            client_id=self._provider.client_id,
            client_auth=self._provider.client_auth,
        )

    def _jwt_bearer(self) -> JwtBearerAuth:
        return JwtBearerAuth(
            self._signed() if self._text("private_key_file") else self._ready_assertion,
            client_id=self._provider.client_id,
            scope=self._scope,
            client_auth=self._provider.client_auth,
            resources=self._resources,
        )

    def _signed(self) -> SignedAssertion:
        return SignedAssertion(
            key=private_key_of(self._selected),
            alg=alg_of(self._selected),
            issuer=self._text("assertion_issuer") or self._provider.client_id,
            subject=self._text("assertion_subject"),
            audience=self._text("assertion_audience") or self._token_endpoint(),
            kid=self._text("key_id") or None,
            claims=given(scope=self._text("assertion_scope")),
        )

    def _token_endpoint(self) -> str:
        # Before it was found out, whoever it belongs to stands for it; nothing is sent then.
        return self._provider.token_url or self._provider.origin().issuer

    def _ready_assertion(self) -> str:
        return self._presented("assertion", "assertion")

    def _presented(self, setting: str, what: str) -> str:
        file = self._text(f"{setting}_file")
        if file:
            return file_text(file, self._selected.path, what)
        return self._variable(f"{setting}_env", what)

    def _variable(self, setting: str, what: str) -> str:
        named = self._text(setting)
        if named:
            return secret_in(named, setting, what)
        raise CredentialMissingError(
            f"nothing says where the {what} is",
            provider=self._selected.name,
            hint=f"name a variable with {setting}",
        )

    def _text(self, setting: str) -> str:
        return text_of(self._selected, setting)
