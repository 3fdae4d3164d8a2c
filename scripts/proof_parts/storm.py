"""``scripts/storm``: everybody asks for a token at once; the provider sees one request."""

import argparse
import json
import random
import secrets
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx


ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # the provider and the keyring of the tests

import grants_storm  # noqa: E402
from chaos_worker import members_of  # noqa: E402
from hooks import digest  # noqa: E402
from nursery import Child, Nursery, Word, nursery  # noqa: E402
from storm_plan import KINDS, STORES, Storm, Tally, planned  # noqa: E402

from pywry_auth.flow import AuthFlowManager  # noqa: E402
from pywry_auth.providers import GenericOIDCProvider  # noqa: E402
from pywry_auth.tokens import OAuthTokenSet  # noqa: E402
from tests import keyring_env  # noqa: E402
from tests.providers_kit import OidcProviderOP, RealProvider  # noqa: E402


LIFE = 3600  # seconds of an access token
LONG = 10**8  # seconds; the clocks of the members go ahead by an hour with each storm
DUE = LIFE - 45.0  # seconds after which a token is renewed behind its users
ENDED = LIFE + 1.0
TASKS, THREADS, PROCESSES = 1000, 16, 12
LAST = 10_000  # number of the first of the storms that show that every session goes on
LIMIT = 120.0  # seconds for one storm, on a busy machine


class Args(argparse.Namespace):
    """What was asked for."""

    rounds: int
    seed: int
    processes: int
    kind: list[str] | None
    sabotage: str
    json: bool
    grants: bool
    harm: list[str] | None


