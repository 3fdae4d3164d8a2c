"""Starts an application whose person is signed in already."""

from pywry_auth import DesktopAuth, GenericOIDCProvider


auth = DesktopAuth(
    "Acme Notes", GenericOIDCProvider("desktop", issuer_url="https://id.example.com")
)
if auth.silent() is None:
    raise SystemExit("nobody was signed in, so nothing was measured")
