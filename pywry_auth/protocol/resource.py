"""What to do about a resource's answer, as a function of how it was asked."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pywry_auth.protocol.refusal import Refusal


#: methods that change nothing, so that nothing is done twice (RFC 9110 section 9.2.1)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Carried(Enum):
    """What of a session's credentials a request took along."""

    ALL = auto()
    NO_PROOF = auto()  # the token without its DPoP proof, which is made for one address only
    NOTHING = auto()  # as after a redirect to another origin
    NOT_OURS = auto()  # the caller's own, which are not touched


class Remedy(Enum):
    """What can be done before a request is made once more."""

    RETURN = auto()  # nothing: whoever asked gets this answer
    ATTACH = auto()  # take the credentials along that were left behind on a redirect
    PROVE_AGAIN = auto()  # make the proof with the nonce that came with the answer
    RENEW = auto()  # get another token, unless another one is held already
    STEP_UP = auto()  # let the person sign in as the resource wants it


@dataclass(frozen=True, slots=True)
class Sent:
    """
    How a request was made.

    Attributes:
        method: its HTTP method, in capitals.
        carried: what it took along.
        tried: what was done for it before; each remedy is tried once.
        can_step_up: whether there is anybody who can ask a person.
    """

    method: str
    carried: Carried = Carried.ALL
    tried: frozenset[Remedy] = field(default_factory=frozenset[Remedy])
    can_step_up: bool = False


_REMEDIES = {
    Refusal.NONE: Remedy.RETURN,
    Refusal.TOKEN: Remedy.RENEW,
    Refusal.NONCE: Remedy.PROVE_AGAIN,
    Refusal.STEP_UP: Remedy.STEP_UP,
    Refusal.REQUEST: Remedy.RETURN,
}


def remedy_for(refusal: Refusal, sent: Sent) -> Remedy:
    """
    Say what to do about an answer; a request is never made again for the same reason.

    A request of any method may be made again after a refusal: 401 says that it has not been acted
    upon (RFC 9110 section 15.5.2).
    """
    remedy = _remedy(refusal, sent)
    return Remedy.RETURN if remedy in sent.tried else remedy


def _remedy(refusal: Refusal, sent: Sent) -> Remedy:
    match sent.carried:
        case Carried.NOT_OURS:
            return Remedy.RETURN
        case Carried.NOTHING if refusal is not Refusal.NONE or sent.method in SAFE_METHODS:
            # What strangers are shown, perhaps with 200, is not what was asked for.
            return Remedy.ATTACH
        case Carried.NO_PROOF if refusal is not Refusal.NONE:
            return Remedy.ATTACH
        case Carried.NO_PROOF | Carried.NOTHING:
            return Remedy.RETURN
        case Carried.ALL if refusal is Refusal.STEP_UP and not sent.can_step_up:
            return Remedy.RETURN
        case Carried.ALL:
            return _REMEDIES[refusal]
