"""What one issuer of the programmable provider does, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from pywry_auth.testing.demands import Proofs, Pushing
from pywry_auth.testing.edits import Edit, Edits


class Alg(StrEnum):
    """How a token is signed (RFC 7518 section 3.1, RFC 8037)."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"
    HS256 = "HS256"
    NONE = "none"


class HmacSecret(StrEnum):
    """What an HS256 signature is made with."""

    CLIENT_SECRET = "client_secret"
    PUBLIC_KEY = "public_key"  # the well-known confusion: anybody can make this signature


class Tamper(StrEnum):
    """What is done to a signature after it was made."""

    NOTHING = "nothing"
    FLIPPED = "flipped"  # every byte is changed
    ZEROED = "zeroed"  # every byte is zero, which some ECDSA code takes for valid
    EMPTY = "empty"


class Rotation(StrEnum):
    """When all signing keys are replaced by new ones."""

    NEVER = "never"
    EACH_SIGN_IN = "each_sign_in"  # from the second authorization request on
    BEFORE_SIGNING = "before_signing"  # between the authorization request and the signature
    LATE = "late"  # the first look at the key set still shows the keys of yesterday
    HIDDEN = "hidden"  # the key set never shows the key that signs


class RefreshPolicy(StrEnum):
    """What becomes of a refresh token when it is used."""

    NONE = "none"  # there are no refresh tokens
    KEEP = "keep"
    ROTATE = "rotate"
    DETECT_REUSE = "detect_reuse"  # a spent one ends the whole session
    LEEWAY = "leeway"  # the one before the valid one is good for ``Conduct.leeway`` seconds more


class ClientAuthMethod(StrEnum):
    """How the client proves to be itself at the token endpoint."""

    NONE = "none"
    SECRET_POST = "client_secret_post"
    SECRET_BASIC = "client_secret_basic"
    PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class Registration:
    """The one client an issuer knows; any loopback redirect URI is registered."""

    client_id: str = "rp-client"
    client_secret: str = field(default="", repr=False)
    auth: ClientAuthMethod = ClientAuthMethod.NONE


