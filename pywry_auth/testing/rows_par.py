"""Rows of FAPI 2.0, of requests that are handed over first, of resources by name."""

from dataclasses import replace

from pywry_auth.errors import (
    AuthError,
    AuthFlowTimeout,
    CallbackError,
    DiscoveryError,
    DiscoveryTransportError,
    TokenError,
)
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.testing.conduct import (
    Alg,
    ClientAuthMethod,
    Conduct,
    RefreshPolicy,
    Registration,
    Reply,
    Signing,
)
from pywry_auth.testing.demands import Binding, Nonces, Proofs, Pushing
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Listed, Put, SwapCase
from pywry_auth.testing.row import ConformanceRow


_SUITE = "fapi2-security-profile-final-client-test"
_SECRET = "confidential-" + "s" * 32
_PROVED = Proofs(Binding.REQUIRED, nonces=Nonces.TOLD)

#: what FAPI 2.0 asks of a provider
FAPI = Conduct(
    client=Registration("rp-client", "", ClientAuthMethod.PRIVATE_KEY_JWT),
    signing=Signing(Alg.PS256),
    announced=(Alg.PS256, Alg.ES256, Alg.EDDSA),
    refresh=RefreshPolicy.ROTATE,
    token={"expires_in": Put(900)},
    refreshed={"expires_in": Put(900)},
    pushing=Pushing.REQUIRED,
    proofs=_PROVED,
)


def _row(
    name: str, conduct: Conduct, error: type[AuthError] | None = None, last: str = "userinfo"
) -> ConformanceRow:
    return ConformanceRow(name, conduct, error, last, dpop=FeatureUse.REQUIRED)


def _happy(name: str, alg: Alg, proofs: Proofs = _PROVED) -> ConformanceRow:
    return _row(name, replace(FAPI, signing=Signing(alg), proofs=proofs))


def _id_token(name: str, error: type[AuthError] | None = TokenError, **e: Edit) -> ConformanceRow:
    last = "userinfo" if error is None else "jwks"
    return _row(f"{_SUITE}-{name}", replace(FAPI, id_token=e), error, last)


def _signed(name: str, alg: Alg) -> ConformanceRow:
    conduct = replace(FAPI, signing=Signing(alg))
    return _row(f"{_SUITE}-{name}", conduct, TokenError, "jwks")


def _redirect(name: str, error: type[AuthError], **edits: Edit) -> ConformanceRow:
    conduct = replace(FAPI, authorization=edits)
    return _row(f"{_SUITE}-{name}", conduct, error, "authorize")


def _token(
    name: str, error: type[AuthError] | None = None, last: str = "userinfo", **edits: Edit
) -> ConformanceRow:
    return _row(name, replace(FAPI, token={**FAPI.token, **edits}), error, last)


FAPI2: tuple[ConformanceRow, ...] = (
    _happy(f"{_SUITE}-happy-path", Alg.PS256),
    _happy("own-fapi2-happy-path-es256", Alg.ES256),
    _happy("own-fapi2-happy-path-eddsa", Alg.EDDSA),
    _happy(f"{_SUITE}-happy-path-no-dpop-nonce", Alg.PS256, Proofs(Binding.REQUIRED)),
    _row(
        f"{_SUITE}-discovery-issuer-mismatch",
        replace(FAPI, discovery={"issuer": Append("INVALID")}),
        DiscoveryError,
        "discovery",
    ),
    _id_token("invalid-iss", iss=Append()),
    _id_token("invalid-missing-iss", iss=Drop()),
    _id_token("invalid-aud", aud=Append()),
    _id_token("invalid-missing-aud", aud=Drop()),
    _id_token("invalid-secondary-aud", aud=Listed(("", "1"))),
    _id_token("valid-aud-as-array", None, aud=Listed()),
    _signed("invalid-null-alg", Alg.NONE),
    _signed("invalid-alternate-alg", Alg.RS256),
    _id_token("invalid-expired-exp", exp=FromNow(-360)),
    _id_token("invalid-missing-exp", exp=Drop()),
    _id_token("invalid-nonce", nonce=Append()),
    _id_token("invalid-missing-nonce", nonce=Drop()),
    _redirect("invalid-authorization-response-iss", CallbackError, iss=Append()),
    _redirect("remove-authorization-response-iss", CallbackError, iss=Drop()),
    _redirect(
        "ensure-authorization-response-with-invalid-state-fails", AuthFlowTimeout, state=Append()
    ),
    _redirect(
        "ensure-authorization-response-with-invalid-missing-state-fails",
        AuthFlowTimeout,
        state=Drop(),
    ),
    _token(f"{_SUITE}-token-endpoint-response-without-expires_in", expires_in=Drop()),
    _token(f"{_SUITE}-token-type-case-insensitivity", token_type=SwapCase()),
    _happy(
        f"{_SUITE}-rs-dpop-auth-scheme-case-insensitivity",
        Alg.PS256,
        replace(_PROVED, nonces=Nonces.SILENT, scheme="dPoP"),
    ),
    _token("own-fapi2-token-type-unknown", TokenError, "token", token_type=Put("mac")),
    _token("own-fapi2-expires-in-string", expires_in=Put("900")),
    _token("own-fapi2-expires-in-nonsense", TokenError, "token", expires_in=Put("soon")),
    _token("own-fapi2-no-id-token", TokenError, "token", id_token=Drop()),
)

_REJECTED = Reply(401, "{}", headers={"WWW-Authenticate": 'DPoP error="invalid_token"'})

#: sign in, meet a resource that wants two refreshes first
RESOURCE_REJECTS_TWICE = _row(
    f"{_SUITE}-client-refresh-token-test",
    replace(FAPI, first={"userinfo": (_REJECTED,) * 4}, refresh=RefreshPolicy.DETECT_REUSE),
)

