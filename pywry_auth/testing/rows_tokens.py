"""Rows of the token endpoint, of stricter ID tokens, of userinfo."""

from pywry_auth.errors import AuthError, TokenError, TokenTransportError
from pywry_auth.testing.conduct import (
    Alg,
    ClientAuthMethod,
    Conduct,
    HmacSecret,
    KeyPlan,
    Registration,
    Reply,
    Signing,
    Tamper,
)
from pywry_auth.testing.edits import Append, Drop, Edit, FromNow, Listed, Put, SwapCase
from pywry_auth.testing.row import ConformanceRow
from pywry_auth.testing.rows_basic import bad_id_token, bad_signature


_OIDCC = "oidcc-client-test"
_FAPI = "fapi2-security-profile-final-client-test"
_SECRET = "confidential-" + "s" * 32
_CONFIDENTIAL = Registration("rp-client", _SECRET, ClientAuthMethod.SECRET_POST)
_USUAL = (Alg.RS256, Alg.ES256)
_STRICT = (Alg.PS256, Alg.ES256, Alg.EDDSA)  # what FAPI 2.0 allows


def _fapi(name: str, **edits: Edit) -> ConformanceRow:
    conduct = Conduct(
        signing=Signing(Alg.PS256),
        announced=_STRICT,
        token={"expires_in": Put(900)},
        id_token=edits,
    )
    return ConformanceRow(f"{_FAPI}-{name}", conduct, TokenError, last="jwks")


def _max_age(name: str, error: type[AuthError] | None, **edits: Edit) -> ConformanceRow:
    last = "userinfo" if error is None else "jwks"
    conduct = Conduct(id_token=edits)
    return ConformanceRow(name, conduct, error, last=last, authorize_params={"max_age": "600"})


def _token(name: str, error: type[AuthError] | None = None, **edits: Edit) -> ConformanceRow:
    last = "userinfo" if error is None else "jwks"
    return ConformanceRow(name, Conduct(token=edits), error, last=last)


def _answered(
    name: str, reply: Reply, error: type[AuthError] = TokenError, says: str | None = None
) -> ConformanceRow:
    return ConformanceRow(name, Conduct(replies={"token": reply}), error, last="token", says=says)


def _userinfo(name: str, **edits: Edit) -> ConformanceRow:
    return ConformanceRow(name, Conduct(userinfo=edits))


def _no_userinfo(name: str, reply: Reply) -> ConformanceRow:
    # Who signed in is known from the ID token; a profile is worth a warning, not the sign-in.
    return ConformanceRow(name, Conduct(replies={"userinfo": reply}))


def _signed_userinfo(
    name: str, error: type[AuthError] | None, signing: Signing, **edits: Edit
) -> ConformanceRow:
    return ConformanceRow(name, Conduct(userinfo=edits, userinfo_signing=signing), error)


