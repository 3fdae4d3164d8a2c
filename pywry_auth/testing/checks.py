"""What a correct client never does, looked at in every request."""

import re
from urllib.parse import urlsplit

from pywry_auth.pkce import s256
from pywry_auth.testing.assertion import assertion_problems
from pywry_auth.testing.conduct import ClientAuthMethod, Registration
from pywry_auth.testing.grant import Grant
from pywry_auth.testing.seen import SeenRequest


_NONCE = re.compile(r"[A-Za-z0-9\-_.~]{22,43}")
_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")  # SHA-256 in base64url
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # RFC 7636 section 4.1
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def redirect_uri_problem(redirect_uri: str) -> str | None:
    """Say why *redirect_uri* cannot be that of a native application (RFC 8252 section 7.3)."""
    parts = urlsplit(redirect_uri)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or not parts.port:
        return "redirect_uri is no loopback address with a port"
    return "redirect_uri has a fragment" if parts.fragment else None


def authorize_problems(seen: SeenRequest, client: Registration) -> list[str]:
    """Name what is wrong with an authorization request (OIDC Core 3.1.2.1, RFC 7636)."""
    params = seen.params
    problems = [f"{name} came twice" for name in seen.repeated]
    wanted = {
        "scope contains openid": "openid" in params.get("scope", "").split(),
        "response_type is code": params.get("response_type") == "code",
        "client_id is the registered one": params.get("client_id") == client.client_id,
        "code_challenge_method is S256": params.get("code_challenge_method") == "S256",
        "code_challenge is an S256 challenge": _matches(_CHALLENGE, params.get("code_challenge")),
        "state is there and hard to guess": len(params.get("state", "")) >= 22,  # noqa: PLR2004 - 128 bits in base64url
        "nonce has 22 to 43 unreserved characters": _matches(_NONCE, params.get("nonce")),
        "no client secret": "client_secret" not in params and not seen.header("authorization"),
    }
    return problems + [f"not so: {law}" for law, holds in wanted.items() if not holds]


def code_problems(seen: SeenRequest, grant: Grant) -> list[str]:
    """Name what is wrong with the redemption of a code (RFC 6749 section 4.1.3, RFC 7636 4.6)."""
    form = dict(seen.form)
    verifier = form.get("code_verifier", "")
    wanted = {
        "the code is redeemed once": not grant.spent,
        "redirect_uri is that of the authorization request": (
            form.get("redirect_uri") == grant.redirect_uri
        ),
        "the verifier has 43 to 128 unreserved characters": _matches(_VERIFIER, verifier),
        "the verifier matches": s256(verifier) == grant.challenge if verifier.isascii() else False,
    }
    return [f"not so: {law}" for law, holds in wanted.items() if not holds]


def form_problems(seen: SeenRequest) -> list[str]:
    """Name what is wrong with a form sent to the token or revocation endpoint."""
    kind = seen.header("content-type").partition(";")[0].strip()
    wanted = {
        "the method is POST": seen.method == "POST",
        "the body is a form": kind == "application/x-www-form-urlencoded",
        "nothing is in the query": not seen.query,
    }
    problems = [f"{name} came twice" for name in seen.repeated]
    return problems + [f"not so: {law}" for law, holds in wanted.items() if not holds]


def client_auth_problems(
    seen: SeenRequest, client: Registration, issuer: str, *, now: float
) -> list[str]:
    """Name how client authentication differs from the registration (RFC 6749 section 2.3)."""
    form = dict(seen.form)
    if client.auth is not ClientAuthMethod.PRIVATE_KEY_JWT and "client_assertion" in form:
        return ["a client assertion was sent, though not registered"]
    match client.auth:
        case ClientAuthMethod.SECRET_BASIC:
            if "client_secret" in form:
                return ["the client secret is in the body as well"]
            right = seen.basic == (client.client_id, client.client_secret)
            return [] if right else ["client_secret_basic is missing or wrong"]
        case ClientAuthMethod.PRIVATE_KEY_JWT:
            return assertion_problems(form, client_id=client.client_id, issuer=issuer, now=now)
        case _:
            return _body_auth_problems(seen, form, client)


def _body_auth_problems(seen: SeenRequest, form: dict[str, str], client: Registration) -> list[str]:
    secret = client.client_secret if client.auth is ClientAuthMethod.SECRET_POST else None
    wanted = {
        "no Authorization header": not seen.header("authorization"),
        "client_id in the body": form.get("client_id") == client.client_id,
        "client_secret in the body exactly when registered": form.get("client_secret") == secret,
    }
    return [f"not so: {law}" for law, holds in wanted.items() if not holds]


def resource_problems(seen: SeenRequest) -> list[str]:
    """Name what is wrong with how an access token is presented (RFC 6750 2, RFC 9449 7.1)."""
    problems: list[str] = []
    if seen.access_token is None:
        problems.append("the access token is not in the header")
    if "access_token" in seen.params:
        problems.append("the access token is in the query or the body")
    return problems


def _matches(pattern: re.Pattern[str], value: str | None) -> bool:
    return value is not None and pattern.fullmatch(value) is not None
