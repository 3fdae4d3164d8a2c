"""Runs the parts of a figure in turn, and keeps what each took."""

import json
import os
import resource
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from shape import Environment, Figure, Part, Unavailable


LIMIT = 90.0  # seconds for one run of one part; a part that hangs must not hang the bench

#: an installed package is compiled already; so is ours after the round that is not kept
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}

Sample = Mapping[str, float]


@dataclass
class Taken:
    """What was measured of one figure, or why nothing was."""

    figure: Figure
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    skipped: str = ""
    failed: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every part ran every time."""
        return not self.skipped and not self.failed


def take(figure: Figure, runs: int) -> Taken:
    """Run every part once unmeasured, then *runs* times in turn: A B A B."""
    taken = Taken(figure, {name: [] for name in figure.parts})
    try:
        with figure.place() as env:
            _round(figure, env)  # not kept: byte code is written, files are in the cache
            rounds = [_round(figure, env) for _ in range(runs)]
        taken.samples = {name: [one[name] for one in rounds] for name in figure.parts}
    except Unavailable as reason:
        taken.skipped = str(reason)
    except RuntimeError as reason:
        taken.failed = str(reason)
    return taken


def _round(figure: Figure, env: Environment) -> dict[str, Sample]:
    return {name: run_once(part, env) for name, part in figure.parts.items()}


def run_once(part: Part, env: Environment) -> Sample:
    """
    Run *part* to its end.

    Raises:
        RuntimeError: it failed, or said something else than it should.
    """
    full = {name: value for name, value in {**os.environ, **COMPILED, **env}.items() if value}
    time.sleep(part.rest)
    before = _children_seconds()
    began = time.perf_counter()
    process = subprocess.Popen(
        part.command,
        env=full,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise RuntimeError(f"{_name(part)} did not end within {LIMIT:g} s") from None
    wall = time.perf_counter() - began
    cpu = _children_seconds() - before
    if process.returncode or (part.says is not None and said.strip() != part.says):
        raise RuntimeError(
            f"{_name(part)} ended with {process.returncode}, said {said!r}: {errors[-2000:]}"
        )
    own = json.loads(said.strip().splitlines()[-1]) if part.measures_itself else {}
    return {"wall_ms": 1000 * wall, "cpu_ms": 1000 * cpu, **own}


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _name(part: Part) -> str:
    return " ".join(part.command)