STRICT_ID_TOKEN: tuple[ConformanceRow, ...] = (
    bad_id_token(f"{_OIDCC}-missing-aud", aud=Drop()),
    bad_signature(
        f"{_OIDCC}-invalid-sig-es256", Signing(Alg.ES256, tamper=Tamper.FLIPPED), (Alg.ES256,)
    ),
    ConformanceRow(
        f"{_OIDCC}-invalid-sig-hs256",
        Conduct(_CONFIDENTIAL, Signing(Alg.HS256, tamper=Tamper.FLIPPED), announced=(Alg.HS256,)),
        TokenError,
        last="jwks",
    ),
    ConformanceRow(
        "own-idtoken-sig-hs256", Conduct(_CONFIDENTIAL, Signing(Alg.HS256), announced=(Alg.HS256,))
    ),
    bad_signature(
        "own-hs256-with-public-key",
        Signing(Alg.HS256, hmac=HmacSecret.PUBLIC_KEY),
        (Alg.RS256, Alg.HS256),
    ),
    ConformanceRow(
        "own-hs256-with-public-key-confidential",
        Conduct(
            _CONFIDENTIAL,
            Signing(Alg.HS256, hmac=HmacSecret.PUBLIC_KEY),
            announced=(Alg.RS256, Alg.HS256),
        ),
        TokenError,
        last="jwks",
    ),
    bad_signature("own-hs256-public-client", Signing(Alg.HS256), (Alg.HS256,)),
    bad_id_token("own-at-hash-wrong", at_hash=Append()),
    ConformanceRow("own-at-hash-missing", Conduct(id_token={"at_hash": Drop()})),
    bad_id_token("own-azp-other", azp=Put("somebody-else")),
    ConformanceRow("own-azp-ours", Conduct(id_token={"azp": Put("rp-client")})),
    bad_id_token("own-iat-future", iat=FromNow(3600)),
    bad_id_token("own-nbf-future", nbf=FromNow(3600)),
    bad_id_token("own-sub-is-a-number", sub=Put(7)),
    bad_id_token("own-sub-empty", sub=Put("")),
    bad_id_token("own-exp-is-text", exp=Put("soon")),
    bad_id_token("own-aud-empty-list", aud=Put([])),
    bad_id_token("own-iss-is-a-list", iss=Listed()),
    bad_id_token("own-nonce-is-a-list", nonce=Listed()),
    bad_id_token("own-at-hash-is-a-number", at_hash=Put(7)),
    bad_signature("own-signature-empty", Signing(tamper=Tamper.EMPTY), _USUAL),
    bad_signature("own-es256-all-zero", Signing(Alg.ES256, Tamper.ZEROED), _USUAL),
    bad_signature("own-key-in-the-header", Signing(stranger=True), _USUAL),
    bad_signature("own-kid-of-another-type", Signing(header={"kid": "ec-1-0"}), _USUAL),
    bad_signature("own-kid-of-another-key", Signing(header={"kid": "rsa-1-1"}), _USUAL),
    bad_signature("own-kid-is-a-number", Signing(header={"kid": 7}), _USUAL),
    bad_signature("own-alg-none-in-odd-case", Signing(Alg.NONE, header={"alg": "nOnE"}), _USUAL),
    bad_signature("own-alg-missing", Signing(header={"alg": None}), _USUAL),
    bad_signature("own-critical-header", Signing(header={"crit": ["x"], "x": 1}), _USUAL),
    ConformanceRow(
        "own-unknown-header-member", Conduct(signing=Signing(header={"com.example.hint": "x"}))
    ),
    ConformanceRow(
        "own-certificate-in-the-header", Conduct(signing=Signing(header={"x5c": ["M" * 4000]}))
    ),
    _max_age("own-max-age-auth-time-recent", None),
    _max_age("own-max-age-auth-time-missing", TokenError, auth_time=Drop()),
    _max_age("own-max-age-auth-time-too-old", TokenError, auth_time=FromNow(-7200)),
    _fapi("invalid-iss", iss=Append()),
    _fapi("invalid-missing-iss", iss=Drop()),
    _fapi("invalid-aud", aud=Append()),
    _fapi("invalid-missing-aud", aud=Drop()),
    _fapi("invalid-secondary-aud", aud=Listed(("", "1"))),
    ConformanceRow(f"{_FAPI}-valid-aud-as-array", Conduct(id_token={"aud": Listed()})),
    bad_signature(f"{_FAPI}-invalid-null-alg", Signing(Alg.NONE), _STRICT),
    bad_signature(f"{_FAPI}-invalid-alternate-alg", Signing(Alg.RS256), _STRICT),
    _fapi("invalid-expired-exp", exp=FromNow(-360)),
    _fapi("invalid-missing-exp", exp=Drop()),
    _fapi("invalid-nonce", nonce=Append()),
    _fapi("invalid-missing-nonce", nonce=Drop()),
)

_PAGE = "<html><body>Please sign in to the hotel network</body></html>"

