"""Calls the least that threads could share: a lock, one look at the clock, one attribute."""

import sys
import threading
import time
from pathlib import Path


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls


class Least:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.header = "Bearer the-access-token"
        self.until = time.time() + 3600

    def authorization_header(self) -> str:
        with self.lock:
            if time.time() < self.until:
                return self.header
        raise RuntimeError("the token ended while it was measured")


tell_calls(Least().authorization_header, 20_000)
