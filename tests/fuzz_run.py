"""Fuzzes every parser by hand; ``scripts/fuzz --help``."""

import argparse
import logging
import sys
import time
import warnings
from pathlib import Path


sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from tests.fuzz_engine import Outcome, explore  # noqa: E402 - found through the line above
from tests.fuzz_targets import targets  # noqa: E402


PATIENCE = 5.0  # seconds for one input of up to 300 kB; none needs one on an idle machine


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description="Give every parser inputs that nobody sane sends; exit 1 when one is wrong.",
    )
    parser.add_argument("--examples", type=int, default=2000, metavar="N", help="for each parser")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same inputs")
    parser.add_argument("--only", default="", metavar="WORD", help="parsers with that in the name")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("error")
    chosen = [one for one in targets() if args.only in one.name]
    if not chosen:
        parser.error(f"no parser has {args.only!r} in its name")
    total, failed = 0, 0
    for target in chosen:
        began = time.monotonic()
        outcome = explore(target, args.examples, args.seed, patience=PATIENCE)
        total += outcome.tried
        failed += len(outcome.failures)
        _report(target.name, outcome, time.monotonic() - began)
    _say(f"{total} inputs, {failed} failures, seed {args.seed}")
    return 1 if failed else 0


def _report(name: str, outcome: Outcome, took: float) -> None:
    _say(
        f"{name:20} {outcome.tried:8} inputs {outcome.refused:8} refused"
        f"  slowest {outcome.slowest * 1000:6.0f} ms  largest {outcome.largest // 1024:6} KiB"
        f"  {len(outcome.failures)} failures  {took:.0f} s"
    )
    for failure in outcome.failures[:3]:
        _say(str(failure))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