TOKEN_ANSWER: tuple[ConformanceRow, ...] = (
    _token(f"{_FAPI}-token-endpoint-response-without-expires_in"),
    _token(f"{_FAPI}-token-type-case-insensitivity", token_type=SwapCase()),
    _token("own-token-type-unknown", TokenError, token_type=Put("mac")),
    _token("own-token-type-missing", token_type=Drop()),
    _token("own-expires-in-string", expires_in=Put("900")),
    _token("own-expires-in-float", expires_in=Put(900.5)),
    _token("own-expires-in-null", expires_in=Put(None)),
    _token("own-expires-in-negative", TokenError, expires_in=Put(-1)),
    _token("own-expires-in-nan", TokenError, expires_in=Put(float("nan"))),
    _token("own-expires-in-nonsense", TokenError, expires_in=Put("soon")),
    _token("own-scope-missing", scope=Drop()),
    _token("own-no-id-token", TokenError, id_token=Drop()),
    _token("own-id-token-garbage", TokenError, id_token=Put("a.b.c")),
    _token("own-id-token-two-parts", TokenError, id_token=Put("a.b")),
    _token("own-id-token-encrypted", TokenError, id_token=Put("a.b.c.d.e")),
    _token("own-no-access-token", TokenError, access_token=Drop()),
    _token("own-empty-access-token", TokenError, access_token=Put("")),
    _token("own-access-token-is-a-number", TokenError, access_token=Put(7)),
    _answered(
        "own-token-invalid-grant", Reply(400, '{"error": "invalid_grant"}'), says="invalid_grant"
    ),
    _answered("own-token-error-with-200", Reply(200, '{"error": "bad_code"}'), says="bad_code"),
    _answered("own-token-400-empty", Reply(400)),
    _answered("own-token-403-html", Reply(403, _PAGE, "text/html")),
    _answered("own-token-200-html", Reply(200, _PAGE, "text/html")),
    _answered("own-token-200-array", Reply(200, "[]")),
    _answered("own-token-huge", Reply(200, f'{{"pad": "{"x" * 1_100_000}"}}'), TokenTransportError),
    _answered("own-token-redirect", Reply(307, headers={"Location": "elsewhere"})),
    _answered("own-token-500", Reply(500, _PAGE, "text/html"), TokenTransportError),
    _answered("own-token-503", Reply(503, "", headers={"Retry-After": "5"}), TokenTransportError),
    _answered("own-token-429", Reply(429, "", headers={"Retry-After": "5"}), TokenTransportError),
    _answered("own-token-cut", Reply(cut=True), TokenTransportError),
    _answered("own-token-cut-in-the-middle", Reply(200, "{", lost=50), TokenTransportError),
)

USERINFO: tuple[ConformanceRow, ...] = (
    _userinfo(f"{_OIDCC}-userinfo-bearer-header"),
    _signed_userinfo(f"{_OIDCC}-userinfo-signed", None, Signing()),
    _signed_userinfo("own-userinfo-signed-invalid-sig", TokenError, Signing(tamper=Tamper.FLIPPED)),
    _signed_userinfo("own-userinfo-signed-none", TokenError, Signing(Alg.NONE)),
    _signed_userinfo("own-userinfo-signed-invalid-iss", TokenError, Signing(), iss=Append()),
    _signed_userinfo("own-userinfo-signed-invalid-aud", TokenError, Signing(), aud=Append()),
    _signed_userinfo("own-userinfo-signed-invalid-sub", TokenError, Signing(), sub=Append()),
    _no_userinfo("own-userinfo-401", Reply(401, "{}")),
    _no_userinfo("own-userinfo-503", Reply(503, "", headers={"Retry-After": "5"})),
    _no_userinfo("own-userinfo-cut", Reply(cut=True)),
    _no_userinfo("own-userinfo-html", Reply(200, _PAGE, "text/html")),
    _userinfo(
        f"{_OIDCC}-aggregated-claims",
        _claim_names=Put({"eye_color": "a"}),
        _claim_sources=Put({"a": {"JWT": "a.b.c"}}),
    ),
    _userinfo(
        f"{_OIDCC}-distributed-claims",
        _claim_names=Put({"eye_color": "a"}),
        _claim_sources=Put({"a": {"endpoint": "http://op.invalid/claims", "access_token": "x"}}),
    ),
    ConformanceRow(
        f"{_OIDCC}-mtls-endpoint-aliases",
        Conduct(
            discovery={
                "mtls_endpoint_aliases": Put({"token_endpoint": "https://mtls.op.invalid/token"})
            }
        ),
    ),
    ConformanceRow("own-decoys-same-kid", Conduct(keys=KeyPlan(decoys=True))),
)
