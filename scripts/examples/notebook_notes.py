"""
A host like Jupyter, which keeps the main thread to itself.

Cells run on a worker thread, on an event loop of its own. Nothing of a sign-in needs more.
"""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable

from pywry_auth import (
    AuthError,
    DesktopAuth,
    OAuth2Settings,
    create_provider_from_settings,
    freeze_support,
)


Cell = Callable[[DesktopAuth], Awaitable[str]]


async def who(auth: DesktopAuth) -> str:
    """The first cell: sign in, if nobody is."""
    account = await auth.asilent() or await auth.asign_in()
    return f"signed in as {account.display_name}"


async def token(auth: DesktopAuth) -> str:
    """The second cell: have a token that is good now, without showing it."""
    token = await auth.session().get_access_token()
    return f"an access token of {len(token)} characters is at hand"


async def run(cells: list[Cell], auth: DesktopAuth) -> None:
    """Run one cell after the other, up to the first that fails."""
    for number, cell in enumerate(cells, 1):
        try:
            print(f"[{number}] {await cell(auth)}", flush=True)
        except AuthError as error:
            print(f"[{number}] {type(error).__name__}: {error}", file=sys.stderr)
            return


def main() -> None:
    """Keep the main thread busy with something else, as a kernel does."""
    freeze_support()
    provider = create_provider_from_settings(OAuth2Settings.load())
    with DesktopAuth("Acme Notes", {"Acme": provider}) as auth:
        kernel = threading.Thread(target=lambda: asyncio.run(run([who, token], auth)))
        kernel.start()
        kernel.join()


if __name__ == "__main__":
    main()
