"""Inputs that nobody sane sends, made from right ones; the same seed makes the same ones."""

import base64
import json
import random
import time
import traceback
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pywry_auth.errors import AuthError


#: in every secret of every seed; no error may repeat it
CANARY = "CaNaRy-5e1f-"
CEILING = 48 * 1024 * 1024  # bytes one input of at most 1 MiB may take
SHOWN = ("error", "error_description", "token_type", "iss")
SAMPLE = 25  # one input of so many is watched with tracemalloc, which makes it slow

ODD = [
    None, True, False, 0, -1, 1, 1e308, -1e308, 2**63, 2**200, 0.1, float("nan"), float("inf"),
    "", " ", "\x00", "\ud800", "ключ", "a" * 5000, "%", "%00", "{", "}", "../..", "null",
    "https://op.example", "http://evil.example", "javascript:alert(1)", "https://[", "//", "Bearer",
    "RS256", "none", "HS256", "alice", [], {}, [[]], [None], {"": None}, ["a", 1], {"a": {"b": []}},
]  # fmt: skip
NAMES = [
    "access_token", "expires_in", "scope", "token_type", "id_token", "refresh_token", "issuer",
    "keys", "kty", "alg", "kid", "crit", "b64", "use", "iss", "sub", "aud", "exp", "iat", "nonce",
    "azp", "at_hash", "nbf", "v", "raw", "own", "records", "", "__proto__", "__class__", "\ud800",
]  # fmt: skip
WORDS = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b'"', b"\\", b"{", b"}", b"[",
    b"]", b",", b":", b"=", b"&", b"%", b"%00", b"%zz", b"+", b".", b"..", b";", b"'", b"null",
    b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 300, b'{"a":' * 300, b"\\ud800", b"#",
    b"a" * 3000, b"[providers.x]\n", b'"""', b"Bearer ", b"DPoP ",
]  # fmt: skip


@dataclass(frozen=True)
class Target:
    """
    One parser.

    Attributes:
        name: what it reads.
        seeds: right inputs, and some that are refused.
        run: gives the input to the parser; a string of its own where the outcome is wrong.
        kinds: how inputs may be changed beyond single bytes.
        allowed: the errors that the parser documents.
        sign: signs claims with the right key.
        largest: bytes of the huge inputs.
    """

    name: str
    seeds: tuple[bytes, ...]
    run: Callable[[bytes], object]
    kinds: tuple[str, ...] = ("json",)
    allowed: tuple[type[BaseException], ...] = (AuthError,)
    sign: Callable[[object], str] | None = None
    largest: int = 300_000


@dataclass
class Failure:
    target: str
    data: bytes
    reason: str

    def __str__(self) -> str:
        shown = (
            self.data if len(self.data) < 1500 else self.data[:700] + b" ... " + self.data[-700:]
        )
        return f"{self.target}: {self.reason}\n  input ({len(self.data)} bytes): {shown!r}"


@dataclass
class Outcome:
    tried: int = 0
    refused: int = 0
    slowest: float = 0.0
    largest: int = 0
    failures: list[Failure] = field(default_factory=list)