_OFFERED = Conduct(pushing=Pushing.OFFERED)
_REQUIRED = Conduct(pushing=Pushing.REQUIRED)
_PAGE = "<html><body>Please sign in to the hotel network</body></html>"


def _client(name: str, auth: ClientAuthMethod, secret: str = "") -> ConformanceRow:
    client = Registration("rp:client é" if secret else "rp-client", secret, auth)
    return ConformanceRow(name, replace(_REQUIRED, client=client))


def _answered(
    name: str,
    reply: Reply,
    error: type[AuthError] | None = CallbackError,
    *,
    conduct: Conduct = _OFFERED,
    says: str | None = None,
) -> ConformanceRow:
    last = "userinfo" if error is None else "par"
    return ConformanceRow(name, replace(conduct, replies={"par": reply}), error, last, says=says)


def _odd(name: str, error: type[AuthError] | None = CallbackError, **edits: Edit) -> ConformanceRow:
    last = "userinfo" if error is None else "par"
    return ConformanceRow(name, replace(_REQUIRED, pushed=edits), error, last)


def _refused(
    name: str, status: int, word: str, error: type[AuthError] = CallbackError
) -> ConformanceRow:
    return _answered(name, Reply(status, f'{{"error": "{word}"}}'), error, says=word)


PUSHED: tuple[ConformanceRow, ...] = (
    ConformanceRow("own-par-offered", _OFFERED),
    ConformanceRow("own-par-required", _REQUIRED, sign_ins=2),
    ConformanceRow("own-par-off", _OFFERED, par=FeatureUse.OFF),
    _client("own-par-client-secret-post", ClientAuthMethod.SECRET_POST, _SECRET),
    _client("own-par-client-secret-basic", ClientAuthMethod.SECRET_BASIC, _SECRET + " +%é"),
    _client("own-par-private-key-jwt", ClientAuthMethod.PRIVATE_KEY_JWT),
    ConformanceRow(
        "own-par-required-without-endpoint",
        replace(_REQUIRED, discovery={"pushed_authorization_request_endpoint": Drop()}),
        DiscoveryError,
        "discovery",
    ),
    ConformanceRow(
        "own-par-required-but-off", _REQUIRED, DiscoveryError, "discovery", par=FeatureUse.OFF
    ),
    ConformanceRow(
        "own-par-required-by-us-alone",
        Conduct(),
        DiscoveryError,
        "discovery",
        par=FeatureUse.REQUIRED,
    ),
    _refused("own-par-invalid-scope", 400, "invalid_scope"),
    _refused("own-par-invalid-request", 400, "invalid_request"),
    _refused("own-par-error-with-200", 200, "invalid_request"),
    _refused("own-par-invalid-client", 401, "invalid_client", TokenError),
    _refused("own-par-unauthorized-client", 403, "unauthorized_client"),
    _answered("own-par-400-empty", Reply(400)),
    _answered("own-par-401-html", Reply(401, _PAGE, "text/html")),
    _answered("own-par-200-html", Reply(200, _PAGE, "text/html")),
    _answered("own-par-200-array", Reply(200, "[]")),
    _answered("own-par-redirect", Reply(307, headers={"Location": "elsewhere"})),
    _answered("own-par-404-offered", Reply(404), None),
    _answered("own-par-405-offered", Reply(405), None),
    _answered("own-par-404-required", Reply(404), conduct=_REQUIRED),
    _answered("own-par-500", Reply(500, _PAGE, "text/html"), DiscoveryTransportError),
    _answered("own-par-503-required", Reply(503), DiscoveryTransportError, conduct=_REQUIRED),
    _answered("own-par-429", Reply(429), DiscoveryTransportError),
    _answered("own-par-cut", Reply(cut=True), DiscoveryTransportError),
    _answered("own-par-cut-in-the-middle", Reply(201, "{", lost=50), DiscoveryTransportError),
    _odd("own-par-no-request-uri", request_uri=Drop()),
    _odd("own-par-request-uri-is-a-number", request_uri=Put(7)),
    _odd("own-par-request-uri-with-a-space", request_uri=Put("urn:a b")),
    _odd("own-par-no-expires-in", expires_in=Drop()),
    _odd("own-par-expired-already", expires_in=Put(0)),
    _odd("own-par-expires-in-string", None, expires_in=Put("600")),
    _odd("own-par-unknown-member", None, example=Put("x")),
)

_API, _OTHER = "https://api.example.com/v1", "urn:example:other"
_KNOWN = Conduct(resources=(_API, _OTHER), refresh=RefreshPolicy.ROTATE)

RESOURCE_NAMES: tuple[ConformanceRow, ...] = (
    ConformanceRow("own-resources", _KNOWN, resources=(_API, _OTHER)),
    ConformanceRow(
        "own-resources-par", replace(_KNOWN, pushing=Pushing.REQUIRED), resources=(_API, _OTHER)
    ),
    ConformanceRow(
        "own-resource-unknown",
        _KNOWN,
        CallbackError,
        "authorize",
        resources=("urn:nobody:knows",),
        says="invalid_target",
    ),
    ConformanceRow(
        "own-resource-unknown-par",
        replace(_KNOWN, pushing=Pushing.OFFERED),
        CallbackError,
        "par",
        resources=("urn:nobody:knows",),
        says="invalid_target",
    ),
    ConformanceRow(
        "own-resource-refused-at-the-token-endpoint",
        replace(_KNOWN, replies={"token": Reply(400, '{"error": "invalid_target"}')}),
        TokenError,
        "token",
        resources=(_API,),
        says="invalid_target",
    ),
)
