"""Tokens that are bound to a key of the client's (RFC 9449)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.demands import Binding, Nonces
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.part import Announced, Memory, Part, error_reply
from pywry_auth.testing.proofs import Proof, read_proof
from pywry_auth.testing.seen import SeenRequest


_PROVED = frozenset({"par", "token", "userinfo"})


@dataclass(slots=True)
class _Bound:
    """Which key each grant belongs to, and the nonce that is wanted next."""

    keys: dict[str, str] = field(default_factory=dict[str, str])
    nonce: str = ""
    seen: Proof | None = None

    def renew(self) -> str:
        self.nonce = secrets.token_urlsafe(12)
        return self.nonce


def bound_key(memory: Memory, grant: Grant) -> str:
    """Give the thumbprint of the key that the tokens of *grant* are bound to, or ""."""
    return memory.drawer(_Bound).keys.get(grant.challenge, "")


def _asked(memory: Memory, seen: SeenRequest) -> Reply | None:
    """Look at the proof of a request to an endpoint of the client's own; note what is wrong."""
    bound = memory.drawer(_Bound)
    bound.seen = None
    proofs = memory.conduct.proofs
    if not seen.header("dpop"):
        wanted = proofs.binding is Binding.REQUIRED and seen.endpoint == "token"
        problems = ["there is no proof"] if wanted else []
        return error_reply("invalid_dpop_proof") if memory.note(seen.endpoint, problems) else None
    proof = read_proof(
        seen,
        url=f"{memory.url}/{seen.path or seen.endpoint}",
        algs=proofs.algs,
        now=memory.now,
        tolerance=proofs.tolerance,
    )
    if memory.note(seen.endpoint, _problems(memory, proof)) or proof is None:
        return error_reply("invalid_dpop_proof")
    bound.seen = proof
    return _wants_nonce(memory, seen, proof)


def _problems(memory: Memory, proof: Proof | None) -> list[str]:
    if memory.conduct.proofs.binding is Binding.NONE:
        return ["a proof was sent, though the metadata knows nothing of it"]
    if proof is None:
        return ["the proof is malformed, wrongly signed or of an unannounced kind"]
    problems = [*proof.problems, *memory.fresh("jti of a proof", proof.jti)]
    if proof.nonce is not None and memory.conduct.proofs.nonces is Nonces.NONE:
        problems.append("a nonce was sent that nobody asked for")
    return problems


def _wants_nonce(memory: Memory, seen: SeenRequest, proof: Proof) -> Reply | None:
    bound, proofs = memory.drawer(_Bound), memory.conduct.proofs
    endless = proofs.nonces is Nonces.ENDLESS
    fits = bool(bound.nonce) and proof.nonce == bound.nonce and not endless
    if proofs.nonces is Nonces.NONE or fits:
        return None
    if endless or not bound.nonce:
        bound.renew()
    if seen.endpoint == "userinfo":
        challenge = f'{proofs.scheme} error="use_dpop_nonce"'
        headers = {"WWW-Authenticate": challenge, "DPoP-Nonce": bound.nonce}
        return Reply(401, headers=headers)
    refusal = error_reply("use_dpop_nonce")
    return replace(refusal, headers={**refusal.headers, "DPoP-Nonce": bound.nonce})


def _guards_push(memory: Memory, seen: SeenRequest) -> Reply | None:
    refusal = _asked(memory, seen)
    proof = memory.drawer(_Bound).seen
    said = seen.params.get("dpop_jkt")
    if refusal is None and proof is not None and said not in {None, proof.thumbprint}:
        memory.note("par", ["dpop_jkt is not the key of the proof"])
        return error_reply("invalid_dpop_proof")
    return refusal


def _guards_token(memory: Memory, seen: SeenRequest) -> Reply | None:
    refusal = _asked(memory, seen)
    if refusal is not None:
        return refusal
    grant = memory.grant_of(seen)
    if grant is None:
        return None
    wanted = bound_key(memory, grant) or grant.params.get("dpop_jkt", "")
    proof = memory.drawer(_Bound).seen
    problems = ["another key than before"] if wanted not in {"", proof and proof.thumbprint} else []
    return error_reply("invalid_grant") if memory.note("token", problems) else None


def _guards_resource(memory: Memory, seen: SeenRequest, grant: Grant) -> Reply | None:
    scheme = seen.header("authorization").partition(" ")[0]
    wanted = bound_key(memory, grant)
    problems = [] if (scheme == "DPoP") == bool(wanted) else [f"the scheme is {scheme}"]
    if wanted and not problems:
        refusal = _asked(memory, seen)
        if refusal is not None:
            return refusal if refusal.status == 401 else _refused()  # noqa: PLR2004
        proof = memory.drawer(_Bound).seen
        problems = [] if proof and proof.thumbprint == wanted else ["not proved by the token's key"]
    return _refused() if memory.note(seen.endpoint, problems) else None


def _refused() -> Reply:
    return Reply(401, "{}", headers={"WWW-Authenticate": 'DPoP error="invalid_token"'})


def _token_members(memory: Memory, _seen: SeenRequest, grant: Grant) -> Mapping[str, object]:
    bound = memory.drawer(_Bound)
    if bound.seen is None or memory.conduct.proofs.binding is Binding.IGNORED:
        return {}
    bound.keys[grant.challenge] = bound.seen.thumbprint
    return {"token_type": "DPoP"}


def _finishes(memory: Memory, seen: SeenRequest, reply: Reply) -> Reply:
    nonces = memory.conduct.proofs.nonces
    succeeded = reply.status < 300 and seen.endpoint in _PROVED  # noqa: PLR2004
    if not succeeded or nonces not in {Nonces.TOLD, Nonces.SILENT}:
        return reply
    nonce = memory.drawer(_Bound).renew()
    if nonces is Nonces.SILENT:
        return reply
    return replace(reply, headers={**reply.headers, "DPoP-Nonce": nonce})


def _announces(memory: Memory) -> Mapping[str, Announced]:
    proofs = memory.conduct.proofs
    if proofs.binding is Binding.NONE:
        return {}
    return {"dpop_signing_alg_values_supported": list(proofs.algs)}


DPOP = Part(
    announces=_announces,
    guards_push=_guards_push,
    guards_token=_guards_token,
    guards_resource=_guards_resource,
    token_members=_token_members,
    finishes=_finishes,
)
