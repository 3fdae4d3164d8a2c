"""``scripts/chaos``: kill a session at every point of its life, and show that it cannot be lost."""

import argparse
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the keyring and the Redis of the tests

from chaos_judge import Finding, Verdict, judged, windows_ms  # noqa: E402
from chaos_plan import ANY, POINTS, STOPPED, TROUBLES, Run, Wishes, planned  # noqa: E402
from chaos_provider import LENIENT, STRICT, ChaosProvider  # noqa: E402
from chaos_run import Account, Stage  # noqa: E402
from nursery import nursery  # noqa: E402


class Proof:
    """Counts what was shown."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.stores: Counter[str] = Counter()
        self.verdicts: Counter[Verdict] = Counter()
        self.windows: dict[str, list[float]] = defaultdict(list)
        self.waits: list[float] = []
        self.failures: list[str] = []

    def note(self, account: Account, finding: Finding, provider: ChaosProvider) -> None:
        """Take *account* into the count."""
        run = account.run
        self.hits.update(hit for hit in account.hits if hit == run.what and hit in POINTS)
        if run.what not in POINTS:
            self.troubles[run.what] += 1
        self.stores[account.place] += 1
        self.verdicts[finding.verdict] += 1
        if run.what == "undisturbed":
            self.windows[account.place] += windows_ms(account, provider)
        if account.longest:
            self.waits.append(account.longest)
        if finding.verdict.is_failure:
            self.failures.append(
                f"{run} (seed {run.seed}): {finding.verdict}: {finding.why}\n{account.timeline()}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stops", type=int, default=12, help="runs that stop the lock's holder")
    parser.add_argument("--only", type=int, help="play only the run of this number")
    parser.add_argument(
        "--what", action="append", help="only this point or trouble; may be repeated"
    )
    parser.add_argument("--store", action="append", choices=ANY, help="use only this store")
    parser.add_argument("--mode", choices=[STRICT, LENIENT], help="use only this provider")
    parser.add_argument(
        "--each", type=int, default=0, help="fail unless each point is hit so often"
    )
    parser.add_argument("--no-desktop", action="store_true", help="use no real keyring")
    parser.add_argument(
        "--cold", action="store_true", help="let each process import what it needs, for the window"
    )
    parser.add_argument(
        "--sabotage", choices=["store"], help="let the store forget, to see the proof fail"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document at the end")
    args = parser.parse_args()
    began = time.monotonic()
    proof = Proof()
    with _stage(args) as (stage, stores):
        only = tuple(args.what or ())
        wishes = Wishes(args.runs, args.seed, stores, 0 if only else args.stops, only, args.mode)
        for run in planned(wishes):
            if args.only in {None, run.number}:
                _play(stage, run, proof)
    seconds = time.monotonic() - began
    missed = [name for name in POINTS if proof.hits[name] < args.each and _fits(name, stores)]
    print(_as_json(proof, missed) if args.json else _as_text(proof, args, seconds, missed))
    return 1 if proof.failures or missed else 0


def _fits(point: str, stores: tuple[str, ...]) -> bool:
    return bool(set(POINTS[point]) & set(stores))


def _play(stage: Stage, run: Run, proof: Proof) -> None:
    account = stage.play(run)
    finding = judged(account, stage.provider)
    proof.note(account, finding, stage.provider)
    mark = "FAILED " if finding.verdict.is_failure else ""
    print(f"{mark}{run}: {finding.verdict} {finding.why}", file=sys.stderr, flush=True)


@contextmanager
def _stage(args: argparse.Namespace) -> Iterator[tuple[Stage, tuple[str, ...]]]:
    from tests import keyring_env, redis_server

    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="chaos-"))
        env = {"XDG_DATA_HOME": f"{folder}/data"}
        real = not args.no_desktop and not keyring_env.lacks()
        if real:
            env = stack.enter_context(keyring_env.private_keyring())
        stores = tuple(args.store or ANY)
        url = ""
        if "redis" in stores and redis_server.lacks():
            stores = tuple(store for store in stores if store != "redis")
        elif "redis" in stores:
            url = stack.enter_context(redis_server.redis_server()).app_url
        workers = stack.enter_context(nursery(env, cold=args.cold))
        provider = stack.enter_context(ChaosProvider())

        def spec_of(run: Run) -> dict[str, object]:
            place = f"{folder}/{run.number}"
            Path(place).mkdir()
            # The daemon of the desktop is slow; a part of the runs does with folders.
            return {
                "kind": run.store,
                "folder": place,
                "service": f"pywry:chaos-{run.number}" if run.store == "redis" else place,
                "url": url,
                "real": real and run.choice.random() < 0.5,  # noqa: PLR2004
            }

        yield Stage(provider, workers, spec_of, args.sabotage), stores


def _as_text(proof: Proof, args: argparse.Namespace, seconds: float, missed: list[str]) -> str:
    lines = [f"seed {args.seed}: {proof.verdicts.total()} runs in {seconds:.0f} s", ""]
    lines += _table("killed at", {name: proof.hits[name] for name in POINTS})
    named = {name: proof.troubles[name] for name in (*TROUBLES, STOPPED)}
    lines += _table("troubles", named)
    lines += _table("stores", dict(sorted(proof.stores.items())))
    lines += ["from the rotation to the durable record, undisturbed, in ms"]
    lines += [f"  {store:28} {_spread(ms)}" for store, ms in sorted(proof.windows.items())]
    if proof.waits:
        lines += [f"  longest wait beside a stopped holder: {max(proof.waits):.1f} s"]
    lines += ["", *_table("outcome", {str(one): proof.verdicts[one] for one in Verdict})]
    if missed:
        lines += [f"hit less than {args.each} times: {', '.join(missed)}"]
    return "\n".join([*lines, *proof.failures])


def _table(title: str, counts: dict[str, int]) -> list[str]:
    return [title, *(f"  {name:44} {count:5}" for name, count in counts.items()), ""]


def _spread(ms: list[float]) -> str:
    if not ms:
        return "not measured"
    ordered = sorted(ms)
    return (
        f"median {statistics.median(ordered):6.1f}   p90 {ordered[-(-9 * len(ms) // 10) - 1]:6.1f}"
        f"   worst {ordered[-1]:6.1f}   of {len(ms)}"
    )


def _as_json(proof: Proof, missed: list[str]) -> str:
    return json.dumps(
        {
            "hits": proof.hits,
            "troubles": proof.troubles,
            "stores": proof.stores,
            "outcomes": {one.name: proof.verdicts[one] for one in Verdict},
            "windows_ms": proof.windows,
            "missed": missed,
            "failures": proof.failures,
        },
        indent=2,
    )


if __name__ == "__main__":
    sys.exit(main())
