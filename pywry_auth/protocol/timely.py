"""Whether a signed statement counts at this time."""

from typing import Literal

from pywry_auth.errors import TokenError
from pywry_auth.protocol.clock_offset import is_notable, sentence
from pywry_auth.protocol.skipped import Skipped


class UntimelyError(TokenError):
    """By the clocks that are known, the statement has ended or not begun."""


def require_time(
    *,
    exp: float,
    begins: float,
    now: float | Literal[Skipped.ANY_TIME],
    leeway: float,
    offset: float | None,
) -> None:
    """
    Refuse a statement whose time is over or has not come (OIDC Core 3.1.3.7).

    Args:
        exp: Unix time in seconds at which it ends.
        begins: Unix time in seconds before which it does not count.
        now: Unix time in seconds by this machine's clock, or ``ANY_TIME``.
        leeway: seconds by which clocks may differ.
        offset: seconds by which the provider's clock is ahead of this machine's, where known.

    Raises:
        UntimelyError: by neither of the two clocks.
    """
    if not isinstance(now, float | int):
        return
    problem = _problem(exp, begins, now, leeway)
    if problem is None:
        return
    if offset is None or not is_notable(offset):
        raise UntimelyError(problem, hint="compare this machine's clock with the true time")
    # The provider told its own time in the same answers: a clock that is off keeps nobody out.
    problem = _problem(exp, begins, now + offset, leeway)
    if problem is not None:
        raise UntimelyError(problem, hint=f"{sentence(offset)}; set it right")


def _problem(exp: float, begins: float, now: float, leeway: float) -> str | None:
    if now >= exp + leeway:
        return "the ID token has expired"
    return "the ID token comes from the future" if begins > now + leeway else None
