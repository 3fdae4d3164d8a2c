"""Keeps ten thousand records of three texts in a dictionary, and counts what each takes."""

import gc
import json
import secrets
import tracemalloc


RECORDS = 10_000
TEXT = 2048  # characters of all texts of a record together


def texts_of() -> tuple[str, str, str]:
    return (
        secrets.token_hex(TEXT // 4),
        secrets.token_hex(TEXT // 8),
        secrets.token_hex(TEXT // 8),
    )


gc.collect()
tracemalloc.start(1)
before = tracemalloc.get_traced_memory()[0]
records = {f"user-{number}": texts_of() for number in range(RECORDS)}
gc.collect()
taken = tracemalloc.get_traced_memory()[0] - before
print(json.dumps({"session_bytes": taken / len(records)}))
