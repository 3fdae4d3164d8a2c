"""Imports what a program with a sign-in button imports."""

from pywry_auth import (  # noqa: F401
    AuthFlowManager,
    GenericOIDCProvider,
    KeyringTokenStore,
    SessionManager,
)
