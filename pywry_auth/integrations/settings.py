"""What one target is reached with."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import ConfigDict, Field, field_validator

from pywry_auth.integrations.discreet import DiscreetModel
from pywry_auth.protocol.wire import require_safe_url


#: what may be shown of settings; anything else may be a secret that a provider put beside its token
_SHOWN = frozenset({"token_type", "base_url", "timeout", "user_agent", "retry_attempts"})


class ProviderSettings(DiscreetModel):
    """
    The settings of one target; more fields than these are allowed.

    Attributes:
        token: what is presented there; a secret. "" where nothing is known.
        token_type: the scheme it is presented under.
        base_url: where the target is; "" is its usual place.
        timeout: seconds for one request.
        user_agent: how the program names itself.
        retry_attempts: how often a request is repeated that nothing came of.
    """

    model_config = ConfigDict(extra="allow")

    token: str = Field(default="", repr=False)
    token_type: str = "Bearer"
    base_url: str = ""
    timeout: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    user_agent: str = "pywry-auth"
    retry_attempts: int = Field(default=2, ge=0)

    @field_validator("token", "token_type", "user_agent")
    @classmethod
    def _fits_a_header(cls, text: str) -> str:
        # What does not would end a header early, or fail later with its value in the traceback.
        if not (text.isascii() and (text.isprintable() or not text)):
            raise ValueError("it holds what no HTTP header can hold, like the end of a line")
        return text

    @field_validator("base_url")
    @classmethod
    def _may_be_spoken_to(cls, url: str) -> str:
        if "?" in url:
            raise ValueError("base_url has no query")
        return require_safe_url(url, "base_url") if url else url

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Show what is known to be no secret."""
        for name, value in super().__repr_args__():
            if name in _SHOWN:
                yield name, value


S = TypeVar("S", bound=ProviderSettings)


def merged(settings: S, changes: Mapping[str, object]) -> S:
    """
    Give *settings* with *changes* laid over them; what was never set stays a default.

    Raises:
        pydantic.ValidationError: the result is not allowed; it does not show the values.
    """
    kept = {name: value for name, value in settings if name in settings.model_fields_set}
    return type(settings).model_validate({**kept, **changes})


def read_as(kind: type[S], settings: ProviderSettings) -> S:
    """
    Give *settings* as the *kind* that a target knows; the very object where it is one.

    Raises:
        pydantic.ValidationError: a field is not what that kind allows.
    """
    if isinstance(settings, kind):
        return settings
    return kind.model_validate(
        {name: value for name, value in settings if name in settings.model_fields_set}
    )


def require_settings(given: object) -> None:
    """
    Make sure that *given*, whatever a caller without a type checker wrote, is settings or None.

    Raises:
        TypeError: it is neither.
    """
    if not (given is None or isinstance(given, ProviderSettings)):
        raise TypeError(
            f"settings are ProviderSettings, not {type(given).__name__}; "
            "a token alone is given by its name: token=..."
        )
