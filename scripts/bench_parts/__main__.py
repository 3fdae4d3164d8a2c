"""``scripts/bench``: what to measure, how often, how to tell it."""

import argparse
import json
import signal
import sys

from figures import FIGURES
from machine import machine_facts
from report import as_json, as_text
from taking import take


DEFAULT_RUNS = 20


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=(
            "Measures each figure against its peers, alternated in the same run, "
            "and says whether its target is met."
        ),
        epilog="figures: " + ", ".join(figure.name for figure in FIGURES),
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        choices=[figure.name for figure in FIGURES],
        help="measure only this figure; may be repeated",
    )
    parser.add_argument(
        "--runs", type=_positive, default=DEFAULT_RUNS, metavar="N", help="rounds of A B A B"
    )
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the screens started here end too
    before = machine_facts()
    taken = []
    for figure in FIGURES:
        if args.only and figure.name not in args.only:
            continue
        print(f"measuring {figure.name} ...", file=sys.stderr, flush=True)
        taken.append(take(figure, args.runs))
    found = as_json(taken, runs=args.runs, machine=before)
    print(json.dumps(found, indent=2) if args.json else as_text(found))
    return 1 if any(one.failed for one in taken) else 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one run")
    return number


if __name__ == "__main__":
    sys.exit(main())
