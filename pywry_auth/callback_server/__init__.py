"""The loopback listener that a provider sends the browser back to."""

from pywry_auth.callback_server.outcome import Outcome
from pywry_auth.callback_server.server import OAuthCallbackServer


__all__ = ["OAuthCallbackServer", "Outcome"]
