"""Where a provider's endpoints are, in the provider's own words."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from pywry_auth.errors import ConfigError, DiscoveryError, DiscoveryTransportError
from pywry_auth.protocol.wire import WireReply, is_loopback, printable, require_safe_url


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What is used of OpenID Connect Discovery section 3 and RFC 8414 section 2, in their words."""

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
    prompt_values_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False
    require_pushed_authorization_requests: bool = False

    @property
    def endpoints(self) -> Mapping[str, str]:
        """Every address the document gives, by member name."""
        found = {
            "authorization_endpoint": self.authorization_endpoint,
            "token_endpoint": self.token_endpoint,
            "userinfo_endpoint": self.userinfo_endpoint,
            "revocation_endpoint": self.revocation_endpoint,
            "jwks_uri": self.jwks_uri,
            "pushed_authorization_request_endpoint": self.pushed_authorization_request_endpoint,
            "device_authorization_endpoint": self.device_authorization_endpoint,
            "end_session_endpoint": self.end_session_endpoint,
            "introspection_endpoint": self.introspection_endpoint,
            "registration_endpoint": self.registration_endpoint,
        }
        return {name: url for name, url in found.items() if url is not None}

    def filled_from(self, other: "ProviderMetadata") -> "ProviderMetadata":
        """Take from *other*, metadata of the same issuer, whatever is missing here."""
        theirs = asdict(other)
        return replace(self, **{name: mine or theirs[name] for name, mine in asdict(self).items()})

    def require_s256(self) -> None:
        """
        Refuse a provider that lists challenge methods without S256 (RFC 9700 section 2.1.1).

        Raises:
            DiscoveryError: S256 is not among the methods it lists.
        """
        methods = self.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise DiscoveryError(
                "the provider does not support PKCE with S256", hint="sign-in would not be safe"
            )


def read_metadata(reply: WireReply, *, accepts: Callable[[str], bool]) -> ProviderMetadata:
    """
    Read a metadata document, and make sure that it is the right issuer's.

    Args:
        reply: the answer.
        accepts: says whether the issuer in the document is the one asked for.

    Raises:
        DiscoveryTransportError: the server says "not now".
        DiscoveryError: no document, another issuer's, or endpoints that are not encrypted.
    """
    if reply.is_transient:
        raise DiscoveryTransportError(f"the provider cannot answer now (status {reply.status})")
    if reply.status != 200:  # noqa: PLR2004
        raise DiscoveryError(
            f"there is no metadata at this issuer (status {reply.status})",
            hint="compare issuer_url with the one in the provider's documentation",
        )
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import MetadataReply

    try:
        document = MetadataReply.model_validate_json(reply.body)
    except ValidationError:
        raise DiscoveryError("the provider's metadata is no valid JSON document") from None
    found = ProviderMetadata(**document.model_dump())
    if not accepts(found.issuer):
        raise DiscoveryError(
            f"the metadata belongs to another issuer: {printable(found.issuer, 200)}",
            hint="issuer_url must be exactly what the provider calls its issuer",
        )
    _require_safe_endpoints(found)
    return found


def _require_safe_endpoints(found: ProviderMetadata) -> None:
    for name, url in found.endpoints.items():
        try:
            require_safe_url(url, name)
        except ConfigError as exc:
            raise DiscoveryError(f"the provider's metadata cannot be used: {exc}") from None
        if is_loopback(url) and not is_loopback(found.issuer):
            # A remote document must not send our requests into this machine.
            raise DiscoveryError(f"the provider's metadata puts {name} on this machine")
