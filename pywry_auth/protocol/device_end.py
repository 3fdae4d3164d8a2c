"""How asking with a device code ends without tokens."""

from pywry_auth.errors import (
    AuthenticationError,
    AuthFlowTimeout,
    CallbackError,
    TokenTransportError,
)
from pywry_auth.protocol.device_polling import Denied, Expired, Failed


def device_error(
    end: Denied | Expired | Failed,
    *,
    life: float,
    provider: str | None = None,
    flow_id: str | None = None,
) -> AuthenticationError:
    """
    Give the error that tells of *end*.

    Args:
        end: how it ended.
        life: seconds for which the person was waited.
        provider: who was asked, if it has a name.
        flow_id: which attempt, if it has a name.
    """
    match end:
        case Failed(error):
            return error
        case Denied(words):
            return _denial(words, provider, flow_id)
        case Expired(unanswered=True):
            return TokenTransportError(
                "the token endpoint did not answer while the code was good", provider, flow_id
            )
        case Expired():
            return AuthFlowTimeout(timeout=life, provider=provider, flow_id=flow_id)


def _denial(words: str | None, provider: str | None, flow_id: str | None) -> CallbackError:
    said = "somebody said no on the provider's page (access_denied)"
    return CallbackError(
        f"{said}: {words}" if words else said,
        provider,
        flow_id,
        error="access_denied",
        error_description=words,
    )
