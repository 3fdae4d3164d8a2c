"""What a person at the command line can do about an error."""

from pywry_auth.errors import (
    AuthError,
    AuthFlowTimeout,
    CallbackError,
    CredentialMissingError,
    DiscoveryError,
    TokenError,
    TokenExpiredError,
    TransportError,
)


#: advice for programmers, which nobody can follow here
OTHER_STORE = "; or choose another store by name"

#: what to do about an error word of the provider (RFC 6749 sections 4.1.2.1, 5.2)
WORDS = {
    "access_denied": "somebody said no on the provider's page; run it again to say yes",
    "invalid_client": "compare client_id, with its secret if it has one, with the provider's",
    "invalid_scope": "ask for what the provider knows, with --scopes or in providers.toml",
    "device_flow_disabled": "switch the device flow on, in this client's settings at the provider",
    "unauthorized_client": "let the provider allow this client to sign people in",
}


def advice(error: AuthError) -> str:
    """Give the hint that *error* carries, or else what usually helps; "" where nothing does."""
    return error.hint.replace(OTHER_STORE, "") or _usual(error)


def _usual(error: AuthError) -> str:
    match error:
        case AuthFlowTimeout():
            return "run it again; --timeout SECONDS waits longer"
        case TokenExpiredError() | CredentialMissingError():
            return " ".join(("run pywry-auth login", error.provider or "")).rstrip()
        case TransportError():
            return "check the address and the network, then run it again"
        case CallbackError(error=str(word)) | TokenError(error=str(word)):
            return WORDS.get(word, "")
        case DiscoveryError():
            return "check that the issuer is the one in the provider's documentation"
        case _:
            return ""