@dataclass(frozen=True, slots=True)
class Person:
    """
    The one person an issuer knows, for the grant that sends a password.

    Attributes:
        username: how they are called there.
        password: what they know.
        totp: the one-time codes that are valid now, each of them once; none is asked for when
            there are none.
    """

    username: str = "j.doe"
    password: str = field(default="correct horse", repr=False)
    totp: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Signing:
    """
    How tokens are signed.

    Attributes:
        alg: the algorithm.
        tamper: what is done to the signature.
        hmac: what HS256 uses as its secret.
        stranger: whether an unpublished key signs, which the header brings along as ``jwk``.
        header: members of the header, in place of the correct ones.
    """

    alg: Alg = Alg.RS256
    tamper: Tamper = Tamper.NOTHING
    hmac: HmacSecret = HmacSecret.CLIENT_SECRET
    stranger: bool = False
    header: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """
    Which keys are published, and for how long.

    Attributes:
        each: how many RSA and how many P-256 keys.
        named: whether keys and tokens carry a ``kid``.
        decoys: whether keys of other types share the ``kid`` of the signing key.
        rotation: when the keys change.
    """

    each: int = 2
    named: bool = True
    decoys: bool = False
    rotation: Rotation = Rotation.NEVER


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One HTTP reply, or the lack of one.

    Attributes:
        cut: whether the connection is closed without a word.
        lost: how many bytes are promised in ``Content-Length`` but never sent.
        delay: seconds before the first byte.
        worked: whether the request was carried out all the same: its answer is what got lost.
    """

    status: int = 200
    body: str = field(default="", repr=False)
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cut: bool = False
    lost: int = 0
    delay: float = 0.0
    worked: bool = False


def _no_edits() -> dict[str, Edit]:
    return {}


@dataclass(frozen=True, slots=True)
class Conduct:
    """
    What one issuer does; each field left out is correct behaviour.

    Attributes:
        client: the registered client.
        signing: how ID tokens are signed.
        keys: which keys are published.
        announced: ID-token algorithms named in the metadata.
        refresh: what becomes of refresh tokens.
        discovery: changes to the metadata document.
        authorization: changes to the parameters of the redirect.
        repeated: parameters of the redirect that are sent a second time, with another value.
        device: changes to the answer of the device authorization endpoint.
        token: changes to the answer to a code, or to a grant of a program's.
        id_token: changes to the claims of the first ID token.
        refreshed: changes to the answer to a refresh token.
        refreshed_id_token: changes to the claims of later ID tokens.
        refreshed_signing: how later ID tokens are signed; like the first when None.
        userinfo: changes to the userinfo claims.
        userinfo_signing: how userinfo is signed; plain JSON when None.
        pushing: whether authorization requests are handed over first.
        pushed: changes to the answer to a request that was handed over.
        proofs: whether tokens are bound to a key, and how that is proved.
        resources: what tokens may be asked for by name.
        logout: changes to the parameters with which a person comes back from the sign-out page.
        introspection: changes to what is said of a token.
        registration: changes to the answer to a registration.
        replies: endpoints that give this reply, whatever is asked. Names as in ``calls``, and
            ``refresh`` for the token endpoint when it is asked to refresh, ``device_token`` when
            it is asked whether a person confirmed a device. ``token`` is the token endpoint when
            it is asked with a code or by a program; a program's grant alone is ``password_grant``,
            ``client_credentials_grant``, ``token_exchange_grant`` or ``jwt_bearer_grant``.
        first: endpoints that give these replies to their first calls, one each; then they do as
            the rest of the conduct says. By the same names.
        delays: seconds before the first byte of a correct answer, by the same names.
        skew: seconds by which the issuer's clock is ahead; negative is behind.
        leeway: seconds, for ``RefreshPolicy.LEEWAY``.
        life: seconds an access token is said to live; nothing is said when None.
        person: who has a password there.
    """

    client: Registration = field(default_factory=Registration)
    signing: Signing = field(default_factory=Signing)
    keys: KeyPlan = field(default_factory=KeyPlan)
    announced: tuple[Alg, ...] = (Alg.RS256, Alg.PS256, Alg.ES256, Alg.EDDSA)
    refresh: RefreshPolicy = RefreshPolicy.NONE
    discovery: Edits = field(default_factory=_no_edits)
    authorization: Edits = field(default_factory=_no_edits)
    repeated: tuple[str, ...] = ()
    device: Edits = field(default_factory=_no_edits)
    token: Edits = field(default_factory=_no_edits)
    id_token: Edits = field(default_factory=_no_edits)
    refreshed: Edits = field(default_factory=_no_edits)
    refreshed_id_token: Edits = field(default_factory=_no_edits)
    refreshed_signing: Signing | None = None
    userinfo: Edits = field(default_factory=_no_edits)
    userinfo_signing: Signing | None = None
    pushing: Pushing = Pushing.NONE
    pushed: Edits = field(default_factory=_no_edits)
    proofs: Proofs = field(default_factory=Proofs)
    resources: tuple[str, ...] = ()
    logout: Edits = field(default_factory=_no_edits)
    introspection: Edits = field(default_factory=_no_edits)
    registration: Edits = field(default_factory=_no_edits)
    replies: Mapping[str, Reply] = field(default_factory=dict[str, Reply])
    first: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict[str, tuple[Reply, ...]])
    delays: Mapping[str, float] = field(default_factory=dict[str, float])
    skew: float = 0.0
    leeway: float = 60.0
    life: int | None = None
    person: Person = field(default_factory=Person)


CORRECT = Conduct()
HOUR = 3600  # seconds
#: a conduct with what most providers do, where it is not told otherwise: access tokens live for an
#: hour, each renewal rotates the refresh token
usually = partial(Conduct, refresh=RefreshPolicy.ROTATE, life=HOUR)
USUAL = usually()
