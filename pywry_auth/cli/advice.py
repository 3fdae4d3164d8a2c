"""What a person at the command line can do about an error."""

from pywry_auth.coach.advise import advise
from pywry_auth.errors import (
    AuthError,
    AuthFlowTimeout,
    CallbackError,
    CredentialMissingError,
    DiscoveryError,
    RegistrationError,
    StoreError,
    TokenError,
    TokenExpiredError,
    TransportError,
)


#: what a provider is called to which nobody gave a name
UNNAMED = "default"

#: advice for programmers, which nobody can follow here
OTHER_STORE = "; or choose another store by name"

#: advice of the coach, as it is followed here
HERE = {
    "access_denied": "somebody said no on the provider's page; run it again to say yes",
    "scope_unknown": "ask for what the provider knows, with --scopes or in providers.toml",
}
#: how a setting of the library is made here
SETTINGS = {
    "callback=CallbackOptions(ports=(PORT,))": "redirect_ports = [PORT] in providers.toml",
}


def advice(error: AuthError) -> str:
    """Give the hint that *error* carries, or else what usually helps; "" where nothing does."""
    return error.hint.replace(OTHER_STORE, "") or _usual(error)


def server_words(error: AuthError) -> dict[str, str]:
    """Give what the server said, by the names that RFC 6749 section 5.2 has for it."""
    if not isinstance(error, CallbackError | TokenError | RegistrationError):
        return {}
    said = {"error": error.error, "error_description": error.error_description}
    return {name: text for name, text in said.items() if text}


def _usual(error: AuthError) -> str:
    match error:
        case AuthFlowTimeout():
            return "run it again; --timeout SECONDS waits longer"
        case TokenExpiredError() | CredentialMissingError():
            return _again(error.provider or "")
        case CallbackError(error=str()) | TokenError(error=str()) | StoreError():
            return _coached(error)
        case TransportError():
            return _coached(error) or "check the address and the network, then run it again"
        case DiscoveryError():
            return "check that the issuer is the one in the provider's documentation"
        case _:
            return ""


def _again(provider: str) -> str:
    if provider == UNNAMED:  # which is no name that login knows
        return "run pywry-auth login again, with the same options"
    return f"run pywry-auth login {provider}".rstrip()


def _coached(error: AuthError) -> str:
    found = advise(error)
    fix = found.fix
    for there, here in SETTINGS.items():
        fix = fix.replace(there, here)
    return HERE.get(found.code, fix)
