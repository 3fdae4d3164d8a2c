"""One attempt to sign in: the request, and the only judge of what answers it."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType
from urllib.parse import parse_qsl, urlsplit

from pywry_auth.errors import CallbackError
from pywry_auth.pkce import PKCEChallenge
from pywry_auth.protocol.wire import with_query


AuthorizationCode = NewType("AuthorizationCode", str)

RANDOM_BYTES = 32  # 256 bits, so that no guess of state or nonce is worth a try
MAX_CALLBACK = 16 * 1024  # characters; some providers put a whole token into the code
_JUDGED = ("state", "iss", "error", "error_description", "code")


@dataclass(frozen=True, slots=True)
class CallbackParams:
    """
    The parameters of a redirect, as they arrived; nothing in here is trusted yet.

    Attributes:
        code: the authorization code, or None.
        state: what should be our state, or None.
        iss: who says to have answered (RFC 9207), or None.
        error: the error word (RFC 6749 section 4.1.2.1), or None.
        error_description: text for people, or None.
        repeated: names of judged parameters that came more than once.
    """

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None
    repeated: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, query: str) -> "CallbackParams":
        """
        Read a query string or a form body.

        Raises:
            ValueError: it is too long, or no form encoding at all.
        """
        if len(query) > MAX_CALLBACK:
            raise ValueError("the redirect is too long")
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
        found: dict[str, str] = {}
        repeated: set[str] = set()
        for name, value in pairs:
            if name in found:
                repeated.add(name)
            elif name in _JUDGED:
                found[name] = value
        return cls(
            code=found.get("code"),
            state=found.get("state"),
            iss=found.get("iss"),
            error=found.get("error"),
            error_description=found.get("error_description"),
            repeated=frozenset(repeated),
        )

    @classmethod
    def from_text(cls, text: str) -> "CallbackParams":
        """
        Read what a person pasted: a whole redirect URL, or only its query.

        Raises:
            ValueError: it holds no parameters.
        """
        line = text.strip()
        query = urlsplit(line).query if "://" in line else line.lstrip("?")
        if "=" not in query:
            raise ValueError("this is not the address the browser ended on")
        return cls.parse(query)
