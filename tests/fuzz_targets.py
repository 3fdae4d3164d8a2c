"""Every parser that reads what others wrote: servers, browsers, disks, people."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from fakes.jose import CLIENT, ISSUER, claims, public_jwk, sign

from pywry_auth.account_index import Account, AccountIndex
from pywry_auth.cli.config import ProvidersFile
from pywry_auth.coach.advise import page_advice
from pywry_auth.errors import AuthError, CallbackError, StoredDataError, StoreError
from pywry_auth.protocol.authorization import AuthorizationRequest, CallbackParams
from pywry_auth.protocol.challenge import challenges
from pywry_auth.protocol.device import read_device_reply
from pywry_auth.protocol.device_polling import Polling, after_reply
from pywry_auth.protocol.discovery import read_metadata
from pywry_auth.protocol.dpop import DPoPKey, demanded_nonce
from pywry_auth.protocol.id_token import (
    IdTokenRules,
    same_identity,
    verify_id_token,
    verify_userinfo,
)
from pywry_auth.protocol.introspection import read_introspection
from pywry_auth.protocol.jwks import read_jwks
from pywry_auth.protocol.par import read_pushed
from pywry_auth.protocol.refusal import StepUpChallenge, refusal_of
from pywry_auth.protocol.registration import (
    ClientMetadata,
    RegisteredClient,
    read_registration,
)
from pywry_auth.protocol.skipped import NO_NONCE, NO_PKCE
from pywry_auth.protocol.token import read_refreshed, read_tokens
from pywry_auth.protocol.userinfo import read_userinfo, signed_userinfo
from pywry_auth.protocol.wire import WireReply, instant_of, retry_after
from pywry_auth.token_store.codec import decode, encode
from pywry_auth.token_store.entries import LongEntries
from pywry_auth.token_store.file import records_in, text_of
from pywry_auth.token_store.redis_place import RedisPlace
from pywry_auth.token_store.sealed import SealedTokenStore
from pywry_auth.tokens import OAuthTokenSet, TokenOrigin
from tests import fuzz_integrations, fuzz_resources
from tests.fuzz_engine import CANARY, Target


NOW = 1_800_000_000.0
NONCE = "n-0S6_WzA2Mj"
RULES = IdTokenRules(ISSUER, CLIENT)
JSON_TYPE = {"content-type": "application/json"}
REQUEST = AuthorizationRequest(
    redirect_uri="http://127.0.0.1:1/callback",
    state="s" * 43,
    nonce=NO_NONCE,
    pkce=NO_PKCE,
    issuer=ISSUER,
)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def replied(data: bytes, status: int = 200) -> WireReply:
    return WireReply(status, JSON_TYPE, data)


# --- replies of servers --------------------------------------------------------------------------

GRANTED = dumped(
    {
        "access_token": CANARY + "access",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": CANARY + "refresh",
        "scope": "openid email",
        "id_token": f"e30.{CANARY}.e30",
    }
)
REFUSED = dumped({"error": "invalid_grant", "error_description": "the code has been used"})


def shows(tokens: OAuthTokenSet) -> bool:
    """Whether a secret is in what ``repr`` may not show; a changed input may have it elsewhere."""
    return CANARY in repr(replace(tokens, token_type="", scope="", origin=None))


def token_reply(data: bytes) -> object:
    tokens = read_tokens(replied(data), now=NOW)
    again = decode(encode(tokens))
    if (again.access_token, again.refresh_token) != (tokens.access_token, tokens.refresh_token):
        return "the codec changes the tokens"
    return shows(tokens) and "repr shows a token"


def refresh_reply(data: bytes) -> object:
    tokens = read_refreshed(replied(data), now=NOW, refresh_token=CANARY + "old")
    return None if tokens.refresh_token else "the old refresh token is gone"


def error_reply(data: bytes) -> object:
    for status in (302, 400, 401, 429, 500):
        with suppress_documented():
            read_tokens(replied(data, status), now=NOW)
            return f"status {status} gave tokens"
    return None


@contextmanager
def suppress_documented() -> Iterator[None]:
    from pywry_auth.errors import TokenError

    with suppress(TokenError):
        yield


DISCOVERY = dumped(
    {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "userinfo_endpoint": f"{ISSUER}/me",
        "jwks_uri": f"{ISSUER}/jwks",
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "authorization_response_iss_parameter_supported": True,
        "pushed_authorization_request_endpoint": f"{ISSUER}/par",
    }
)


def discovery(data: bytes) -> object:
    found = read_metadata(replied(data), accepts=lambda issuer: issuer == ISSUER)
    if found.issuer != ISSUER:
        return "another issuer was accepted"
    unsafe = [url for url in found.endpoints.values() if not url.lower().startswith("https://")]
    return f"unsafe endpoints: {unsafe}" if unsafe else None


KEYS = [public_jwk("RS256"), public_jwk("ES256"), public_jwk("EdDSA")]
JWKS = read_jwks(replied(dumped({"keys": KEYS})))


def jwks(data: bytes) -> object:
    found = read_jwks(replied(data))
    with suppress_documented():
        verify_id_token(ID_TOKEN.decode(), found, rules=RULES, now=NOW, nonce=NONCE)
    return None


CLAIMS = claims(NOW, nonce=NONCE, auth_time=NOW - 5, email="a@op.example", secret=CANARY)
ID_TOKEN = sign(CLAIMS).encode()


def id_token(data: bytes) -> object:
    text = data.decode("utf-8", "surrogateescape")
    given = verify_id_token(text, JWKS, rules=RULES, now=NOW, nonce=NONCE)
    audience = given["aud"]
    right = (
        given["iss"] == ISSUER
        and (audience == CLIENT or (isinstance(audience, list) and CLIENT in audience))
        and given.get("nonce") == NONCE
        and isinstance(given["sub"], str)
    )
    return None if right else f"accepted: {given}"


def identities(data: bytes) -> object:
    text = data.decode("utf-8", "surrogateescape")
    same_identity(ID_TOKEN.decode(), text)
    same_identity(text, ID_TOKEN.decode())
    return None


SIGNED_ME = sign({"iss": ISSUER, "aud": CLIENT, "sub": "alice", "secret": CANARY}).encode()


def signed_me(data: bytes) -> object:
    reply = WireReply(200, {"content-type": "application/jwt"}, data)
    text = signed_userinfo(reply)
    assert text is not None
    given = verify_userinfo(text, JWKS, rules=RULES)
    return None if given["iss"] == ISSUER else "another issuer was accepted"


def me(data: bytes) -> object:
    return read_userinfo(replied(data)) and None


DEVICE = dumped(
    {
        "device_code": CANARY + "device",
        "user_code": "WDJB-MJHT",
        "verification_uri": f"{ISSUER}/device",
        "verification_uri_complete": f"{ISSUER}/device?user_code=WDJB-MJHT",
        "expires_in": 1800,
        "interval": 5,
    }
)


def device(data: bytes) -> object:
    found = read_device_reply(replied(data), device_url=f"{ISSUER}/device", now=NOW)
    return CANARY in repr(found) and "repr shows the device code"


def polled(data: bytes) -> object:
    for status in (200, 400, 503):
        after_reply(Polling(5.0, 100.0), replied(data, status), at=1.0, now=NOW)
    return None


def pushed(data: bytes) -> object:
    return read_pushed(replied(data, 201)) and None


def introspected(data: bytes) -> object:
    return read_introspection(replied(data)) and None


REGISTERED = dumped(
    {
        "client_id": "made",
        "client_secret": CANARY,
        "client_secret_expires_at": 0,
        "registration_access_token": CANARY,
        "registration_client_uri": f"{ISSUER}/register/made",
        "token_endpoint_auth_method": "client_secret_basic",
        "redirect_uris": ["http://127.0.0.1/callback"],
    }
)
ASKED = ClientMetadata(client_name="app", redirect_uris=("http://127.0.0.1/callback",))


KEPT = (
    RegisteredClient(ISSUER, "made", CANARY, None, CANARY, f"{ISSUER}/register/made")
    .to_json()
    .encode()
)


def registered(data: bytes) -> object:
    found = read_registration(
        replied(data, 201), issuer=ISSUER, registration_url=f"{ISSUER}/register", asked=ASKED
    )
    shown = replace(found, token_endpoint_auth_method="", scope="", registration_client_uri="")
    return CANARY in repr(replace(shown, client_id="")) and "repr shows a secret"


def kept_client(data: bytes) -> object:
    return RegisteredClient.read(data) and None


CHALLENGES = (
    b'Bearer realm="op", error="insufficient_user_authentication", acr_values="a b", max_age="5"',
    b'DPoP error="use_dpop_nonce", algs="ES256 PS256", Basic realm="x \\" y", Negotiate abc=',
)


def challenge(data: bytes) -> object:
    text = data.decode("latin-1")
    challenges(text)
    refusal_of(401, text)
    StepUpChallenge.read(text)
    demanded_nonce(WireReply(401, {"www-authenticate": text, "dpop-nonce": text}, data))
    return None


def headers(data: bytes) -> object:
    text = data.decode("latin-1")
    reply = WireReply(503, {"retry-after": text, "date": text, "age": text}, b"")
    wait = retry_after(reply, now=NOW)
    instant_of(reply)
    return None if wait is None or 0 <= wait <= 900 else f"waits {wait} s"


# --- what browsers and people give ---------------------------------------------------------------

REDIRECTS = (
    f"code={CANARY}&state={'s' * 43}&iss=https%3A%2F%2Fop.example".encode(),
    f"error=access_denied&error_description=no&state={'s' * 43}".encode(),
    b"code=other&state=strange",
)


def redirect(data: bytes) -> object:
    params = CallbackParams.parse(data.decode("latin-1"))
    code = REQUEST.code_from(params)
    if params.state != REQUEST.state or params.iss not in {None, ISSUER} or not code:
        return "a forged redirect was accepted"
    return None


def pasted(data: bytes) -> object:
    text = data.decode("utf-8", "surrogateescape")
    try:
        params = CallbackParams.from_text(text)
    except ValueError as exc:
        return CANARY in str(exc) and "the error repeats the code"
    with suppress(CallbackError):
        REQUEST.code_from(params)
    shown = replace(params, iss=None, error=None, error_description=None)
    return CANARY in repr(shown) and "repr shows the code"


SETTINGS = f"""default = "work"
[providers.work]
provider = "oidc"
client_id = "app"
client_secret = "{CANARY}"
issuer_url = "https://op.example"
redirect_ports = [8400, 8401]
[providers.work.authorize_params]
prompt = "login"
[providers.hub]
provider = "github"
client_id = "x"
""".encode()


def toml(data: bytes) -> object:
    with a_file(data) as path:
        file = ProvidersFile(path)
        said = file.oddities(None)
        with suppress_config():
            _ = file.default
        for name in file.names:
            file.table(name)
            with suppress_config():
                file.require_private(name)
        return any(CANARY in line for line in said) and "a notice repeats the secret"


@contextmanager
def suppress_config() -> Iterator[None]:
    from pywry_auth.errors import ConfigError

    with suppress(ConfigError):
        yield


# --- what lies on the disk -----------------------------------------------------------------------

TOKENS = OAuthTokenSet(
    CANARY + "access",
    refresh_token=CANARY + "refresh",
    expires_in=3600,
    id_token=f"e30.{CANARY}.e30",
    scope="openid",
    raw={"tenant": {"name": "Zoë"}, "list": [1, 2.5, None, True]},
    issued_at=NOW,
    origin=TokenOrigin(ISSUER, CLIENT, "alice"),
)
RECORD = encode(TOKENS).encode()
OLDER = dumped({"access_token": CANARY, "expires_in": 3600, "raw": {"a": 1}, "issued_at": 5.5})


def stored(data: bytes) -> object:
    tokens = decode(data.decode("utf-8", "surrogatepass"))
    if encode(decode(encode(tokens))) != encode(tokens):
        return "written, read and written again it is another"
    return shows(tokens) and "repr shows a token"


def json_file(data: bytes) -> object:
    for text in records_in(data).values():
        with suppress(StoredDataError):
            decode(text)
    return None


class _Keyring:
    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class Sealed:
    """A sealed file with its key, and a store that has not seen it."""

    def __init__(self) -> None:
        self.keyring = _Keyring()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t"
            SealedTokenStore(path, "svc", backend=self.keyring).slot().save(TOKENS)
            self.content = path.read_bytes()
        self.path = path

    def read(self, data: bytes) -> object:
        records = SealedTokenStore(self.path, "svc", backend=self.keyring)._records
        records.unpack(data)  # pyright: ignore[reportAttributeAccessIssue] - the form of one file
        return None if data == self.content else "a changed file was opened"

    def read_key(self, data: bytes) -> object:
        keyring = _Keyring()
        keyring.set_password("svc", "~pywry~sealing-key", data.decode("utf-8", "surrogatepass"))
        records = SealedTokenStore(self.path, "svc", backend=keyring)._records
        records.unpack(self.content)  # pyright: ignore[reportAttributeAccessIssue] - see above
        return None if data == self.key else "another key opened the file"

    @property
    def key(self) -> bytes:
        return self.keyring.entries["svc", "~pywry~sealing-key"].encode()


class _Entries:
    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def get(self, name: str) -> str | None:
        return self.texts.get(name)

    def set(self, name: str, text: str) -> None:
        self.texts[name] = text

    def remove(self, name: str) -> None:
        self.texts.pop(name, None)


def _split() -> dict[str, str]:
    entries = _Entries({})
    LongEntries(entries, 90).set("ada", RECORD.decode())
    return entries.texts


PARTS = _split()
PARTS_SEED = dumped(PARTS)


def parts(data: bytes) -> object:
    """Entries of any names and texts, as a keyring may have them after whatever happened."""
    value: object = json.loads(data)
    if not isinstance(value, dict):
        return None
    texts = {name: text for name, text in value.items() if isinstance(text, str)}
    entries = LongEntries(_Entries(texts), 90)
    with suppress(StoredDataError):
        entries.get("ada")
    entries.set("ada", RECORD.decode())
    if entries.get("ada") != RECORD.decode():
        return "what was saved over the damage is not what is read"
    entries.remove("ada")
    return None if entries.get("ada") is None else "it is still there"


INDEX = dumped(
    {
        "v": 1,
        "generation": 3,
        "accounts": [asdict(Account("work", "alice", "a@op.example", NOW))],
    }
)


def index(data: bytes) -> object:
    with a_file(data) as path:
        found = AccountIndex(path)
        shown = [one.display_name for one in found.accounts()]
        _ = found.generation
        return any("\n" in name or "\x1b" in name for name in shown) and "a name has control signs"


@contextmanager
def a_file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=_FAST) as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        path.chmod(0o600)
        yield path


_FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a private folder in it


def dpop_key(data: bytes) -> object:
    return DPoPKey.from_text(data.decode("utf-8", "surrogatepass")) and None


def redis_url(data: bytes) -> object:
    place = RedisPlace.of(data.decode("latin-1"))
    for node in place.nodes:
        place.url_of(node)
    if CANARY in place.service:
        return None  # no secret any more: it was put where the name of the service belongs
    return CANARY in repr(place) + place.name and "repr shows the password"


URLS = (
    f"redis+sentinel://app:{CANARY}@h:1,[::1]/master/3?sentinel_password={CANARY}".encode(),
    f"rediss+cluster://app:{CANARY}@h:1,i:2/0?x=1".encode(),
    f"redis://app:{CANARY}@h:1/0".encode(),
)


def provider_page(data: bytes) -> object:
    url, _, shown = data.decode("latin-1").partition("\n")
    title, _, text = shown.partition("\n")
    return CANARY in repr(page_advice(url, title, text)) and "the advice repeats what a page says"


PAGES = (
    f"https://accounts.google.com/e?authError=Cg5kZWxldGVkX2NsaWVudBId&x={CANARY}\n{CANARY}\n"
    f"Error 400: redirect_uri_mismatch {CANARY}".encode(),
    f"https://login.microsoftonline.com/a?error=x&error_description={CANARY}\n\n"
    f"AADSTS50011: The redirect URI '{CANARY}'".encode(),
)


def targets() -> list[Target]:
    """Every target; making them draws keys."""
    sealed = Sealed()
    return [
        Target("token reply", (GRANTED,), token_reply),
        Target("refresh reply", (GRANTED,), refresh_reply),
        Target("error reply", (REFUSED, b"<html>", b""), error_reply),
        Target("discovery", (DISCOVERY,), discovery),
        Target("key set", (dumped({"keys": KEYS}),), jwks),
        Target("id token", (ID_TOKEN, sign(CLAIMS, "ES256").encode()), id_token, ("jwt", "jwt")),
        Target("id token, signed", (ID_TOKEN,), id_token, ("signed",) * 9, sign=_sign_raw),
        Target("id token, original", (ID_TOKEN,), identities, ("jwt", "signed"), sign=_sign_raw),
        Target("userinfo", (dumped({"sub": "alice", "x": CANARY}),), me),
        Target("userinfo, signed", (SIGNED_ME,), signed_me, ("jwt", "signed"), sign=_sign_raw),
        Target("device reply", (DEVICE,), device),
        Target("device poll", (GRANTED, dumped({"error": "slow_down"})), polled),
        Target("pushed request", (dumped({"request_uri": "urn:x:1", "expires_in": 60}),), pushed),
        Target("introspection", (dumped({"active": True, "scope": "a", "exp": 5}),), introspected),
        Target("registration", (REGISTERED,), registered),
        Target("registration, kept", (KEPT,), kept_client),
        Target("challenge", CHALLENGES, challenge, ()),
        Target("reply headers", (b"120", b"Fri, 31 Dec 1999 23:59:59 GMT"), headers, ()),
        Target("redirect", REDIRECTS[:1], redirect, (), (CallbackError, ValueError)),
        Target("redirect, refused", REDIRECTS[1:], redirect, (), (CallbackError, ValueError)),
        Target("pasted redirect", tuple(b"http://x/?" + one for one in REDIRECTS), pasted, ()),
        Target("settings file", (SETTINGS,), toml, ()),
        Target("stored record", (RECORD, OLDER), stored, ("json",), (StoredDataError, ValueError)),
        Target("token file", (text_of({"a": RECORD.decode()}),), json_file),
        Target("sealed file", (sealed.content,), sealed.read, ()),
        Target("sealing key", (sealed.key,), sealed.read_key, (), _STORED),
        Target("split record", (PARTS_SEED,), parts, ("json",), _PARTS),
        Target("account index", (INDEX,), index),
        Target("dpop key", (DPoPKey.draw().to_text().encode(),), dpop_key, ("json",), _KEY),
        Target("redis url", URLS, redis_url, ()),
        Target("page of a provider", PAGES, provider_page, ()),
        *fuzz_integrations.targets(),
        *fuzz_resources.targets(),
    ]


_KEY = (AuthError, UnicodeDecodeError)
#: what cannot even be a text is refused by Python, before any parser of ours sees it
_STORED = (StoreError, UnicodeDecodeError)
_PARTS = (ValueError, RecursionError)


def _sign_raw(payload: object) -> str:
    return sign(payload)
