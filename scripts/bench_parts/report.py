"""What was measured, as one JSON document or as a table."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from shape import Row, Target
from taking import Sample, Taken


SCHEMA = 1

Json = dict[str, object]

KINDS: Mapping[str, Callable[[float, float], float]] = {
    "ratio": lambda ours, peer: ours / peer,
    "difference": lambda ours, peer: ours - peer,
}
HEADS = ("figure", "measured", "ours", "peer", "value", "p10-p90", "target", "met")


def as_json(taken: Sequence[Taken], *, runs: int, machine: Json) -> Json:
    """
    Give everything that was measured.

    A row is ``{label, measure, kind, ours, peer, value, target, met, note}``. Ours, peer and value
    are spreads ``{median, p10, p90}`` or null; target is ``{limit, strictly, at_least}`` or null.
    ``met`` is null where there is no target, or where nothing was measured; then the figure's
    ``skipped`` or ``failed`` says why.
    """
    return {
        "schema": SCHEMA,
        "machine": machine,
        "runs": runs,
        "figures": [
            {
                "name": one.figure.name,
                "what": one.figure.what,
                "skipped": one.skipped,
                "failed": one.failed,
                "rows": [_row(row, one) for row in one.figure.rows],
            }
            for one in taken
        ],
    }


def _row(row: Row, taken: Taken) -> Json:
    found: Json = {
        "label": row.label,
        "measure": row.measure,
        "kind": row.kind,
        "ours": None,
        "peer": None,
        "value": None,
        "target": None if row.target is None else asdict(row.target),
        "met": None,
        "note": row.note,
    }
    if not taken.is_whole:
        return found
    values = _ours(taken.samples[row.ours], row)
    found["ours"] = spread(values)
    if row.peer is not None:
        peer = _measured(taken.samples[row.peer], row.measure)
        found["peer"] = spread(peer)
        values = [KINDS[row.kind](a, b) for a, b in zip(values, peer, strict=True)]
    found["value"] = value = spread(values)
    if row.target is not None:
        found["met"] = row.target.is_met(value["median"])
    return found


def _ours(samples: Sequence[Sample], row: Row) -> list[float]:
    whole = _measured(samples, row.measure)
    less = _measured(samples, row.less) if row.less else [0.0] * len(whole)
    return [one - other for one, other in zip(whole, less, strict=True)]


def _measured(samples: Sequence[Sample], measure: str) -> list[float]:
    return [sample[measure] for sample in samples]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Give the median with the tenth and the ninetieth percentile."""
    if len(values) == 1:
        return dict.fromkeys(("median", "p10", "p90"), values[0])
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    return {"median": statistics.median(values), "p10": tenths[0], "p90": tenths[-1]}


def as_text(found: Json) -> str:
    """Set what ``as_json`` gave in columns."""
    figures, machine = found["figures"], found["machine"]
    facts = (
        f"Python {machine['python']}, {machine['cores']} cores, "
        f"load {machine['load_before'][0]:g}, medians of {found['runs']} runs each"
    )
    table = [_line(figure, row) for figure in figures for row in figure["rows"]]
    notes = [f"{row['label']}: {row['note']}" for f in figures for row in f["rows"] if row["note"]]
    reasons = [f"{f['name']}: {f['skipped'] or f['failed']}" for f in figures]
    reasons = [reason for reason in reasons if not reason.endswith(": ")]
    return "\n".join([facts, "", *_columns([HEADS, *table]), "", *notes, *reasons])


def _line(figure: Json, row: Json) -> tuple[str, ...]:
    value = row["value"]
    if value is None:
        why = "failed" if figure["failed"] else "skipped"
        return (figure["name"], row["label"], "", "", why, "", _words(row["target"]), "?")
    unit = "x" if row["kind"] == "ratio" else ""
    return (
        figure["name"],
        row["label"],
        _amount(row["ours"], row["measure"]),
        _amount(row["peer"], row["measure"]),
        f"{_number(value['median'])}{unit}",
        f"{_number(value['p10'])}-{_number(value['p90'])}",
        _words(row["target"]),
        {True: "yes", False: "NO", None: ""}[row["met"]],
    )


def _words(target: Json | None) -> str:
    return "" if target is None else Target(**target).words


def _amount(found: dict[str, float] | None, measure: str) -> str:
    unit = measure.rpartition("_")[2]
    return "" if found is None else f"{_number(found['median'])} {unit}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"  # noqa: PLR2004


def _columns(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    padded = ([c.ljust(w) for c, w in zip(line, widths, strict=True)] for line in lines)
    return ["  ".join(cells).rstrip() for cells in padded]
