"""What one user's account at a provider is reached with."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from pywry_auth.integrations.discreet import DiscreetModel
from pywry_auth.json_value import is_object
from pywry_auth.tokens import MAX_SECONDS, OAuthTokenSet


_WORDS = TypeAdapter(list[str] | tuple[str, ...] | set[str] | frozenset[str])


def _scope(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    words = _WORDS.validate_python(value, strict=True)
    # A set has no order of its own; a stored record should not change from run to run.
    return " ".join(sorted(words) if isinstance(words, set | frozenset) else words)


def _epoch(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("this is no instant")  # noqa: TRY004 - pydantic reports ValueErrors
    if isinstance(value, str) and not _is_number(value):
        value = _datetime(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return value


def _datetime(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:  # it repeats the text, which may be anything
        raise ValueError("this is no instant as ISO 8601 writes one") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _seconds(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("this is no number of seconds")  # noqa: TRY004 - as above
    return value


_SECONDS: TypeAdapter[float] = TypeAdapter(
    Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)]
)

#: Unix time in seconds; also read from a datetime, or from how ISO 8601 writes one
Instant = Annotated[
    float, BeforeValidator(_epoch), Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)
]
_HeaderText = Annotated[str, Field(pattern=r"^[\x21-\x7e]*$")]  # it goes into a header


class UserCredentials(DiscreetModel):
    """
    What one user's account is reached with; more fields than these are allowed, and kept.

    ``expires_in`` and ``refresh_expires_in``, seconds from ``issued_at`` or from now, are read in
    place of the instants. The answer of a server as it came, ``raw``, is never part of it.

    Attributes:
        access_token: what is presented; a secret, "" where this is no provider with tokens.
        token_type: as the server sent it; ``scheme`` is how a header names it.
        refresh_token: what buys the next access token, or None.
        expires_at: Unix time in seconds at which the access token ends; None is unknown.
        refresh_expires_at: the same of the refresh token.
        issued_at: Unix time in seconds at which the tokens came, or None.
        scope: what was granted, as it was sent; read from any collection of words, too.
        id_token: as it was received, unverified; or None.
    """

    model_config = ConfigDict(
        extra="allow",
        ser_json_inf_nan="constants",  # a store refuses them; as null they would change unseen
    )

    #: what stands between the words of ``scope``, where a provider has something else than spaces
    separator: ClassVar[str] = " "
    #: fields that ``repr`` may show; any other one may be a secret
    shown: ClassVar[frozenset[str]] = frozenset({"token_type", "expires_at", "scope"})

    access_token: _HeaderText = Field(default="", repr=False)
    token_type: _HeaderText = "Bearer"
    refresh_token: str | None = Field(default=None, repr=False)
    expires_at: Instant | None = None
    refresh_expires_at: Instant | None = None
    issued_at: Instant | None = None
    scope: Annotated[str, BeforeValidator(_scope)] = ""
    id_token: str | None = Field(default=None, repr=False)

    @classmethod
    def from_tokens(cls, tokens: OAuthTokenSet) -> Self:
        """
        Give what a sign-in brought, so that working sessions can have it too.

            result = flow.run_native()
            credentials = UserCredentials.from_tokens(result.tokens)
            await auth.store_credentials("google", "ada", credentials)
        """
        return cls.model_validate(fields_of(tokens))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The granted scopes, in the order they were sent."""
        return tuple(self.scope.replace(self.separator, " ").split())

    @property
    def scheme(self) -> str:
        """How a header names the kind of this token."""
        header = OAuthTokenSet("-", token_type=self.token_type).authorization_header
        return header.partition(" ")[0]

    def is_expired(self, now: float, skew: float = 0.0) -> bool:
        """
        Say whether the access token does not count any more; one of unknown life always does.

        Args:
            now: Unix time in seconds.
            skew: seconds before its end from which it no longer counts; half its life at most,
                where that is known.
        """
        if self.expires_at is None:
            return False
        if self.issued_at is not None:
            skew = min(skew, max(0.0, self.expires_at - self.issued_at) / 2)
        return now + skew >= self.expires_at

    def to_record(self) -> dict[str, object]:
        """
        Give everything as a JSON object, for a store; it holds secrets.

        Raises:
            TypeError: a further field holds what JSON cannot say.
        """
        try:
            return self.model_dump(mode="json", exclude_none=True)
        except (ValueError, RecursionError):  # too deep, or of a strange kind
            raise TypeError("these credentials hold something that JSON cannot say") from None

    @model_validator(mode="before")
    @classmethod
    def _lives_to_instants(cls, values: object) -> object:
        if not is_object(values):
            return values
        given = {name: value for name, value in values.items() if name != "raw"}
        for end, life in _LIVES:
            seconds = given.pop(life, None)
            if seconds is not None and given.get(end) is None:
                given.setdefault("issued_at", time.time())
                start = Instants.validate_python(given["issued_at"])
                given[end] = start + _SECONDS.validate_python(seconds)
        return given

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Show what is known to be no secret."""
        safe = frozenset[str]().union(
            *(kind.shown for kind in type(self).__mro__ if issubclass(kind, UserCredentials))
        )
        for name, value in super().__repr_args__():
            if name in safe:
                yield name, value


def fields_of(tokens: OAuthTokenSet) -> dict[str, object]:
    """Give *tokens* as the fields of credentials; what they do not say is left out."""
    found = {
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "refresh_token": tokens.refresh_token,
        "expires_at": tokens.expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "issued_at": tokens.issued_at,
        "scope": tokens.scope,
        "id_token": tokens.id_token,
    }
    return {name: value for name, value in found.items() if value not in {None, ""}}


_LIVES = (("expires_at", "expires_in"), ("refresh_expires_at", "refresh_expires_in"))
Instants: TypeAdapter[float] = TypeAdapter(Instant)
