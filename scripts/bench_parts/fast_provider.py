"""A provider that gives new tokens at once, so that only what is around it is measured."""

import json
import secrets

from pywry_auth import GenericOIDCProvider
from pywry_auth.protocol.wire import WireReply, WireRequest


class FastProvider(GenericOIDCProvider):
    """
    Answers every request by itself; counts them.

    Args:
        text: characters of all tokens of an answer together.
    """

    requests = 0

    def __init__(self, text: int = 128) -> None:
        super().__init__(
            "desktop", token_url="https://id.example.com/token", require_id_token_validation=False
        )
        self._text = text

    async def _send(self, request: WireRequest, *, within: float) -> WireReply:
        del request, within
        self.requests += 1
        members = {
            "access_token": secrets.token_hex(self._text // 4),
            "refresh_token": secrets.token_hex(self._text // 8),
            "id_token": secrets.token_hex(self._text // 8),
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        headers = {"content-type": "application/json"}
        return WireReply(200, headers, json.dumps(members).encode())
