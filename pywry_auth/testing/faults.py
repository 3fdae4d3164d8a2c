"""
Everything that goes wrong in the field, by name.

A fault works with one line: the issuer takes it in place of a conduct, the browser plays its part.

    @pytest.mark.parametrize("fault", Fault)
    def test_my_application_stands(op, fault):
        issuer_url = op.add("mine", fault)
        agent = HeadlessAgent(fault)
        ...  # sign in: it succeeds, or raises exactly fault.effect.sign_in

``Fault("lost-answer")`` is the same as ``Fault.LOST_ANSWER``, so that a fault may come from a
configuration file; ``fault_table()`` prints all of them with what an application must see.
"""

from collections.abc import Mapping
from enum import StrEnum

from pywry_auth.errors import AuthFlowTimeout
from pywry_auth.testing.conduct import Conduct
from pywry_auth.testing.effect import Effect
from pywry_auth.testing.effects_renewal import RENEWAL
from pywry_auth.testing.effects_sign_in import SIGN_IN
from pywry_auth.testing.tricks import Trick


SHORT = 0.6  # seconds until a sign-in that nobody answers is given up
LONG = 30.0  # seconds; nothing here takes that long

_EFFECTS: Mapping[str, Effect] = {**SIGN_IN, **RENEWAL}


class Fault(StrEnum):
    """One thing that goes wrong; ``effect`` says what happens, with what must be seen of it."""

    PRECONNECTS = "preconnects"
    HALF_A_REQUEST = "half-a-request"
    FAVICON_FIRST = "favicon-first"
    DOUBLE_CALLBACK = "double-callback"
    STRANGERS_CALLBACK = "strangers-callback"
    NOBODY_THERE = "nobody-there"
    WRONG_STATE = "wrong-state"
    CONSENT_DENIED = "consent-denied"
    WRONG_ISS_IN_REDIRECT = "wrong-iss-in-redirect"
    DISCOVERY_DOWN = "discovery-down"
    WRONG_ISSUER_IN_METADATA = "wrong-issuer-in-metadata"
    SLOW_TOKEN_ENDPOINT = "slow-token-endpoint"
    TOKEN_ENDPOINT_DOWN = "token-endpoint-down"
    TOKEN_ENDPOINT_BUSY = "token-endpoint-busy"
    CUT_CONNECTION = "cut-connection"
    CAPTIVE_PORTAL = "captive-portal"
    OPAQUE_ERROR = "opaque-error"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_NONCE = "wrong-nonce"
    EXPIRED_ID_TOKEN = "expired-id-token"
    WRONG_SIGNATURE = "wrong-signature"
    STRANGERS_SIGNATURE = "strangers-signature"
    NO_SIGNATURE = "no-signature"
    CLOCK_AHEAD = "clock-ahead"
    CLOCK_BEHIND = "clock-behind"
    KEY_ROTATION = "key-rotation"
    HIDDEN_KEY = "hidden-key"
    ROTATION = "rotation"
    ROTATION_WITH_REUSE_DETECTION = "rotation-with-reuse-detection"
    KEPT_REFRESH_TOKEN = "kept-refresh-token"
    NO_REFRESH_TOKEN = "no-refresh-token"
    FLAPPING_TOKEN_ENDPOINT = "flapping-token-endpoint"
    RENEWAL_DOWN = "renewal-down"
    RENEWAL_BUSY = "renewal-busy"
    RENEWAL_CUT = "renewal-cut"
    RENEWAL_CAPTIVE_PORTAL = "renewal-captive-portal"
    RENEWAL_OPAQUE_ERROR = "renewal-opaque-error"
    RENEWAL_OF_SOMEBODY_ELSE = "renewal-of-somebody-else"
    LOST_ANSWER = "lost-answer"
    LOST_ANSWER_WITH_LEEWAY = "lost-answer-with-leeway"
    SESSION_ENDED = "session-ended"

    @property
    def effect(self) -> Effect:
        """What it does, with what an application must see."""
        return _EFFECTS[self.value]

    @property
    def conduct(self) -> Conduct:
        """What an issuer with this fault does."""
        return self.effect.conduct

    @property
    def patience(self) -> float:
        """Seconds to give a sign-in with this fault: few where nobody is going to answer."""
        return SHORT if self.effect.sign_in is AuthFlowTimeout else LONG

    @property
    def tricks(self) -> tuple[Trick, ...]:
        """What a browser with this fault does."""
        return self.effect.tricks


def fault_table() -> str:
    """Give every fault as a table in Markdown."""
    rows = [f"| `{fault}` | {fault.effect.does} | {fault.effect.sees} |" for fault in Fault]
    return "\n".join(["| Fault | What happens | What you see |", "| --- | --- | --- |", *rows])


def conduct_of(given: Conduct | Fault) -> Conduct:
    """Give the conduct that *given* is, or that belongs to it."""
    return given.conduct if isinstance(given, Fault) else given
