"""What a provider, a sign-in, its store are told from outside."""

import os
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from pywry_auth.errors import ConfigError


PREFIX = "PYWRY_AUTH_"
OLDER_PREFIX = "PYWRY_OAUTH2__"
DEFAULT_SCOPES = "openid email profile"


_WORDS = TypeAdapter(str | list[str] | tuple[str, ...] | set[str])


def _joined(value: object) -> str:
    words = _WORDS.validate_python(value)
    return words if isinstance(words, str) else " ".join(words)


class OAuth2Settings(BaseModel):
    """
    One client registration, with how its sign-in window and its store behave.

    An argument beats ``PYWRY_AUTH_<FIELD>``, which beats ``PYWRY_OAUTH2__<FIELD>``, which beats
    the default. ``model_validate`` also takes any object with these attributes, and then the
    environment is not looked at. A ``.env`` file is never read.
    """

    model_config = ConfigDict(
        frozen=True, from_attributes=True, extra="ignore", hide_input_in_errors=True
    )

    provider: Literal["google", "github", "microsoft", "oidc", "custom"] = "custom"
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    scopes: Annotated[str, BeforeValidator(_joined)] = DEFAULT_SCOPES
    authorize_url: str = ""
    token_url: str = ""
    userinfo_url: str = ""
    revocation_url: str = ""
    device_url: str = ""
    issuer_url: str = ""
    tenant_id: str = "common"
    resources: Annotated[str, BeforeValidator(_joined)] = ""
    dpop: Literal["off", "when_announced", "required"] = "off"
    use_pkce: bool = True
    token_store_backend: Literal["memory", "keyring", "redis", "file", "sealed"] = "memory"
    auth_timeout_seconds: float = Field(default=120.0, ge=10)
    refresh_buffer_seconds: int = Field(default=60, ge=10)
    window: Literal["auto", "webview", "browser", "paste"] = "auto"

    @property
    def chosen_scopes(self) -> list[str] | None:
        """The scopes somebody asked for, or None where the provider's own default applies."""
        return self.scopes.split() if "scopes" in self.model_fields_set else None

    @classmethod
    def load(
        cls, values: Mapping[str, object] | None = None, *, env: Mapping[str, str] | None = None
    ) -> Self:
        """
        Read *values*, and *env* for what they leave out.

        Args:
            values: field names and values; they beat the environment.
            env: where variables are looked up; the process's own when left out, ``{}`` for none.

        Raises:
            ConfigError: a value is not one of those allowed; names the field, never the value.
        """
        context = None if env is None else {"env": env}
        try:
            return cls.model_validate(dict(values or {}), context=context)
        except ValidationError as exc:
            raise settings_error(exc) from None

    @model_validator(mode="before")
    @classmethod
    def _fill_from_environment(cls, values: object, info: ValidationInfo) -> object:
        if not isinstance(values, dict):
            return values  # an object that already decided everything
        context: dict[str, Mapping[str, str]] = info.context or {}
        given: dict[str, object] = {**values}
        return _from_env(cls.model_fields, context.get("env", os.environ)) | given


def settings_error(exc: ValidationError) -> ConfigError:
    """Say which setting is wrong and why, without the value, which may be a secret."""
    facts = "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}"
        for item in exc.errors(include_input=False, include_url=False, include_context=False)
    )
    return ConfigError(f"these settings cannot be used: {facts}")


def _from_env(names: Mapping[str, object], env: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        for prefix in (PREFIX, OLDER_PREFIX):
            value = env.get(prefix + name.upper())
            if value is not None:
                found[name] = value
                break
    return found
