"""
Asks a resource with a valid token, as others put it on a request.

With ``authlib`` it is the client of Authlib, with ``httpx_auth`` the ``auth=`` object of that
package; with ``sync`` or ``async`` the client is that of httpx.
"""

import os
import sys
import time
import warnings
from pathlib import Path

import httpx


sys.path.append(str(Path(__file__).parent))

from asking import TOKEN, tell, tell_async


def authlib() -> tuple[type[httpx.Client], type[httpx.AsyncClient], dict[str, object]]:
    warnings.simplefilter("ignore")  # it would rather have another httpx
    from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuth2Client

    token = {"access_token": TOKEN, "token_type": "Bearer", "expires_at": time.time() + 3600}
    return OAuth2Client, AsyncOAuth2Client, {"client_id": "service", "token": token}


def httpx_auth(url: str) -> httpx.Auth:
    from httpx_auth import OAuth2ClientCredentials

    client = httpx.Client(trust_env=False)
    return OAuth2ClientCredentials(
        f"{url}/token", client_id="service", client_secret="the-secret", client=client
    )


who, how = sys.argv[1:]
url = os.environ["BENCH_RESOURCE"]
sync, awaited, options = httpx.Client, httpx.AsyncClient, {}
if who == "authlib":
    sync, awaited, options = authlib()
else:
    options = {"auth": httpx_auth(url)}
if how == "sync":
    tell(sync(trust_env=False, **options), f"{url}/me")
else:
    tell_async(lambda: awaited(trust_env=False, **options), f"{url}/me")
