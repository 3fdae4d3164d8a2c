"""Where a person stood in a first run that was cut off; holds no secret."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from pywry_auth.desktop.wizard.steps import Place, Step
from pywry_auth.errors import StoreError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.private_files import read_private, replace_private


logger = logging.getLogger(__name__)

SCHEMA = 1
LATEST = 1e11  # Unix time in seconds; no calendar shows a later one
NAME = "first-run.json"
MAX_BYTES = 8192  # far more than is ever written


@dataclass(frozen=True, slots=True)
class Remembered:
    """
    What outlives the process.

    Attributes:
        step: what the person saw.
        provider: where they were about to sign in, or "".
        query: what they typed to find their organisation, or "".
        issuer: the issuer that was found for it, or "".
        trail: the steps behind them.
        began_at: Unix time in seconds when the first run began.
    """

    step: Step
    provider: str = ""
    query: str = ""
    issuer: str = ""
    trail: tuple[Step, ...] = ()
    began_at: float = 0.0

    @classmethod
    def of(cls, place: Place, *, began_at: float) -> "Remembered":
        """Take from *place* what is worth remembering."""
        return cls(
            place.step, place.provider, place.query, place.issuer, place.trail, began_at=began_at
        )


class Memory:
    """
    One small file in the application's own folder, for its owner alone.

    A convenience only: one that cannot be read or written makes the wizard begin at its beginning.

    Args:
        folder: of the application.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> Remembered | None:
        """Give what was remembered, or None."""
        try:
            content = read_private(self._path)
        except (OSError, StoreError) as exc:
            logger.warning("wizard.not_read", extra={"reason": type(exc).__name__})
            return None
        if content is None or len(content) > MAX_BYTES:
            return None
        return _read(content)

    def write(self, remembered: Remembered) -> None:
        """Keep *remembered* in place of what was there."""
        text = json.dumps({"v": SCHEMA, **asdict(remembered)})
        try:
            replace_private(self._path, text.encode())
        except (OSError, StoreError) as exc:
            logger.warning("wizard.not_written", extra={"reason": type(exc).__name__})

    def forget(self) -> None:
        """Remove the file, if there is one."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as exc:
            logger.warning("wizard.not_forgotten", extra={"reason": type(exc).__name__})


def _read(content: bytes) -> Remembered | None:
    try:
        data: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not is_object(data) or data.get("v") != SCHEMA:
        return None
    step, trail, began = data.get("step"), data.get("trail"), data.get("began_at")
    if str(step) not in set(Step) or not is_array(trail) or not set(map(str, trail)) <= set(Step):
        return None
    return Remembered(
        Step(str(step)),
        _text(data.get("provider")),
        _text(data.get("query")),
        _text(data.get("issuer")),
        tuple(Step(str(each)) for each in trail),
        began_at=float(began) if isinstance(began, int | float) and 0 <= began < LATEST else 0.0,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
