"""The programs that are measured, by the names of their files."""

import sys
from pathlib import Path

from shape import Part


HERE = Path(__file__).resolve().parent
#: what ``cpu_ms`` is
WHOLE = "processor time of the whole process"


def program(name: str, *arguments: str, inside: bool = True, rest: float = 0.0) -> Part:
    """Give the part of that file; one that measures itself is measured from *inside*."""
    # -P: the files beside it must not be found by what it imports.
    command = (sys.executable, "-P", str(HERE / f"{name}.py"), *arguments)
    return Part(command, measures_itself=inside, rest=rest)
