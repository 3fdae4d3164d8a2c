"""The key a client proves itself with, seen from the provider (RFC 7523)."""

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from pywry_auth.testing.keys import CLIENT, private_key, private_pem


CLIENT_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = 600  # seconds; a longer assertion is worth stealing


class Assertion(BaseModel):
    """What a signed assertion says."""

    iss: str
    sub: str
    aud: str  # a string, never an array (RFC 9700 update, FAPI 2.0)
    exp: int
    jti: str


def client_key_pem() -> bytes:
    """Give the P-256 private key that is registered for ``private_key_jwt``, as PEM."""
    return private_pem(private_key("ec", CLIENT))


def assertion_problems(
    form: Mapping[str, str], *, client_id: str, issuer: str, now: float
) -> list[str]:
    """Name what is wrong with the client assertion in *form* (RFC 7523 section 3)."""
    if form.get("client_assertion_type") != CLIENT_ASSERTION_TYPE:
        return ["client_assertion_type is missing or wrong"]
    if "client_secret" in form:
        return ["a client secret was sent beside the assertion"]
    claims = verified(form.get("client_assertion", ""))
    if claims is None:
        return ["the client assertion is not signed with the registered key, or is malformed"]
    wanted = {
        "iss and sub are the client_id": claims.iss == claims.sub == client_id,
        "aud is the issuer": claims.aud == issuer,
        "exp is soon": now < claims.exp <= now + LONGEST_LIFE,
        "jti is hard to guess": len(claims.jti) >= 16,  # noqa: PLR2004 - at least 96 bits
    }
    return [f"not so: {law}" for law, holds in wanted.items() if not holds]


def assertion_id(form: Mapping[str, str]) -> str:
    """Give the ``jti`` of the assertion in *form*, or ""."""
    claims = verified(form.get("client_assertion", ""))
    return "" if claims is None else claims.jti


def verified(token: str) -> Assertion | None:
    """Give what *token* says, if the registered key signed it; None if not."""
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    key = ECKey.import_key(client_key_pem())
    try:
        signed = jws.deserialize_compact(token.encode(), key, algorithms=["ES256"])
        return Assertion.model_validate_json(signed.payload)
    except (JoseError, ValueError, ValidationError):
        return None
