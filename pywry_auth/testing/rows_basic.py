"""Rows of the Basic RP profile: the code flow with the ID token it brings."""

from pywry_auth.errors import TokenError
from pywry_auth.testing.conduct import (
    CORRECT,
    Alg,
    ClientAuthMethod,
    Conduct,
    KeyPlan,
    Registration,
    Signing,
    Tamper,
)
from pywry_auth.testing.edits import Append, Drop, Edit
from pywry_auth.testing.row import ConformanceRow


_SUITE = "oidcc-client-test"
#: every character here breaks a client that does not form-encode before base64
_ODD_SECRET = "s p+a%c&e:=/?é" + "x" * 32


def bad_id_token(name: str, **edits: Edit) -> ConformanceRow:
    """Give a row whose ID token has these faults and must be refused."""
    return ConformanceRow(name, Conduct(id_token=edits), TokenError, last="jwks")


def bad_signature(name: str, signing: Signing, announced: tuple[Alg, ...]) -> ConformanceRow:
    """Give a row whose ID token is signed in a way that must be refused."""
    conduct = Conduct(signing=signing, announced=announced)
    return ConformanceRow(name, conduct, TokenError, last="jwks")


def with_client(name: str, client: Registration) -> ConformanceRow:
    """Give a row that is correct, for a client registered like this."""
    return ConformanceRow(name, Conduct(client=client))


def _scope(scope: str, *claims: str) -> ConformanceRow:
    name = f"{_SUITE}-scope-userinfo-claims-{scope}"
    return ConformanceRow(name, CORRECT, scopes=("openid", scope), claims=claims)


BASIC: tuple[ConformanceRow, ...] = (
    ConformanceRow(_SUITE, CORRECT),
    bad_id_token(f"{_SUITE}-invalid-iss", iss=Append()),
    bad_id_token(f"{_SUITE}-missing-sub", sub=Drop()),
    bad_id_token(f"{_SUITE}-invalid-aud", aud=Append()),
    bad_id_token(f"{_SUITE}-missing-iat", iat=Drop()),
    ConformanceRow(f"{_SUITE}-kid-absent-single-jwks", Conduct(keys=KeyPlan(each=1, named=False))),
    # Every key of the right type is tried; which one fits is decided by the signature alone.
    ConformanceRow(
        f"{_SUITE}-kid-absent-multiple-jwks", Conduct(keys=KeyPlan(each=3, named=False))
    ),
    ConformanceRow(f"{_SUITE}-idtoken-sig-rs256", Conduct(announced=(Alg.RS256,))),
    bad_signature(f"{_SUITE}-idtoken-sig-none", Signing(Alg.NONE), (Alg.RS256, Alg.NONE)),
    bad_signature("own-idtoken-sig-none-only", Signing(Alg.NONE), (Alg.NONE,)),
    bad_signature(f"{_SUITE}-invalid-sig-rs256", Signing(tamper=Tamper.FLIPPED), (Alg.RS256,)),
    ConformanceRow(
        f"{_SUITE}-userinfo-invalid-sub", Conduct(userinfo={"sub": Append("invalid")}), TokenError
    ),
    ConformanceRow(
        "own-userinfo-missing-sub",
        Conduct(userinfo={"sub": Drop()}),
        TokenError,
        scopes=("openid", "email"),
    ),
    bad_id_token(f"{_SUITE}-nonce-invalid", nonce=Append()),
    _scope("profile", "name", "preferred_username"),
    _scope("email", "email", "email_verified"),
    _scope("phone", "phone_number"),
    _scope("address", "address"),
    with_client(
        f"{_SUITE}-client-secret-basic",
        Registration("rp:client é", _ODD_SECRET, ClientAuthMethod.SECRET_BASIC),
    ),
    with_client(
        "own-client-secret-post",
        Registration("rp-client", _ODD_SECRET, ClientAuthMethod.SECRET_POST),
    ),
    with_client(
        "own-private-key-jwt", Registration("rp-client", "", ClientAuthMethod.PRIVATE_KEY_JWT)
    ),
)
