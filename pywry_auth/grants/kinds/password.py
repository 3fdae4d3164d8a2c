"""Tokens for a user name with its password."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pywry_auth.errors import ReauthRequiredError
from pywry_auth.grants.grant import DEFAULT_CLIENT_ID, TokenGrant
from pywry_auth.grants.kinds.arguments import (
    default_auth,
    given,
    naming,
    presented,
    required,
    required_client,
    scope_text,
)
from pywry_auth.protocol.client_auth import ClientAuth
from pywry_auth.protocol.resources import checked_resources


class _OneTimeCode:
    """Strictly private: a fixed code, which no server takes twice."""

    __slots__ = ("_codes",)

    def __init__(self, code: str) -> None:
        self._codes = [code]

    def __deepcopy__(self, memo: dict[int, object]) -> "_OneTimeCode":
        return self  # of no copy is it good once more

    @property
    def is_left(self) -> bool:
        return bool(self._codes)

    def __call__(self) -> str:
        try:
            return self._codes.pop()  # one step, so that no two threads get the same code
        except IndexError:
            raise ReauthRequiredError(
                "the one-time code was used already",
                hint="make the grant anew, or give totp a function that tells each code",
            ) from None


@dataclass(frozen=True, slots=True, init=False)
class PasswordAuth(TokenGrant):
    """
    A user name with its password, sent to the token endpoint (RFC 6749 section 4.3).

    A last resort: the program sees the password, and no second factor, passkey or sign-in at
    another house can take part; current practice (RFC 9700 section 2.4) is not to offer it. Sign
    in through a window, or with ``DeviceCodeAuth``, wherever the provider lets you.

    Args:
        username: whose tokens.
        password: their password.
        totp: the one-time code, for servers that want one. A fixed one is sent once, so that the
            grant cannot be made again after it; a function is called for each grant.
        client_id: the client; one that may use this grant.
        scope: what is asked for, as one text or as words; "" leaves it to the server.
        client_auth: how a confidential client proves itself, for example a ``SecretBasic``.
        resources: where the tokens will be used, for servers that want it named (RFC 8707).

    Raises:
        ConfigError: an argument is empty.
    """

    username: str
    password: str = field(repr=False)
    totp: str | Callable[[], str] | None = field(repr=False)
    client_id: str
    scope: str
    resources: Sequence[str]
    _client_auth: ClientAuth = field(repr=False, hash=False)
    _next_code: Callable[[], str] | None = field(repr=False, compare=False)

    def __init__(
        self,
        username: str,
        password: str,
        *,
        totp: str | Callable[[], str] | None = None,
        client_id: str = DEFAULT_CLIENT_ID,
        scope: str | Iterable[str] = "",
        client_auth: ClientAuth | None = None,
        resources: Sequence[str] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "username", required(username, "the user name", hint="say whose tokens to get"))
        put(self, "password", required(password, "the password", hint="ask the person for it"))
        put(self, "totp", totp)
        put(self, "client_id", required_client(client_id, client_auth))
        put(self, "scope", scope_text(scope))
        put(self, "resources", checked_resources(resources))
        put(self, "_client_auth", default_auth(client_id, client_auth))
        put(self, "_next_code", _code_of(totp))

    @property
    def can_reauthenticate(self) -> bool:
        """Whether the password is enough once more, as it is until a fixed code was used."""
        return not isinstance(self._next_code, _OneTimeCode) or self._next_code.is_left

    @property
    def can_begin(self) -> bool:
        """Whether the grant can be made at all."""
        return self.can_reauthenticate

    @property
    def outlasts_refusal(self) -> bool:
        """Whether there will be another code; the same password again would lock the account."""
        return self._next_code is not None and not isinstance(self._next_code, _OneTimeCode)

    @property
    def subject(self) -> str:
        """The user name."""
        return self.username

    def grant_data(self) -> dict[str, str]:
        """
        Give the form fields (RFC 6749 section 4.3.2), with the next one-time code.

        Raises:
            ReauthRequiredError: the fixed one-time code was given before.
        """
        return {
            "grant_type": "password",
            **naming(self._client_auth),
            "username": self.username,
            "password": self.password,
            **given(totp=self._next_code() if self._next_code else "", scope=self.scope),
        }

    def client_auth(self) -> ClientAuth:
        """Say how the client proves itself on every request."""
        return self._client_auth


def _code_of(totp: str | Callable[[], str] | None) -> Callable[[], str] | None:
    if not totp:
        return None
    told = presented(totp, "the one-time code")
    return _OneTimeCode(told) if isinstance(told, str) else told
