"""The benchmark runs, and what it prints can be read by programs; no timing is judged here."""

import json
import subprocess
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from tests import keyring_env


ROOT = Path(__file__).parents[2]
BENCH = ROOT / "scripts" / "bench"
PARTS = ROOT / "scripts" / "bench_parts"
NAMES = {
    "import_root",
    "import_parts",
    "get_access_token",
    "redirect_to_return",
    "redirect_to_return_real",
    "id_token",
    "window",
    "cli_token",
    "silent_start",
    "silent_memory",
    "wizard_paint",
    "host_ticks",
    "lock",
    "waiters",
    "session_memory",
    "authorization_header",
    "first_header",
    "requests",
    "working_session",
}
SPREAD = {"median", "p10", "p90"}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def measured() -> dict:
    done = bench("--json", "--runs", "2", "--only", "import_root", "--only", "redirect_to_return")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows_of(measured: dict) -> list[dict]:
    return [row for figure in measured["figures"] for row in figure["rows"]]


def test_the_bench_names_every_figure():
    said = bench("--help").stdout
    assert set(said.partition("figures: ")[2].replace(",", " ").split()) == NAMES


def test_an_unknown_figure_is_wrong_usage():
    assert bench("--only", "nothing").returncode == 2


def test_only_the_figures_asked_for_are_measured(measured):
    assert [figure["name"] for figure in measured["figures"]] == [
        "import_root",
        "redirect_to_return",
    ]
    assert [figure["failed"] or figure["skipped"] for figure in measured["figures"]] == ["", ""]


def test_the_document_says_on_what_machine_and_how_often(measured):
    assert measured["schema"] == 1
    assert measured["runs"] == 2
    assert {"python", "cores", "load_before"} <= measured["machine"].keys()


def test_each_row_holds_spreads_with_their_verdict(measured):
    for row in rows_of(measured):
        assert row["ours"].keys() == row["value"].keys() == SPREAD
        assert row["value"]["p10"] <= row["value"]["median"] <= row["value"]["p90"]
        assert (row["peer"] is None) == (row["kind"] == "value")
        assert (row["met"] is None) == (row["target"] is None)


def test_the_verdict_is_computed_from_the_median(measured):
    judged = [row for row in rows_of(measured) if row["target"]]
    assert judged
    for row in judged:
        assert row["met"] == (row["value"]["median"] <= row["target"]["limit"])


@pytest.mark.keyring
@pytest.mark.skipif(bool(keyring_env.lacks()), reason=keyring_env.lacks())
def test_a_start_with_stored_tokens_is_measured_whole():
    done = bench("--json", "--runs", "1", "--only", "silent_start", "--only", "silent_memory")
    figures = json.loads(done.stdout)["figures"]
    assert [figure["failed"] or figure["skipped"] for figure in figures] == ["", ""]
    assert all(row["ours"]["median"] > 0 for figure in figures for row in figure["rows"])


def test_what_a_row_leaves_out_is_taken_off_ours_alone(monkeypatch):
    monkeypatch.syspath_prepend(str(PARTS))
    report, shape, taking = (import_module(name) for name in ("report", "shape", "taking"))
    row = shape.Row("start", "ours", "wall_ms", "peer", less="wire_ms")
    parts = {name: shape.Part(("true",)) for name in ("ours", "peer")}
    figure = shape.Figure("start", "a start", parts, (row,), nullcontext)
    samples = {"ours": [{"wall_ms": 30.0, "wire_ms": 10.0}], "peer": [{"wall_ms": 10.0}]}
    found = report.as_json([taking.Taken(figure, samples)], runs=1, machine={})
    (told,) = found["figures"][0]["rows"]
    assert (told["ours"]["median"], told["value"]["median"]) == (20.0, 2.0)


def test_a_figure_that_cannot_be_measured_gets_no_verdict(tmp_path):
    # Nothing is found on this path, so there is no screen.
    done = subprocess.run(
        [ROOT / ".venv/bin/python", BENCH.parent / "bench_parts", "--json", "--only", "window"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (figure,) = json.loads(done.stdout)["figures"]
    assert "not installed" in figure["skipped"]
    assert all(row["met"] is row["value"] is None for row in figure["rows"])


@pytest.mark.parametrize(
    ("target", "words", "met"),
    [
        ({}, "<= 1", [0.9, 1.0]),
        ({"strictly": True}, "< 1", [0.9]),
        ({"at_least": True}, ">= 1", [1.0, 1.1]),
        ({"strictly": True, "at_least": True}, "> 1", [1.1]),
    ],
)
def test_a_target_says_on_which_side_of_it_to_stay(monkeypatch, target, words, met):
    monkeypatch.syspath_prepend(str(PARTS))
    made = import_module("shape").Target(1.0, **target)
    assert made.words == words
    assert [value for value in (0.9, 1.0, 1.1) if made.is_met(value)] == met


def test_a_resource_that_refuses_the_token_is_never_measured(monkeypatch):
    monkeypatch.syspath_prepend(str(PARTS))
    asking = import_module("asking")
    refusing = httpx.MockTransport(lambda _request: httpx.Response(401))
    with pytest.raises(SystemExit, match="401"):
        asking.tell(httpx.Client(transport=refusing), "http://127.0.0.1/me")
