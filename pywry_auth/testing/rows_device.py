"""Rows of the device grant: what is shown to a person, what ends the asking (RFC 8628)."""

from dataclasses import dataclass

from pywry_auth.errors import (
    AuthError,
    AuthFlowTimeout,
    CallbackError,
    TokenError,
    TokenTransportError,
)
from pywry_auth.testing.conduct import Alg, Conduct, Reply, Signing, Tamper
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Put


#: the endpoints of a sign-in with a code, in the order in which a correct client first calls them
ORDER = ("discovery", "device_authorization", "token", "jwks", "userinfo")


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """
    One thing a provider may do when a person signs in with a code, and what must come of it.

    Attributes:
        name: what the row is called.
        conduct: what the provider does.
        error: the exact class of the error the client must raise; None when it must accept.
        last: the last endpoint that may be called.
        says: the ``error`` word the raised error must carry, or None.
        asked_at: seconds after the code at which the token endpoint must be asked; None where
            only the provider's own look at the intervals counts.
    """

    name: str
    conduct: Conduct
    error: type[AuthError] | None = None
    last: str = "userinfo"
    says: str | None = None
    asked_at: tuple[float, ...] | None = None

    @property
    def allowed(self) -> frozenset[str]:
        """The endpoints that may be called at all."""
        return frozenset(ORDER[: ORDER.index(self.last) + 1])


def _said(word: str, status: int = 400) -> Reply:
    return Reply(status, f'{{"error": "{word}"}}')


_PENDING = _said("authorization_pending")
_SLOW = _said("slow_down")
_BUSY = Reply(503, "", headers={"Retry-After": "33"})
_PAGE = Reply(200, "<html><body>Please sign in to the hotel network</body></html>", "text/html")


def _asked(name: str, *replies: Reply, at: tuple[float, ...], **device: Edit) -> DeviceRow:
    conduct = Conduct(first={"device_token": replies}, device=device)
    return DeviceRow(name, conduct, asked_at=at)


def _ended(
    name: str,
    *replies: Reply,
    error: type[AuthError] = TokenError,
    says: str | None = None,
    at: tuple[float, ...] = (5, 10),
) -> DeviceRow:
    conduct = Conduct(first={"device_token": (_PENDING, *replies)})
    return DeviceRow(name, conduct, error, "token", says, at)


def _begun(name: str, error: type[AuthError] | None = TokenError, **device: Edit) -> DeviceRow:
    last = "userinfo" if error is None else "device_authorization"
    return DeviceRow(name, Conduct(device=device), error, last)


def _begun_with(
    name: str, reply: Reply, error: type[AuthError] = TokenError, says: str | None = None
) -> DeviceRow:
    conduct = Conduct(replies={"device_authorization": reply})
    return DeviceRow(name, conduct, error, "device_authorization", says)


def _bad_id_token(name: str, **edits: Edit) -> DeviceRow:
    return DeviceRow(name, Conduct(id_token=edits), TokenError, "jwks")


def _bad_signature(name: str, signing: Signing) -> DeviceRow:
    return DeviceRow(name, Conduct(signing=signing), TokenError, "jwks")


