"""Rows of the refresh: what may replace the tokens that are held."""

from pywry_auth.errors import (
    AuthError,
    ReauthRequiredError,
    RefreshTransportError,
    TokenRefreshError,
)
from pywry_auth.testing.conduct import Alg, Conduct, RefreshPolicy, Reply, Signing, Tamper
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Put
from pywry_auth.testing.row import ConformanceRow


_SUITE = "oidcc-client-test-refresh-token"
_ROTATE = RefreshPolicy.ROTATE
_RECENT = {"max_age": "3600"}  # makes the provider tell when the person signed in


def _bad_id_token(name: str, **edits: Edit) -> ConformanceRow:
    conduct = Conduct(refresh=_ROTATE, refreshed_id_token=edits)
    return ConformanceRow(name, conduct, TokenRefreshError, last="jwks")


def _bad_signature(name: str, signing: Signing) -> ConformanceRow:
    conduct = Conduct(refresh=_ROTATE, refreshed_signing=signing)
    return ConformanceRow(name, conduct, TokenRefreshError, last="jwks")


def _fine(name: str, **edits: Edit) -> ConformanceRow:
    return ConformanceRow(name, Conduct(refresh=_ROTATE, refreshed=edits))


def _bad_answer(name: str, **edits: Edit) -> ConformanceRow:
    conduct = Conduct(refresh=_ROTATE, refreshed=edits)
    return ConformanceRow(name, conduct, TokenRefreshError, last="jwks")


def _refused(
    name: str,
    status: int,
    body: str = "",
    error: type[AuthError] = TokenRefreshError,
    says: str | None = None,
) -> ConformanceRow:
    kind = "text/html" if body.startswith("<") else "application/json"
    reply = Reply(status, body, kind, {"Retry-After": "5"} if status in {429, 503} else {})
    return _answered(name, reply, error, says)


def _answered(
    name: str, reply: Reply, error: type[AuthError], says: str | None = None
) -> ConformanceRow:
    conduct = Conduct(refresh=_ROTATE, replies={"refresh": reply})
    return ConformanceRow(name, conduct, error, last="token", says=says)


_PAGE = "<html><body>Please sign in to the hotel network</body></html>"

REFRESH: tuple[ConformanceRow, ...] = (
    _fine(_SUITE),
    _bad_id_token(f"{_SUITE}-invalid-issuer", iss=Append()),
    _bad_id_token(f"{_SUITE}-invalid-sub", sub=Append()),
    _fine("own-refresh-no-id-token", id_token=Drop()),
    _fine("own-refresh-no-new-refresh-token", refresh_token=Drop()),
    _fine("own-refresh-no-scope", scope=Drop()),
    ConformanceRow("own-refresh-token-kept", Conduct(refresh=RefreshPolicy.KEEP)),
    ConformanceRow("own-refresh-reuse-detected", Conduct(refresh=RefreshPolicy.DETECT_REUSE)),
    _bad_id_token("own-refresh-aud-changed", aud=Append()),
    _bad_id_token("own-refresh-aud-missing", aud=Drop()),
    ConformanceRow(
        "own-refresh-auth-time-same", Conduct(refresh=_ROTATE), authorize_params=_RECENT
    ),
    ConformanceRow(
        "own-refresh-auth-time-changed",
        Conduct(refresh=_ROTATE, refreshed_id_token={"auth_time": FromNow(-100_000)}),
        TokenRefreshError,
        last="jwks",
        authorize_params=_RECENT,
    ),
    _bad_id_token("own-refresh-other-nonce", nonce=Put("n" * 43)),
    # Signature and identity were right, and it has just been made: the fault is a clock's. Refused,
    # it would take the session with it, because the refresh token before it is spent.
    ConformanceRow(
        "own-refresh-expired", Conduct(refresh=_ROTATE, refreshed_id_token={"exp": FromNow(-360)})
    ),
    _bad_id_token("own-refresh-at-hash-wrong", at_hash=Append()),
    _bad_id_token("own-refresh-azp-other", azp=Put("somebody-else")),
    _bad_signature("own-refresh-invalid-sig", Signing(tamper=Tamper.FLIPPED)),
    _bad_signature("own-refresh-sig-none", Signing(Alg.NONE)),
    _bad_answer("own-refresh-no-access-token", access_token=Drop()),
    _bad_answer("own-refresh-token-type-unknown", token_type=Put("mac")),
    _bad_answer("own-refresh-expires-in-negative", expires_in=Put(-1)),
    _refused(
        "own-refresh-invalid-grant",
        400,
        '{"error": "invalid_grant", "error_description": "revoked"}',
        ReauthRequiredError,
        "invalid_grant",
    ),
    _refused(
        "own-refresh-invalid-client", 401, '{"error": "invalid_client"}', says="invalid_client"
    ),
    _refused("own-refresh-unknown-code", 400, '{"error": "moon_phase"}', says="moon_phase"),
    _refused("own-refresh-unknown-code-200", 200, '{"error": "moon_phase"}', says="moon_phase"),
    _refused("own-refresh-error-is-a-number", 400, '{"error": 7}'),
    _refused("own-refresh-400-empty", 400),
    _refused("own-refresh-401-empty", 401),
    _refused("own-refresh-403-html", 403, _PAGE),
    _refused("own-refresh-400-html-about-invalid-grant", 400, "<html>invalid_grant</html>"),
    _refused("own-refresh-200-html", 200, _PAGE),
    _refused("own-refresh-200-empty", 200),
    _refused("own-refresh-200-array", 200, "[]"),
    _refused("own-refresh-404", 404, _PAGE),
    _answered(
        "own-refresh-redirect", Reply(307, headers={"Location": "elsewhere"}), TokenRefreshError
    ),
    _refused("own-refresh-500", 500, _PAGE, RefreshTransportError),
    _refused("own-refresh-503", 503, "", RefreshTransportError),
    # A gateway that repeats the words of a refusal is still no refusal.
    _refused(
        "own-refresh-503-invalid-grant", 503, '{"error": "invalid_grant"}', RefreshTransportError
    ),
    _refused("own-refresh-429", 429, "", RefreshTransportError),
    _answered("own-refresh-cut", Reply(cut=True), RefreshTransportError),
    _answered("own-refresh-cut-in-the-middle", Reply(body="{", lost=50), RefreshTransportError),
)
