"""Headers of which some are written on the wire, but never copied."""

from collections.abc import Mapping

import httpx

from pywry_auth.errors import ConfigError


class SealedHeaders(httpx.Headers):
    """
    httpx headers with some that stay with this one request.

    httpx follows redirects itself, and copies the headers to whatever address it is sent to. A
    DPoP proof is nobody's business there.

    Args:
        headers: those that may be copied.
        sealed: those that must not be, by name in lower case.
    """

    def __init__(self, headers: httpx.Headers, sealed: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._sealed = dict(sealed)

    @property
    def raw(self) -> list[tuple[bytes, bytes]]:
        """What is written on the wire."""
        own = [(name.encode(), value.encode()) for name, value in self._sealed.items()]
        return [*super().raw, *own]

    def __getitem__(self, key: str) -> str:
        sealed = self._sealed.get(key.lower())
        return super().__getitem__(key) if sealed is None else sealed

    def __contains__(self, key: object) -> bool:
        return (isinstance(key, str) and key.lower() in self._sealed) or super().__contains__(key)


def require_sealing() -> None:
    """
    Make sure that this version of httpx copies headers as those do that this was written for.

    Raises:
        ConfigError: it copies what must not be copied.
    """
    sealed = SealedHeaders(httpx.Headers(), {"dpop": "x"})
    copies = (
        httpx.Headers(sealed),
        sealed.copy(),
        httpx.Request("GET", "", headers=sealed).headers,
    )
    if sealed["DPoP"] != "x" or any("dpop" in copy or copy.raw for copy in copies):
        raise ConfigError(
            f"httpx {httpx.__version__} would send proofs along on redirects",
            hint="install a version of httpx that this version of pywry-auth knows",
        )
