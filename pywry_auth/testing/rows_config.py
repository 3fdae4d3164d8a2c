"""Rows of the Config RP profile: metadata, keys."""

from pywry_auth.errors import (
    AuthError,
    DiscoveryError,
    DiscoveryTransportError,
    TokenError,
    TokenTransportError,
)
from pywry_auth.testing.conduct import CORRECT, Alg, Conduct, KeyPlan, Reply, Rotation, Signing
from pywry_auth.testing.edits import Append, Drop, Edit, Put
from pywry_auth.testing.row import ConformanceRow


_SUITE = "oidcc-client-test"
_BUSY = Reply(503, "later", "text/plain", {"Retry-After": "5"})
_HUGE = Reply(body=f'{{"pad": "{"x" * 1_100_000}"}}')


def _bad_document(name: str, **edits: Edit) -> ConformanceRow:
    return ConformanceRow(name, Conduct(discovery=edits), DiscoveryError, last="discovery")


def _bad_discovery(
    name: str, reply: Reply, error: type[AuthError] = DiscoveryError
) -> ConformanceRow:
    conduct = Conduct(replies={"discovery": reply})
    return ConformanceRow(name, conduct, error, last="discovery")


def _no_discovery(name: str, reply: Reply) -> ConformanceRow:
    return _bad_discovery(name, reply, DiscoveryTransportError)


def _bad_jwks(name: str, reply: Reply, error: type[AuthError]) -> ConformanceRow:
    return ConformanceRow(name, Conduct(replies={"jwks": reply}), error, last="jwks")


def _rotating(name: str, rotation: Rotation, *, sign_ins: int = 1) -> ConformanceRow:
    return ConformanceRow(name, Conduct(keys=KeyPlan(rotation=rotation)), sign_ins=sign_ins)


CONFIG: tuple[ConformanceRow, ...] = (
    ConformanceRow(f"{_SUITE}-discovery-openid-config", CORRECT),
    ConformanceRow(f"{_SUITE}-discovery-jwks-uri-keys", CORRECT),
    _bad_document(f"{_SUITE}-discovery-issuer-mismatch", issuer=Append("INVALID")),
    _rotating(f"{_SUITE}-signing-key-rotation-just-before-signing", Rotation.BEFORE_SIGNING),
    _rotating(f"{_SUITE}-signing-key-rotation", Rotation.EACH_SIGN_IN, sign_ins=2),
    _rotating("own-key-set-lags-behind", Rotation.LATE),
    ConformanceRow(
        "own-key-set-never-shows-the-key",
        Conduct(keys=KeyPlan(rotation=Rotation.HIDDEN)),
        TokenError,
        last="jwks",
    ),
    ConformanceRow(
        "own-issuer-with-final-slash",
        Conduct(
            discovery={"issuer": Append("/")},
            id_token={"iss": Append("/")},
            authorization={"iss": Append("/")},
        ),
    ),
    # What the document calls itself is what the ID token must say, to the letter.
    ConformanceRow(
        "own-id-token-iss-without-the-final-slash",
        Conduct(discovery={"issuer": Append("/")}, authorization={"iss": Append("/")}),
        TokenError,
        last="jwks",
    ),
    _bad_document("own-discovery-no-issuer", issuer=Drop()),
    _bad_document("own-discovery-no-authorization-endpoint", authorization_endpoint=Drop()),
    _bad_document("own-discovery-no-token-endpoint", token_endpoint=Drop()),
    _bad_document(
        "own-discovery-unencrypted-token-endpoint", token_endpoint=Put("http://op.invalid/token")
    ),
    _bad_document(
        "own-discovery-unencrypted-authorization-endpoint",
        authorization_endpoint=Put("http://op.invalid/authorize"),
    ),
    _bad_document(
        "own-discovery-script-as-authorization-endpoint",
        authorization_endpoint=Put("javascript:alert(1)"),
    ),
    _bad_document("own-discovery-endpoint-is-a-number", token_endpoint=Put(7)),
    _bad_document("own-discovery-plain-pkce-only", code_challenge_methods_supported=Put(["plain"])),
    _bad_discovery("own-discovery-404", Reply(404, "", "text/plain")),
    _bad_discovery(
        "own-discovery-html", Reply(body="<html>login</html>", content_type="text/html")
    ),
    _bad_discovery("own-discovery-array", Reply(body="[]")),
    _no_discovery("own-discovery-503", _BUSY),
    _no_discovery("own-discovery-cut", Reply(cut=True)),
    _no_discovery("own-discovery-cut-in-the-middle", Reply(body='{"issuer":', lost=100)),
    _no_discovery("own-discovery-huge", _HUGE),
    _bad_discovery("own-discovery-redirect", Reply(302, headers={"Location": "elsewhere"})),
    _bad_jwks("own-jwks-503", _BUSY, TokenTransportError),
    _bad_jwks("own-jwks-cut", Reply(cut=True), TokenTransportError),
    _bad_jwks("own-jwks-404", Reply(404, "", "text/plain"), TokenError),
    _bad_jwks("own-jwks-html", Reply(body="<html></html>", content_type="text/html"), TokenError),
    _bad_jwks("own-jwks-array", Reply(body="[]"), TokenError),
    _bad_jwks("own-jwks-empty", Reply(body='{"keys": []}'), TokenError),
    _bad_jwks("own-jwks-nonsense-key", Reply(body='{"keys": [{"kty": 7}, 3, {}]}'), TokenError),
    *(
        ConformanceRow(f"own-idtoken-sig-{alg.lower()}", Conduct(signing=Signing(alg)))
        for alg in (Alg.PS256, Alg.ES256, Alg.EDDSA)
    ),
)
