"""The JSON shapes servers answer with, as lenient as real servers are."""

from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter


_SILENT = ConfigDict(extra="ignore", hide_input_in_errors=True, frozen=True)

JSON_OBJECT = TypeAdapter(dict[str, object])


def _text_or_none(value: object) -> object:
    # Servers put numbers and objects where text belongs; text for people is never worth a failure.
    return value if isinstance(value, str) else None


Seconds = Annotated[float, Field(strict=True)] | str  # true is no number of seconds


class TokenReply(BaseModel):
    """RFC 6749 section 5.1."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True, frozen=True)

    access_token: str = Field(pattern=r"^[\x21-\x7e]+$")  # it goes into a header
    token_type: str = "Bearer"
    refresh_token: str | None = None
    expires_in: Seconds | None = None
    refresh_expires_in: Seconds | None = None
    id_token: str | None = None
    scope: str | list[str] | None = None


class ErrorReply(BaseModel):
    """RFC 6749 section 5.2."""

    model_config = _SILENT

    error: str = Field(min_length=1)
    error_description: Annotated[str | None, BeforeValidator(_text_or_none)] = None


class DeviceReply(BaseModel):
    """RFC 8628 section 3.2."""

    model_config = _SILENT

    device_code: str
    user_code: str
    # Google still has the name of a draft.
    verification_uri: str = Field(
        validation_alias=AliasChoices("verification_uri", "verification_url")
    )
    verification_uri_complete: Annotated[str | None, BeforeValidator(_text_or_none)] = None
    expires_in: Seconds
    interval: Seconds | None = None


class PushedReply(BaseModel):
    """RFC 9126 section 2.2."""

    model_config = _SILENT

    request_uri: str = Field(pattern=r"^[\x21-\x7e]+$")  # it goes into an address
    expires_in: float = Field(gt=0, allow_inf_nan=False)


class MetadataReply(BaseModel):
    """OpenID Connect Discovery section 3, RFC 8414 section 2."""

    model_config = _SILENT

    issuer: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    revocation_endpoint: str | None = None
    jwks_uri: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    end_session_endpoint: str | None = None
    introspection_endpoint: str | None = None
    registration_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] | None = None
    code_challenge_methods_supported: tuple[str, ...] | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] | None = None
    dpop_signing_alg_values_supported: tuple[str, ...] | None = None
    acr_values_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False
    require_pushed_authorization_requests: bool = False


def _words(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _text(value: object) -> object:
    return "" if value is None else value


_Text = Annotated[str, BeforeValidator(_text)]
_Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
_Instant = Annotated[float | None, Field(allow_inf_nan=False)]


class IntrospectionReply(BaseModel):
    """RFC 7662 section 2.2."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True, frozen=True)

    active: bool = Field(strict=True)  # "false" in quotes is no yes
    scope: _Text = ""
    client_id: _Text = ""
    username: _Text = ""
    token_type: _Text = ""
    exp: _Instant = None
    iat: _Instant = None
    nbf: _Instant = None
    sub: _Text = ""
    aud: _Words = ()
    iss: _Text = ""
    jti: _Text = ""


class RegistrationReply(BaseModel):
    """RFC 7591 section 3.2.1."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True, frozen=True)

    client_id: str = Field(pattern=r"^[\x20-\x7e]+$")  # RFC 6749 appendix A.1
    client_secret: _Text = ""
    client_secret_expires_at: _Instant = None
    client_id_issued_at: _Instant = None
    registration_access_token: Annotated[
        str, BeforeValidator(_text), Field(pattern=r"^[\x21-\x7e]*$")  # it goes into a header
    ] = ""
    registration_client_uri: _Text = ""
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str | None = None
    application_type: str | None = None
    scope: _Text = ""


class GitHubAddress(BaseModel):
    """One entry of GitHub's ``GET /user/emails``."""

    model_config = _SILENT

    email: str
    primary: bool = False
    verified: bool = False


GITHUB_ADDRESSES = TypeAdapter(list[GitHubAddress])
