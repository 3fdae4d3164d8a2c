"""How far this machine's clock is from the provider's."""

from pywry_auth.protocol.wire import WireReply, instant_of


NOTABLE = 60.0  # seconds; less is the network's doing, and disturbs nobody
_UNITS = ((86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def learnt_offset(reply: WireReply, *, now: float, known: float | None) -> float | None:
    """
    Learn from the ``Date`` of *reply* how many seconds the provider's clock is ahead.

    Args:
        reply: an answer that has just arrived.
        now: Unix time in seconds, by this machine's clock.
        known: what was known before; stays where the reply does not say.
    """
    there = instant_of(reply)
    return known if there is None else float(round(there - now))


def is_notable(offset: float | None) -> bool:
    """Say whether a person should be told."""
    return offset is not None and abs(offset) >= NOTABLE


def sentence(offset: float) -> str:
    """Say it to a person: ``this machine's clock is 7 minutes fast``."""
    size = max(1.0, abs(offset))
    count, name = next((round(size / unit), name) for unit, name in _UNITS if size >= unit)
    way = "slow" if offset > 0 else "fast"
    return f"this machine's clock is {count} {name}{'' if count == 1 else 's'} {way}"
