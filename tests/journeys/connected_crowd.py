"""
One of several processes that open many sessions at once, when Acme's token has ended.

    connected_crowd.py ISSUER FOLDER KIND

It says that it is ready, waits for a line, opens its sessions, and tells how often it got which
token. KIND is the store: ``file`` or ``keyring``. Whoever begins the renewal, and finds the file
``kill`` in FOLDER, takes it away and is killed.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

from pywry_auth import AuthManager, KeyringTokenStore
from pywry_auth.integrations import (
    AuthProvider,
    FileCredentialStore,
    OAuth2AppCredentials,
    OAuth2Flow,
    TokenCredentialStore,
    flow,
)
from pywry_auth.integrations.token_binding import TokenBinding


ALICE = {"tenant": "acme-notes", "user": "alice"}
SESSIONS = 20


class DoomedFlow(OAuth2Flow):
    """Ends the process in the middle of a renewal, once for all processes."""

    folder = Path()

    async def refresh(self, **options):
        try:
            (self.folder / "kill").unlink()
        except FileNotFoundError:
            return await super().refresh(**options)
        os.kill(os.getpid(), signal.SIGKILL)
        return None


class Acme(AuthProvider):
    key = "acme"
    app_credentials_class = OAuth2AppCredentials

    @classmethod
    def default_bindings(cls):
        return {"acme_notes": TokenBinding()}

    @flow
    def oauth2(self):
        return DoomedFlow(self.app_credentials, provider=self.key)


def store(folder, kind):
    """Give the store that all processes share."""
    if kind == "file":
        return FileCredentialStore(folder / "credentials.json")
    return TokenCredentialStore(KeyringTokenStore("pywry-auth:crowd"))


def manager(issuer, folder, kind):
    """Give a manager that knows Acme alone."""
    app = OAuth2AppCredentials(
        client_id="rp-client", token_url=f"{issuer}/token", authorization_url=f"{issuer}/authorize"
    )
    kept = store(folder, kind)
    return AuthManager(auto_configure=False, credential_store=kept, acme=Acme(app))


async def crowd(acme):
    """Open all sessions at once, and count the tokens."""

    async def one():
        async with acme.session(subject=ALICE) as integrations:
            return integrations["acme_notes"].settings.token

    return Counter(await asyncio.gather(*[one() for _ in range(SESSIONS)]))


def tell(fact):
    print(json.dumps(fact), flush=True)  # noqa: T201


def main():
    issuer, folder, kind = sys.argv[1:]
    DoomedFlow.folder = Path(folder)
    acme = manager(issuer, Path(folder), kind)
    tell("ready")
    sys.stdin.readline()
    tell(asyncio.run(crowd(acme)))


if __name__ == "__main__":
    main()
