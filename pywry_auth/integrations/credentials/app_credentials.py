"""What an application presents to a provider on its own behalf."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo

from pywry_auth.integrations.credentials.environment import from_environment
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.discreet import DiscreetModel
from pywry_auth.json_value import is_object
from pywry_auth.protocol.wire import require_safe_url


def _address(url: str) -> str:
    return require_safe_url(url, "the address") if url else ""


__all__ = ("AppCredentials", "OAuth2AppCredentials", "UserCredentials")

#: an https address, or http on this machine; "" is none
Address = Annotated[str, AfterValidator(_address)]
#: what goes into a header, and never prints
Secret = Annotated[str, Field(pattern=r"^[\x21-\x7e]*$", repr=False)]

AuthMethod = Literal["client_secret_basic", "client_secret_post", "none"]


class AppCredentials(DiscreetModel):
    """
    What an application presents on its own behalf; a provider's own class adds fields.

    An argument beats the environment, where the first of a field's variables that says something
    wins; None is no argument. A ``.env`` file is never read.

        class AcmeAppCredentials(AppCredentials):
            environment = {"api_key": ("ACME_API_KEY", "ACME_KEY")}
            shown = frozenset({"region"})

            api_key: str = ""
            region: str = "eu"

    Attributes:
        environment: field -> variables that may fill it; those of base classes count too.
        shown: fields that ``repr`` may show; any other one may be a secret.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    environment: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    shown: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def load(
        cls, values: Mapping[str, object] | None = None, *, env: Mapping[str, str] | None = None
    ) -> Self:
        """
        Read *values*, and *env* for what they leave out.

        Args:
            values: field names with their values.
            env: where variables are looked up; the process's own when left out, ``{}`` for none.

        Raises:
            ValidationError: a value cannot be used; it names the field, never the value.
        """
        context = None if env is None else {"env": env}
        return cls.model_validate(dict(values or {}), context=context)

    @classmethod
    def variables(cls) -> dict[str, tuple[str, ...]]:
        """Give the variables of every field that has some, best first."""
        found: dict[str, tuple[str, ...]] = {}
        for kind in reversed(cls.__mro__):
            if issubclass(kind, AppCredentials):
                found |= kind.environment
        return found

    @classmethod
    def completed(cls, given: dict[str, object]) -> dict[str, object]:
        """Give the fields with those that follow from others; here there are none."""
        return given

    @model_validator(mode="before")
    @classmethod
    def _fill_from_environment(cls, values: object, info: ValidationInfo) -> object:
        if not is_object(values):
            return values
        context: dict[str, Mapping[str, str]] = info.context or {}
        given = {name: value for name, value in values.items() if value is not None}
        found = from_environment(cls.variables(), context.get("env"))
        for name, field in cls.model_fields.items():
            if not _spellings(name, field).isdisjoint(given):
                found.pop(name, None)
        return cls.completed(found | given)

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Show what was said and is known to be no secret."""
        safe = frozenset[str]().union(
            *(kind.shown for kind in type(self).__mro__ if issubclass(kind, AppCredentials))
        )
        for name, value in super().__repr_args__():
            if name in safe and name in self.model_fields_set:
                yield name, value


class OAuth2AppCredentials(AppCredentials):
    """
    One client registration at an OAuth 2 authorization server (RFC 6749 section 2).

    Attributes:
        authorization_url: where a person is asked; ``authorize_url`` is the same.
        token_url: where codes become tokens.
        client_id: the client identifier.
        client_secret: "" for a public client.
        redirect_uri: where answers arrive; a call may name another.
        scope_separator: what stands between scopes in requests, and in answers.
        include_client_id: whether the form of a token request names the client beside its header.
        token_endpoint_auth_method: how the client proves itself; with a secret
            ``client_secret_basic`` when left out, without one ``none``.
        issuer: what ``iss`` of a redirect must equal (RFC 9207), or "" where nobody knows.
        announces_iss: whether every redirect with a code carries ``iss``, so that one without is
            refused.
    """

    shown: ClassVar[frozenset[str]] = frozenset(
        {
            "authorization_url",
            "token_url",
            "client_id",
            "redirect_uri",
            "scope_separator",
            "include_client_id",
            "token_endpoint_auth_method",
            "issuer",
            "announces_iss",
        }
    )

    authorization_url: Address = ""
    token_url: Address = ""
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    redirect_uri: str = ""
    scope_separator: str = Field(default=" ", min_length=1)
    include_client_id: bool = False
    token_endpoint_auth_method: AuthMethod | None = None
    issuer: str = ""
    announces_iss: bool = False

    @property
    def authorize_url(self) -> str:
        """The same as ``authorization_url``."""
        return self.authorization_url

    @model_validator(mode="before")
    @classmethod
    def _read_other_name(cls, values: object) -> object:
        if not is_object(values) or values.get("authorize_url") is None:
            return values
        given = dict(values)
        # No alias of the field: a provider that gives it a default would have to repeat it.
        other = given.pop("authorize_url")
        return {"authorization_url": other} | given


def _spellings(name: str, field: FieldInfo) -> set[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return {name, *(choice for choice in alias.choices if isinstance(choice, str))}
    return {name, alias} if isinstance(alias, str) else {name}
