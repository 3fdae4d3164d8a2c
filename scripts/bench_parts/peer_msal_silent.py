"""Calls msal's silent method with a valid token in its memory; no network."""

import base64
import json
import sys
import time
from pathlib import Path

import msal


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls


TENANT = "https://login.example.com/tenant"
SCOPES = ["api://one/read"]


class Answer:
    status_code = 200
    headers: dict[str, str] = {}  # noqa: RUF012
    text = json.dumps(
        {
            "issuer": TENANT,
            "authorization_endpoint": f"{TENANT}/authorize",
            "token_endpoint": f"{TENANT}/token",
        }
    )

    def raise_for_status(self) -> None:
        """Say that everything is well."""


class NoNetwork:
    """Answers discovery from memory, and nothing else."""

    def get(self, _url: str, **_options: object) -> Answer:
        return Answer()

    def post(self, url: str, **_options: object) -> Answer:
        raise RuntimeError(f"msal asked {url}, so it was not silent")

    def close(self) -> None:
        """Nothing is open."""


def part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


app = msal.PublicClientApplication(
    "desktop", authority=TENANT, instance_discovery=False, http_client=NoNetwork()
)
now = int(time.time())
claims = {"iss": TENANT, "sub": "1", "aud": "desktop", "iat": now, "exp": now + 3600, "oid": "1",
          "tid": "tenant", "preferred_username": "alice@example.com"}  # fmt: skip
app.token_cache.add(
    {
        "client_id": "desktop",
        "scope": SCOPES,
        "token_endpoint": f"{TENANT}/token",
        "environment": "login.example.com",
        "response": {
            "access_token": "the-access-token",
            "refresh_token": "r",
            "expires_in": 3600,
            "token_type": "Bearer",
            "id_token": f"{part({'alg': 'none'})}.{part(claims)}.",
            "client_info": part({"uid": "1", "utid": "tenant"}),
        },
    }
)
account = app.get_accounts()[0]
found = app.acquire_token_silent(SCOPES, account)
if not found or found["access_token"] != "the-access-token":
    raise SystemExit(f"msal found nothing in its memory: {found}")
tell_calls(lambda: app.acquire_token_silent(SCOPES, account), 200)
