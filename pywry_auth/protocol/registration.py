"""A client that registers itself (RFC 7591), with the means to take that back (RFC 7592)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

from pywry_auth.errors import ConfigError, RegistrationError, StoredDataError, TransportError
from pywry_auth.protocol.origin import safe_origin
from pywry_auth.protocol.wire import WireReply, WireRequest, printable, require_safe_url


#: RFC 8252 section 7.3: the port is chosen anew at each sign-in, so none is registered
LOOPBACK_REDIRECTS = ("http://127.0.0.1/callback",)
LOOPBACK_LOGOUTS = ("http://127.0.0.1/logged-out",)
CREATED = frozenset({200, 201})  # the standard says 201; some servers say 200
NO_CONTENT = 204
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """
    What an installed application registers about itself (RFC 7591 section 2, RFC 8252 section 8).

    Attributes:
        client_name: what the consent page calls it.
        redirect_uris: where redirects may arrive; loopback without a port means any port.
        post_logout_redirect_uris: where a logout may come back to.
        scope: what it may ask for at most; "" leaves it to the server.
        grant_types: what it will do at the token endpoint.
        application_type: ``native`` lets loopback redirects through (OIDC Registration section 2).
        token_endpoint_auth_method: ``none``, since an installed application keeps no secret.
        extra: further members, in place of those above where the names are the same.
    """

    client_name: str = ""
    redirect_uris: Sequence[str] = LOOPBACK_REDIRECTS
    post_logout_redirect_uris: Sequence[str] = LOOPBACK_LOGOUTS
    scope: str = ""
    grant_types: Sequence[str] = ("authorization_code", "refresh_token")
    application_type: str = "native"
    token_endpoint_auth_method: str = "none"
    extra: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def members(self) -> dict[str, object]:
        """The body of the registration."""
        said: dict[str, object] = {
            "client_name": self.client_name,
            "redirect_uris": list(self.redirect_uris),
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "scope": self.scope,
            "grant_types": list(self.grant_types),
            "response_types": ["code"] if "authorization_code" in self.grant_types else [],
            "application_type": self.application_type,
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
        }
        wanted = {name: value for name, value in said.items() if value not in ("", [])}
        return {**wanted, **self.extra}


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """
    A registration as the server made it (RFC 7591 section 3.2.1).

    Attributes:
        issuer: where it was made.
        client_id: the client identifier.
        client_secret: "" for a public client.
        expires_at: Unix time in seconds at which the secret ends; None is never.
        registration_access_token: what may read, change or delete the registration; "" where the
            server offers none of that.
        registration_client_uri: where that is done, or "".
        token_endpoint_auth_method: how the client must prove itself.
        redirect_uris: where redirects may arrive.
        scope: what it may ask for, as the server sees it, or "".
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    expires_at: float | None = None
    registration_access_token: str = field(default="", repr=False)
    registration_client_uri: str = ""
    token_endpoint_auth_method: str = "none"
    redirect_uris: tuple[str, ...] = ()
    scope: str = ""

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """
        Read what ``to_json`` wrote.

        Raises:
            StoredDataError: it is something else.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(cls).validate_json(text)
        except ValidationError:
            raise StoredDataError(
                "this is no registration of a client", hint="register the client again"
            ) from None

    def usable_at(self, now: float) -> bool:
        """Say whether the secret is good at the Unix time *now*; a public client always is."""
        return self.expires_at is None or not self.client_secret or now < self.expires_at

    def to_json(self) -> str:
        """Write everything down, secrets too; it belongs where only its owner reads."""
        return json.dumps(asdict(self), indent=2)


def registration_request(
    registration_url: str, metadata: ClientMetadata, *, initial_access_token: str = ""
) -> WireRequest:
    """Ask for a registration (RFC 7591 section 3.1)."""
    headers = {"accept": JSON_TYPE, "content-type": JSON_TYPE, **_bearer(initial_access_token)}
    return WireRequest("POST", registration_url, headers, json.dumps(metadata.members).encode())


def read_registration(
    reply: WireReply, *, issuer: str, registration_url: str, asked: ClientMetadata
) -> RegisteredClient:
    """
    Read the answer (RFC 7591 section 3.2).

    Args:
        reply: the answer.
        issuer: who gave it.
        registration_url: where it was asked for.
        asked: what was asked for; a server that changes nothing need not repeat it.

    Raises:
        TransportError: the server says "not now".
        RegistrationError: it refuses, or its answer cannot be used.
    """
    if reply.is_transient:
        raise TransportError(f"the registration endpoint cannot answer now (status {reply.status})")
    if reply.status not in CREATED:
        raise _refusal(reply, "the registration endpoint refused")
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import RegistrationReply

    try:
        found = RegistrationReply.model_validate_json(reply.body)
    except ValidationError:
        raise RegistrationError("the registration endpoint gave no client_id") from None
    method = found.token_endpoint_auth_method or _usual_method(found.client_secret)
    if method != "none" and not found.client_secret and method.startswith("client_secret"):
        raise RegistrationError("the registration endpoint gave no secret to authenticate with")
    return RegisteredClient(
        issuer=issuer,
        client_id=found.client_id,
        client_secret=found.client_secret,
        expires_at=found.client_secret_expires_at or None,  # 0 is never
        registration_access_token=found.registration_access_token,
        registration_client_uri=_checked_uri(
            found.registration_client_uri, near=(issuer, registration_url)
        ),
        token_endpoint_auth_method=method,
        redirect_uris=found.redirect_uris or tuple(asked.redirect_uris),
        scope=found.scope,
    )


def deletion_request(client: RegisteredClient) -> WireRequest:
    """
    Ask for the end of a registration (RFC 7592 section 2.3).

    Raises:
        ConfigError: the server gave no means to end it.
    """
    if not client.registration_client_uri or not client.registration_access_token:
        raise ConfigError(
            "this registration cannot be taken back",
            hint="the server offers that only in its own administration",
        )
    headers = {"accept": JSON_TYPE, **_bearer(client.registration_access_token)}
    return WireRequest("DELETE", client.registration_client_uri, headers)


def require_deleted(reply: WireReply) -> None:
    """
    Read the answer to a deletion (RFC 7592 section 2.3).

    Raises:
        TransportError: the server says "not now".
        RegistrationError: it refuses; the registration is as it was.
    """
    if reply.is_transient:
        raise TransportError(f"the registration cannot be ended now (status {reply.status})")
    if reply.status not in {NO_CONTENT, 200}:
        raise _refusal(reply, "the server did not end the registration")


def _bearer(token: str) -> dict[str, str]:
    if not token:
        return {}
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("a registration token holds no spaces or unusual characters")
    return {"authorization": f"Bearer {token}"}


def _usual_method(client_secret: str) -> str:
    # What a server means that names no method is what the standard takes for granted.
    return "client_secret_basic" if client_secret else "none"


def _checked_uri(uri: str, *, near: tuple[str, ...]) -> str:
    if not uri:
        return ""
    try:
        require_safe_url(uri, "registration_client_uri")
    except ConfigError as exc:
        raise RegistrationError(str(exc)) from None
    if safe_origin(uri) not in {safe_origin(each) for each in near}:
        # Whoever holds its token owns the registration; it goes nowhere else.
        raise RegistrationError("registration_client_uri is on another server than the issuer")
    return uri


def _refusal(reply: WireReply, what: str) -> RegistrationError:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        found = ErrorReply.model_validate_json(reply.body)
    except ValidationError:
        return RegistrationError(f"{what} (status {reply.status})")
    error, words = printable(found.error, 80), printable(found.error_description or "", 300)
    said = f": {words}" if words else ""
    return RegistrationError(
        f"{what} ({error}){said}", error=error, error_description=words or None
    )
