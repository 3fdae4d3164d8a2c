"""
Starts an application whose person is signed in already, and counts its memory.

With ``keyring`` the tokens come from there, with ``file`` from a file, for which no package but
this one is needed.
"""

import sys
from pathlib import Path

from pywry_auth import DesktopAuth, GenericOIDCProvider


sys.path.append(str(Path(__file__).parent))

from memory import tell_memory


provider = GenericOIDCProvider("desktop", issuer_url="https://id.example.com")
if sys.argv[1] == "keyring":
    auth = DesktopAuth("Acme Notes", provider)
else:
    from pywry_auth import JsonFileTokenStore
    from pywry_auth.desktop.naming import Places

    file = Places("acme-files").folder / "tokens.json"
    auth = DesktopAuth("Acme Files", provider, store=JsonFileTokenStore(file))
if auth.silent() is None:
    raise SystemExit("nobody was signed in, so nothing was measured")
tell_memory()
