"""Opens a working session with ten providers, whose credentials are stored."""

import asyncio
import sys
from pathlib import Path

from pywry_auth.integrations import AuthManager


sys.path.append(str(Path(__file__).parent))

from blocks import tell_awaits
from ten_providers import NAMES, RECORD, SUBJECT, filled, providers


with filled(sys.argv[1]) as store:
    manager = AuthManager(auto_configure=False, credential_store=store, **providers())

    async def opened() -> None:
        async with manager.session(subject=SUBJECT) as integrations:
            if len(integrations) != len(NAMES):
                raise SystemExit(f"a session with {list(integrations)}")

    async def checked() -> None:
        async with manager.session(subject=SUBJECT) as integrations:
            found = {integrations[name].settings.token for name in NAMES}
        if found != {RECORD["access_token"]}:
            raise SystemExit("other tokens than those that are stored")

    asyncio.run(checked())
    tell_awaits(opened, 20)