class Weather:
    """The members, the provider, and what they have gone through."""

    def __init__(self, op: RealProvider, workers: Nursery, folder: str, args: Args) -> None:
        self._op = op
        self._workers = workers
        self._job = {
            "sabotage": args.sabotage,
            "issuer": op.issuer,
            "stores": {
                name: {
                    "kind": name,
                    "folder": f"{folder}/{name}",
                    "service": "pywry-auth:storm",
                    "real": True,
                }
                for name in STORES
            },
        }
        for name in STORES:
            Path(folder, name).mkdir()
        self._members = [self._member() for _ in range(args.processes)]
        self._newest: dict[str, str] = {}
        self._ahead = dict.fromkeys(STORES, 0.0)  # seconds the clocks of a session are ahead
        self._seen = 0  # how many of the provider's events were looked at
        self.tally = Tally()

    def sign_in(self) -> None:
        """Put one sign-in of its own into each store."""
        for name in STORES:
            tokens = _signed_in(self._op)
            planted = members_of(tokens, issued_at=time.time())
            self._members[0].tell(plant={"store": name, "tokens": planted})
            self._members[0].wait_for(lambda word, name=name: word.get("planted") == name)
            self._newest[name] = digest(tokens.access_token)
        self._news()

    def storm(self, storm: Storm) -> None:
        """Let *storm* happen, and count."""
        self._ahead[storm.store] += DUE if storm.due else ENDED
        members = self._members if storm.kind == "processes" else self._members[:1]
        heard = {child.name: len(child.said) for child in members}
        dice = random.Random(storm.number)  # noqa: S311 - nothing here is secret
        self._op.control(delayMs=300 if storm.harm == "others" else 0)
        ask = self._ask(storm)
        armed = dice.sample(members, len(members) // 4) if storm.harm == "holder" else []
        for member in members:
            member.tell(ask={**ask, "armed": {"lock.held": "kill"} if member in armed else {}})
        if storm.harm == "others":
            sender = _whoever_sends(members, heard)
            others = [child for child in members if child is not sender]
            for child in dice.sample(others, len(members) // 4):
                child.kill()
        elif storm.harm == "stop":
            _stop(dice.sample(members, len(members) // 3), dice)
        answers = [found for child in members if (found := _answer(child, storm))]
        self._judge(storm, answers, harmed=len(members) - len(answers))
        self._replace_dead()

    def finish(self) -> None:
        """Show that every session goes on after all that."""
        for number, store in enumerate(STORES, LAST):
            self.storm(Storm(number, "tasks", store, due=False, harm=""))

    def _member(self) -> Child:
        return self._workers.start("storm", "member", **self._job)

    def _replace_dead(self) -> None:
        for index, child in enumerate(self._members):
            if child.ended:
                self._workers.bury(child)
                self._members[index] = self._member()

    def _ask(self, storm: Storm) -> dict[str, object]:
        return {
            "number": storm.number,
            "store": storm.store,
            "offset": self._ahead[storm.store],
            "old": self._newest[storm.store],
            "at": time.monotonic() + 0.1,
            "tasks": {"tasks": TASKS, "threads": 4, "processes": 3}[storm.kind],
            "threads": THREADS if storm.kind == "threads" else 0,
            "sessions": 4 if storm.kind != "processes" and storm.number % 4 == 0 else 1,
            "cancel": 0.3 if storm.harm == "cancel" else 0.0,
        }

    def _judge(self, storm: Storm, answers: list[Word], *, harmed: int) -> None:
        given, revoked, refused = self._news()
        got: Counter[str] = Counter()
        for answer in answers:
            got.update(answer["tokens"])
        errors = [error for answer in answers for error in answer["errors"]]
        left = sum(answer["left"] for answer in answers)
        worst = max((answer["worst"] for answer in answers), default=0.0)
        requests = len(given) + refused
        new = given[-1] if given else ""
        wrong = {
            f"{requests} requests": requests != 1,
            f"refused {refused} times": refused,
            f"the family was revoked {revoked} times": revoked,
            f"errors {errors[:3]}": errors,
            f"{len(got)} different tokens, {dict(got)}": set(got) != {digest(new)},
            "the new token is not active": not self._is_active(new),
        }
        problems = [words for words, is_so in wrong.items() if is_so]
        self._newest[storm.store] = digest(new)
        self.tally.note(
            storm, requests, asked=got.total() + left, harmed=harmed + left, worst=worst
        )
        line = f"{storm.number:4} {storm}  asked {got.total() + left:5}  requests {requests}  "
        line += f"harmed {harmed + left:4}  worst wait {1000 * worst:6.0f} ms"
        print(line, *problems, sep="  ", file=sys.stderr, flush=True)
        self.tally.failures += [f"{line}  {words}" for words in problems]

    def _news(self) -> tuple[list[str], int, int]:
        """
        Strictly private: look at what the provider has told since the last time.

        Returns:
            The access tokens it gave for refresh tokens, how often it revoked a family, how often
            it refused a refresh token.
        """
        mark = secrets.token_hex(8)
        self._op.control(mark=mark)
        self._op.wait_for(lambda event: event.get("mark") == mark, seconds=30)
        events, self._seen = self._op.events[self._seen :], len(self._op.events)
        given = [
            str(event["secrets"]["access_token"])
            for event in events
            if event.get("event") == "gave"
            and "refresh_token" in event["secrets"]
            and "code" not in event["secrets"]
        ]
        names = [
            str(event.get("event"))
            for event in events
            if event.get("grant_type") in {None, "refresh_token"}
        ]
        return given, names.count("grant.revoked"), names.count("grant.error")

    def _is_active(self, access_token: str) -> bool:
        reply = httpx.post(
            f"{self._op.issuer}/token/introspection",
            data={"token": access_token},
            auth=("rs", "rs-secret"),
            trust_env=False,
            timeout=20,
        )
        return reply.json().get("active") is True


def _whoever_sends(members: list[Child], heard: dict[str, int]) -> Child:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        for child in members:
            if any(word.get("at") == "send.before" for word in child.said[heard[child.name] :]):
                return child
        time.sleep(0.002)
    raise TimeoutError("nobody has asked the provider")


def _stop(children: list[Child], dice: random.Random) -> None:
    for child in children:
        child.signal(signal.SIGSTOP)
    time.sleep(0.1 + dice.random() * 0.3)
    for child in children:
        child.signal(signal.SIGCONT)


def _answer(child: Child, storm: Storm) -> Word | None:
    try:
        return child.wait_for(lambda word: word.get("storm") == storm.number, LIMIT)
    except TimeoutError:
        if child.has_said("crashed"):
            raise RuntimeError(str(child.last("crashed")["crashed"])) from None
        if child.ended:
            return None
        raise


def _signed_in(op: RealProvider) -> OAuthTokenSet:
    provider = GenericOIDCProvider(
        "native",
        issuer_url=op.issuer,
        scopes=["openid", "profile", "offline_access"],
        authorize_params={"prompt": "consent"},
    )

    def show(url: str, _config: object) -> str:
        threading.Thread(target=op.walk, args=(url,), daemon=True).start()
        return "window"

    result = AuthFlowManager(provider, auth_timeout=60).run_native(show, lambda _label: None)
    return result.tokens


@contextmanager
def _weather(args: Args) -> Iterator[Weather]:
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="storm-"))
        env = stack.enter_context(keyring_env.private_keyring())
        op = stack.enter_context(OidcProviderOP(accessTtl=LIFE, idTtl=LONG, refreshTtl=LONG))
        workers = stack.enter_context(nursery(env))
        weather = Weather(op, workers, folder, args)
        weather.sign_in()
        yield weather


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/storm", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these; repeatable")
    parser.add_argument("--grants", action="store_true", help="of token managers, not of sessions")
    parser.add_argument(
        "--harm", action="append", choices=grants_storm.HARMS, help="with --grants: only these"
    )
    parser.add_argument(
        "--sabotage",
        choices=["lock", "store"],
        help="take the lock away, or with --grants let the store forget, to see the proof fail",
    )
    parser.add_argument("--json", action="store_true", help="print one document at the end")
    args = parser.parse_args(namespace=Args())
    if lacks := keyring_env.lacks() or (not args.grants and OidcProviderOP.missing()):
        parser.error(lacks)
    began = time.monotonic()
    if args.grants:
        return grants_storm.run(args)
    with _weather(args) as weather:
        for storm in planned(args.rounds, args.seed):
            if storm.kind in (args.kind or KINDS):
                weather.storm(storm)
        weather.finish()
        tally = weather.tally
    said = tally.as_text(args.rounds, time.monotonic() - began)
    print(json.dumps(tally.as_json(), indent=2) if args.json else said)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
