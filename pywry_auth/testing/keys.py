"""Signing keys of the programmable provider, made once per process on first use."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from pywry_auth.testing.conduct import Alg, HmacSecret, KeyPlan, Rotation, Signing, Tamper


PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

ENCRYPTION, DECOY, CLIENT, STRANGER = -1, -2, -3, -4  # numbers of keys with other uses
_MAKING = threading.Lock()
COORDINATE = 32  # bytes of one P-256 or secp256k1 coordinate
_KIND_OF = {Alg.RS256: "rsa", Alg.PS256: "rsa", Alg.ES256: "ec", Alg.EDDSA: "okp"}


def b64(data: bytes) -> str:
    """Give base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def private_key(kind: str, number: int) -> PrivateKey:
    """
    Give key *number* of *kind*, always the same one in this process.

    Args:
        kind: ``rsa``, ``ec`` (P-256), ``secp256k1`` or ``okp`` (Ed25519).
        number: any; the keys of one kind differ.
    """
    with _MAKING:  # two threads that ask at once must get the same key
        return _made(kind, number)


@cache
def _made(kind: str, number: int) -> PrivateKey:  # noqa: ARG001 - the number tells keys of one kind apart
    match kind:
        case "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
        case "secp256k1":
            return ec.generate_private_key(ec.SECP256K1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def public_jwk(key: PrivateKey) -> dict[str, str]:
    """Give the public half as a JWK (RFC 7517), without ``kid``, ``alg`` or ``use``."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "n": _uint(numbers.n), "e": _uint(numbers.e)}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256" if isinstance(key.curve, ec.SECP256R1) else "secp256k1",
            "x": b64(point.x.to_bytes(COORDINATE)),
            "y": b64(point.y.to_bytes(COORDINATE)),
        }
    raw = key.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}


def _uint(number: int) -> str:
    return b64(number.to_bytes((number.bit_length() + 7) // 8))


def public_pem(key: PrivateKey) -> bytes:
    """Give the public half as PEM, as it is found in documentation and key files."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def private_pem(key: PrivateKey) -> bytes:
    """Give the private half as unencrypted PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def half_hash(token: str, alg: Alg) -> str:
    """Give ``at_hash`` of *token* (OIDC Core 3.1.3.6); Ed25519 goes with SHA-512."""
    digest = hashlib.sha512 if alg is Alg.EDDSA else hashlib.sha256
    whole = digest(token.encode("ascii")).digest()
    return b64(whole[: len(whole) // 2])


class KeyShelf:
    """
    The keys of one issuer: what it signs with, and what its key set shows.

    Args:
        plan: which keys there are.
    """

    def __init__(self, plan: KeyPlan) -> None:
        self._plan = plan
        self._generation = 0
        self._looks = 0

    def rotate(self) -> None:
        """Replace all signing keys."""
        self._generation += 1

    def jwks(self) -> dict[str, object]:
        """Give the key set as it is shown now."""
        self._looks += 1
        generation = self._generation
        rotation = self._plan.rotation
        if rotation is Rotation.HIDDEN or (rotation is Rotation.LATE and self._looks == 1):
            generation -= 1
        shown = self._signing_keys(generation)
        if self._plan.decoys:
            shown = [*self._decoys(), *shown]
        return {"keys": [*self._encryption_keys(), *shown]}

    def sign(self, claims: Mapping[str, object], signing: Signing, client_secret: str) -> str:
        """Give *claims* as a compact JWS, as wrong as *signing* wants it."""
        header = self._header(signing) | dict(signing.header)
        text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
        signature = self._signature(text.encode("ascii"), signing, client_secret)
        return f"{text}.{b64(_tampered(signature, signing.tamper))}"

    def _header(self, signing: Signing) -> dict[str, object]:
        header: dict[str, object] = {"alg": signing.alg.value, "typ": "JWT"}
        kind = _KIND_OF.get(signing.alg)
        if kind is not None and self._plan.named:
            header["kid"] = self._kid(kind, 0, self._generation)
        if kind is not None and signing.stranger:
            header["jwk"] = public_jwk(private_key(kind, STRANGER))
        return header

    def _signature(self, text: bytes, signing: Signing, client_secret: str) -> bytes:
        if signing.alg is Alg.NONE:
            return b""
        if signing.alg is Alg.HS256:
            secret = client_secret.encode()
            if signing.hmac is HmacSecret.PUBLIC_KEY:
                secret = public_pem(self._key("rsa", 0, self._generation))
            return hmac.digest(secret, text, "sha256")
        kind = _KIND_OF[signing.alg]
        published = self._key(kind, 0, self._generation)
        key = private_key(kind, STRANGER) if signing.stranger else published
        return raw_signature(key, text, signing.alg)

    def _signing_keys(self, generation: int) -> list[dict[str, str]]:
        counts = {"rsa": self._plan.each, "ec": self._plan.each, "secp256k1": 1, "okp": 1}
        return [
            self._shown(kind, number, generation)
            # the key that signs comes last: a client that takes the first of a kind is found out
            for kind, count in counts.items()
            for number in reversed(range(count))
        ]

    def _encryption_keys(self) -> list[dict[str, str]]:
        return [
            public_jwk(private_key(kind, ENCRYPTION)) | {"use": "enc"} | self._named(f"enc-{kind}")
            for kind in ("rsa", "ec")
        ]

    def _decoys(self) -> list[dict[str, str]]:
        kid = self._named(self._kid("rsa", 0, self._generation))
        return [public_jwk(private_key(kind, DECOY)) | kid for kind in ("ec", "secp256k1", "okp")]

    def _shown(self, kind: str, number: int, generation: int) -> dict[str, str]:
        jwk = public_jwk(self._key(kind, number, generation))
        return jwk | {"use": "sig"} | self._named(self._kid(kind, number, generation))

    def _named(self, kid: str) -> dict[str, str]:
        return {"kid": kid} if self._plan.named else {}

    def _key(self, kind: str, number: int, generation: int) -> PrivateKey:
        # an earlier generation than the first has numbers of its own too
        return private_key(kind, number + 100 * (generation + 1))

    def _kid(self, kind: str, number: int, generation: int) -> str:
        return f"{kind}-{generation + 1}-{number}"


def _tampered(signature: bytes, tamper: Tamper) -> bytes:
    match tamper:
        case Tamper.NOTHING:
            return signature
        case Tamper.FLIPPED:
            return bytes(byte ^ 0x5A for byte in signature)
        case Tamper.ZEROED:
            return bytes(len(signature))
        case Tamper.EMPTY:
            return b""


def raw_signature(key: PrivateKey, text: bytes, alg: Alg) -> bytes:
    """Sign *text* as a JWS is signed (RFC 7518 section 3)."""
    if isinstance(key, rsa.RSAPrivateKey):
        if alg is Alg.PS256:
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            return key.sign(text, pss, hashes.SHA256())
        return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(COORDINATE) + s.to_bytes(COORDINATE)
    return key.sign(text)
