"""Reads ten records from a store, all at once."""

import asyncio
import sys
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from blocks import tell_awaits
from ten_providers import NAMES, RECORD, SUBJECT, filled


with filled(sys.argv[1]) as store:

    async def read() -> None:
        found = await asyncio.gather(*[store.get(name, SUBJECT) for name in NAMES])
        if found != [RECORD] * len(NAMES):
            raise SystemExit("other records than those that are stored")

    tell_awaits(read, 20)
