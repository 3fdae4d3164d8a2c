"""What one target is reached with."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field


#: what may be shown of settings; anything else may be a secret that a provider put beside its token
_SHOWN = frozenset({"token_type", "base_url", "timeout", "user_agent", "retry_attempts"})


class ProviderSettings(BaseModel):
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

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    token: str = Field(default="", repr=False)
    token_type: str = "Bearer"
    base_url: str = ""
    timeout: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    user_agent: str = "pywry-auth"
    retry_attempts: int = Field(default=2, ge=0)

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Show what is known to be no secret."""
        for name, value in super().__repr_args__():
            if name in _SHOWN:
                yield name, value