class Mutator:
    """Changes right inputs, reproducibly."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 - reproducible, which is the point

    def changed(self, target: Target) -> bytes:
        pick = self.random
        seed = pick.choice(target.seeds)
        kind = pick.choice((*target.kinds, "bytes"))
        data = seed
        for _ in range(pick.choice((1, 1, 1, 2, 3, 6))):
            data = self._once(kind, data, target)
        return data

    def _once(self, kind: str, data: bytes, target: Target) -> bytes:
        match kind:
            case "json":
                return self._json(data)
            case "jwt":
                return self._jwt(data)
            case "signed" if target.sign is not None:
                return self._signed(target)
            case _:
                return self._bytes(data, target)

    def _bytes(self, data: bytes, target: Target) -> bytes:
        pick = self.random
        at = pick.randrange(len(data) + 1)
        head, tail = data[:at], data[at:]
        other = pick.choice(target.seeds)
        edits = (
            lambda: head + pick.randbytes(1) + tail[1:],
            lambda: head + bytes(byte ^ 1 << pick.randrange(8) for byte in tail[:1]) + tail[1:],
            lambda: head + tail[pick.randrange(1, 40) :],
            lambda: head + pick.choice(WORDS) + tail,
            lambda: head + pick.randbytes(pick.randrange(1, 20)) + tail,
            lambda: head + other[pick.randrange(len(other) + 1) :],
            lambda: head + tail[: pick.randrange(1, 60)] * pick.choice((1, 2, 50)) + tail,
            lambda: head,
        )
        return pick.choice(edits)()

    def _json(self, data: bytes) -> bytes:
        try:
            value: object = json.loads(data)
        except (ValueError, RecursionError):
            return data
        return self.text(self.mutated(value))

    def text(self, value: object) -> bytes:
        """Write *value* as JSON of one kind or another."""
        ascii_only = self.random.random() < 0.7
        text = json.dumps(value, ensure_ascii=ascii_only)
        return text.encode("utf-8", "surrogatepass")

    def mutated(self, value: object) -> object:
        """Change one place of a JSON value."""
        pick = self.random
        if isinstance(value, dict) and value and pick.random() < 0.85:
            return self._object(dict(value))
        if isinstance(value, list) and value and pick.random() < 0.7:
            at = pick.randrange(len(value))
            match pick.randrange(4):
                case 0:
                    return value[:at] + value[at + 1 :]
                case 1:
                    return value * 3
                case _:
                    return [*value[:at], self.mutated(value[at]), *value[at + 1 :]]
        return self._odd(value)

    def _object(self, value: dict[str, object]) -> dict[str, object]:
        pick = self.random
        name = pick.choice(list(value))
        match pick.randrange(6):
            case 0:
                del value[name]
            case 1 if CANARY not in str(value[name]):  # else it would be no secret any more
                value[pick.choice(NAMES)] = value.pop(name)
            case 2:
                value[pick.choice(NAMES)] = pick.choice(ODD)
            case _:
                value[name] = self.mutated(value[name])
        return value

    def _odd(self, value: object) -> object:
        pick = self.random
        match pick.randrange(6):
            case 0 if isinstance(value, str):
                return value + pick.choice((" ", "\x00", "\n", "/", "\ud800", "é"))
            case 1 if isinstance(value, int | float):
                return -value if pick.random() < 0.5 else str(value)
            case 2:
                return [value] if pick.random() < 0.5 else {"value": value}
            case 3:
                return nested(pick.choice((5, 60)))
            case _:
                return pick.choice(ODD)

    def _jwt(self, data: bytes) -> bytes:
        parts = data.split(b".")
        at = self.random.randrange(len(parts))
        match self.random.randrange(5):
            case 0:
                parts[at] = b""
            case 1:
                parts.insert(at, self.random.choice(WORDS))
            case 2:
                parts[at] = parts[at] + b"=" * self.random.randrange(1, 4)
            case _:
                with_json = self._json(unb64(parts[at]))
                parts[at] = b64(with_json)
        return b".".join(parts)

    def _signed(self, target: Target) -> bytes:
        assert target.sign is not None
        value: object = json.loads(unb64(target.seeds[0].split(b".")[1]))
        for _ in range(self.random.choice((1, 1, 2, 4))):
            value = self.mutated(value)
        return target.sign(self.text(value)).encode()


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def unb64(data: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except ValueError:
        return data


def huge(size: int) -> list[bytes]:
    """Inputs of *size* bytes each, of the kinds that make careless parsers slow or fat."""
    return [
        b"[" * size,
        b'{"a":' * (size // 5),
        b'{"access_token":"' + b"a" * size + b'"}',
        b'{"expires_in":' + b"9" * size + b"}",
        b'{"keys":[' + b"{}," * (size // 3) + b"{}]}",
        b"{" + b",".join(b'"%d":1' % number for number in range(size // 10)) + b"}",
        b'"' + b"\\u0041" * (size // 6) + b'"',
        b"a." * (size // 2),
        b"A" * size + b"." + b"A" * size + b".A",
        b"=&" * (size // 2),
        b"%41" * (size // 3),
        b'Bearer a="' + b"\\" * size,
        b"a=" * (size // 2) + b",",
        b"\x00" * size,
        b"\xff" * size,
        b"a = " + b"[" * size,
        b"[providers.a]\n" + b"x = 1\n" * (size // 6),
        b"pywry-sealed 1 " + b"0" * size,
        b" " * size,
        b"," * size,
    ]


def explore(target: Target, examples: int, seed: int, *, patience: float | None) -> Outcome:
    """
    Give *target* so many changed inputs, then the huge ones.

    Args:
        target: the parser.
        examples: how many changed inputs.
        seed: makes them reproducible.
        patience: seconds one input may take; None is not judged.
    """
    outcome = Outcome()
    mutator = Mutator(f"{target.name}:{seed}")
    for data in target.seeds:
        _judge(target, data, outcome, patience, watched=False)
    for number in range(examples):
        data = mutator.changed(target)
        _judge(target, data, outcome, patience, watched=number % SAMPLE == 0)
    for data in huge(target.largest if patience is not None else 30_000):
        _judge(target, data, outcome, patience, watched=True)
    return outcome


def _judge(
    target: Target, data: bytes, outcome: Outcome, patience: float | None, *, watched: bool
) -> None:
    outcome.tried += 1
    if watched:
        tracemalloc.start()
    began = time.perf_counter()
    try:
        reason = _reason(target, data, outcome)
        took = time.perf_counter() - began
        peak = tracemalloc.get_traced_memory()[1] if watched else 0
    finally:
        if watched:
            tracemalloc.stop()
    outcome.slowest = max(outcome.slowest, took)
    outcome.largest = max(outcome.largest, peak)
    if patience is not None and took > patience:
        reason = reason or f"took {took:.1f} s"
    if peak > CEILING:
        reason = reason or f"took {peak // 1024} KiB"
    if reason:
        outcome.failures.append(Failure(target.name, data, reason))


def _reason(target: Target, data: bytes, outcome: Outcome) -> str:
    """Give what is wrong with what *target* did with *data*, or ""."""
    try:
        wrong = target.run(data)
    except target.allowed as exc:
        outcome.refused += 1
        leaks = isinstance(exc, AuthError) and any(CANARY in text for text in _said(exc))
        if leaks and not _is_public(data):
            return f"{type(exc).__name__} repeats a secret: {exc}"
        return ""
    except Exception as exc:  # noqa: BLE001 - whatever else it is, is the finding
        return "".join(traceback.format_exception(exc)[-4:])
    return wrong if isinstance(wrong, str) else ""


def _is_public(data: bytes) -> bool:
    """Whether a change has put the canary where servers put words for people to see."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        value = dict(parse_qsl(data.decode("latin-1").partition("?")[2] or data.decode("latin-1")))
    members = value if isinstance(value, dict) else {}
    return any(CANARY in str(members.get(name)) for name in SHOWN)


def _said(exc: BaseException) -> list[str]:
    """Everything that a log or a person may see of *exc* with what is behind it."""
    found: list[str] = []
    one: BaseException | None = exc
    while one is not None:
        found += (
            [str(one), repr(one), *one.__notes__]
            if "__notes__" in vars(one)
            else [str(one), repr(one)]
        )
        found.append(str(vars(one)))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found
