"""One request as the programmable provider saw it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """
    One request; holds secrets, which never print.

    Attributes:
        endpoint: which endpoint was called: ``discovery``, ``authorize``, ``token``, ``jwks``,
            ``userinfo``, ``revoke``, or ``other:`` with the path.
        method: the HTTP method.
        query: parameters of the URL, in order.
        form: parameters of a form body, in order.
        headers: names in lower case.
        path: where it was sent, below the issuer.
        body: the body as it came.
    """

    endpoint: str
    method: str
    query: Pairs = field(default=(), repr=False)
    form: Pairs = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    path: str = ""
    body: str = field(default="", repr=False)

    @property
    def params(self) -> dict[str, str]:
        """Parameters of query and form by name; of a repeated one, the first."""
        return dict(reversed([*self.query, *self.form]))

    def header(self, name: str) -> str:
        """Give a header, or ""."""
        return self.headers.get(name.lower(), "")

    @property
    def repeated(self) -> list[str]:
        """Names of parameters that came more than once, but may not (RFC 6749 section 3.1)."""
        names = [name for name, _ in (*self.query, *self.form) if name != "resource"]
        return sorted({name for name in names if names.count(name) > 1})

    @property
    def bearer(self) -> str | None:
        """The token of an ``Authorization: Bearer`` header, or None."""
        scheme, _, token = self.header("authorization").partition(" ")
        return token if scheme.lower() == "bearer" and token else None

    @property
    def access_token(self) -> str | None:
        """The token of an ``Authorization: Bearer`` or ``DPoP`` header, or None."""
        scheme, _, token = self.header("authorization").partition(" ")
        return token if scheme.lower() in {"bearer", "dpop"} and token else None

    @property
    def basic(self) -> tuple[str, str] | None:
        """Client id and secret of HTTP Basic, form-decoded (RFC 6749 section 2.3.1), or None."""
        scheme, _, value = self.header("authorization").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return unquote_plus(user), unquote_plus(password)


def pairs(text: str) -> Pairs:
    """Read a query or a form body, keeping order and repetitions."""
    return tuple(parse_qsl(text, keep_blank_values=True))
