"""Awaits the least that could do: one attribute, one look at the clock."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from blocks import tell_awaits


@dataclass
class Tokens:
    access_token: str


class Least:
    def __init__(self) -> None:
        self.tokens = Tokens("the-access-token")
        self.until = time.time() + 3600

    async def get_access_token(self) -> str:
        if self.tokens is not None and time.time() < self.until:
            return self.tokens.access_token
        raise RuntimeError("the token ended while it was measured")


tell_awaits(Least().get_access_token, 20_000)