DEVICE: tuple[DeviceRow, ...] = (
    _asked("own-device", at=(5,)),
    _asked("own-device-pending", _PENDING, _PENDING, at=(5, 10, 15)),
    _asked("own-device-pending-with-200", _said("authorization_pending", 200), at=(5, 10)),
    _asked("own-device-slow-down", _SLOW, _PENDING, _SLOW, at=(5, 15, 25, 40)),
    _asked("own-device-interval-missing", _PENDING, at=(5, 10), interval=Drop()),
    _asked("own-device-interval-long", _PENDING, at=(20, 40), interval=Put(20)),
    _asked("own-device-interval-zero", _PENDING, at=(1, 2), interval=Put(0)),
    _asked("own-device-503-retry-after", _BUSY, at=(5, 38)),
    _asked("own-device-500", Reply(500), _PENDING, at=(5, 15, 20)),
    _asked("own-device-cut", Reply(cut=True), Reply(cut=True), at=(5, 15, 35)),
    _asked("own-device-cut-in-the-middle", Reply(body="{", lost=50), at=(5, 15)),
    # A gateway that repeats the words of a refusal is still no refusal.
    _asked("own-device-503-access-denied", _said("access_denied", 503), at=(5, 15)),
    _begun("own-device-no-complete-address", None, verification_uri_complete=Drop()),
    _begun(
        "own-device-complete-address-elsewhere",
        None,
        verification_uri_complete=Put("https://elsewhere.example/device?user_code=ABCD"),
    ),
    _begun("own-device-life-as-text", None, expires_in=Put("600")),
    _begun("own-device-unknown-member", None, message=Put("Use a web browser to open the page")),
    _ended(
        "own-device-access-denied",
        _said("access_denied"),
        error=CallbackError,
        says="access_denied",
    ),
    _ended("own-device-expired-token", _said("expired_token"), error=AuthFlowTimeout),
    _ended("own-device-invalid-client", _said("invalid_client", 401), says="invalid_client"),
    _ended("own-device-invalid-grant", _said("invalid_grant"), says="invalid_grant"),
    _ended("own-device-unknown-word", _said("moon_phase"), says="moon_phase"),
    _ended("own-device-page", _PAGE),
    _ended("own-device-400-empty", Reply(400)),
    _ended("own-device-array", Reply(200, "[]")),
    _ended("own-device-redirect", Reply(307, headers={"Location": "elsewhere"})),
    DeviceRow(
        "own-device-code-ends",
        Conduct(device={"expires_in": Put(12)}, replies={"device_token": _PENDING}),
        AuthFlowTimeout,
        "token",
        asked_at=(5, 10, 15),
    ),
    DeviceRow(
        "own-device-provider-gone",
        Conduct(device={"expires_in": Put(40)}, replies={"device_token": Reply(cut=True)}),
        TokenTransportError,
        "token",
        asked_at=(5, 15, 35),
    ),
    _begun("own-device-address-http", verification_uri=Put("http://id.example.com/device")),
    _begun("own-device-address-script", verification_uri=Put("javascript:alert(1)")),
    _begun("own-device-address-missing", verification_uri=Drop()),
    _begun(
        "own-device-complete-address-http",
        verification_uri_complete=Put("http://id.example.com/device?user_code=ABCD"),
    ),
    _begun("own-device-user-code-missing", user_code=Drop()),
    _begun("own-device-user-code-moves-the-cursor", user_code=Put("AB\x1b[2JCD")),
    _begun("own-device-user-code-too-long", user_code=Put("A" * 41)),
    _begun("own-device-code-missing", device_code=Drop()),
    _begun("own-device-code-too-long", device_code=Put("x" * 9000)),
    _begun("own-device-life-missing", expires_in=Drop()),
    _begun("own-device-life-zero", expires_in=Put(0)),
    _begun("own-device-life-nan", expires_in=Put(float("nan"))),
    _begun("own-device-interval-negative", interval=Put(-5)),
    _begun("own-device-interval-nonsense", interval=Put("soon")),
    _begun_with("own-device-refused", _said("unauthorized_client"), says="unauthorized_client"),
    _begun_with("own-device-begun-page", _PAGE),
    _begun_with("own-device-begun-404", Reply(404)),
    _begun_with("own-device-begun-503", _BUSY, TokenTransportError),
    _begun_with("own-device-begun-cut", Reply(cut=True), TokenTransportError),
    _bad_id_token("own-device-id-token-other-nonce", nonce=Put("n" * 43)),
    _bad_id_token("own-device-id-token-aud", aud=Append()),
    _bad_id_token("own-device-id-token-iss", iss=Append()),
    _bad_id_token("own-device-id-token-expired", exp=FromNow(-360)),
    _bad_id_token("own-device-id-token-at-hash", at_hash=Append()),
    _bad_signature("own-device-id-token-forged", Signing(tamper=Tamper.FLIPPED)),
    _bad_signature("own-device-id-token-unsigned", Signing(Alg.NONE)),
    DeviceRow("own-device-no-id-token", Conduct(token={"id_token": Drop()}), TokenError, "token"),
    DeviceRow(
        "own-device-token-type", Conduct(token={"token_type": Put("mac")}), TokenError, "token"
    ),
    DeviceRow("own-device-userinfo-of-another", Conduct(userinfo={"sub": Append()}), TokenError),
)
