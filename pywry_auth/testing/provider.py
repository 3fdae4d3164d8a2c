"""A programmable OpenID Provider that speaks real HTTP on this machine."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pywry_auth.testing.conduct import CORRECT, Conduct, Reply
from pywry_auth.testing.http_face import HttpFace
from pywry_auth.testing.issuer import Issuer
from pywry_auth.testing.seen import SeenRequest, pairs


_OIDC = "/.well-known/openid-configuration"
_RFC_8414 = "/.well-known/oauth-authorization-server/"
_ENDPOINTS = frozenset({"authorize", "token", "userinfo", "revoke"})


class ProgrammableProvider:
    """
    An OpenID Provider for tests: one issuer per mode, each with a conduct of its own.

    It approves every sign-in at once, keeps a log of what was called, and looks at every request
    for what a correct client never does.

        with ProgrammableProvider() as provider:
            issuer_url = provider.add("wrong-audience", Conduct(id_token={"aud": Append("1")}))
            ...
            assert provider.calls("wrong-audience") == ["discovery", "authorize", "token", "jwks"]
            assert provider.violations("wrong-audience") == []

    Args:
        port: where to listen on 127.0.0.1; any free port when 0.
    """

    def __init__(self, port: int = 0) -> None:
        self._issuers: dict[str, Issuer] = {}
        self._face = HttpFace(port, self._reply_to)

    @property
    def base_url(self) -> str:
        """Where the provider listens, without a final slash."""
        return self._face.base_url

    def start(self) -> None:
        """Begin to answer."""
        self._face.start()

    def stop(self) -> None:
        """Close the port; replies that wait are given up. May be repeated."""
        self._face.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def add(self, mode: str, conduct: Conduct = CORRECT) -> str:
        """
        Give *mode* an issuer that knows nothing yet, and give its issuer URL.

        Args:
            mode: one path segment; an issuer that was there is forgotten.
            conduct: what the issuer does.
        """
        url = f"{self.base_url}/{mode}"
        self._issuers[mode] = Issuer(url, conduct)
        return url

    def program(self, mode: str, conduct: Conduct) -> None:
        """Change what *mode* does from now on; it keeps its keys, codes, tokens and log."""
        self._issuers[mode].conduct = conduct

    def calls(self, mode: str) -> list[str]:
        """Give the endpoints called, in order."""
        return [seen.endpoint for seen in self.requests(mode)]

    def requests(self, mode: str) -> list[SeenRequest]:
        """Give the requests seen, in order."""
        return list(self._issuers[mode].seen)

    def violations(self, mode: str) -> list[str]:
        """Give what the client did wrong, in order; a correct client leaves this empty."""
        return list(self._issuers[mode].violations)

    def wait_for(self, mode: str, endpoint: str, *, times: int = 1, timeout: float = 10.0) -> bool:
        """
        Block until *endpoint* was called *times* times in all.

        Returns:
            False when that did not happen within *timeout* seconds.
        """
        return self._issuers[mode].wait_for(endpoint, times=times, timeout=timeout)

    def issued(self, mode: str) -> list[str]:
        """Give every code or token handed out: what no log, message or file may hold."""
        return list(self._issuers[mode].issued)

    def rotate_keys(self, mode: str) -> None:
        """Replace all signing keys of *mode*."""
        self._issuers[mode].shelf.rotate()

    def end_sessions(self, mode: str) -> None:
        """Let *mode* refuse every refresh token it gave so far."""
        self._issuers[mode].end_sessions()

    def _reply_to(
        self, *, method: str, target: str, form: str, headers: Mapping[str, str]
    ) -> Reply:
        parts = urlsplit(target)
        mode, endpoint = self._place(parts.path)
        issuer = self._issuers.get(mode)
        if issuer is None:
            return Reply(404, "no such issuer", "text/plain")
        return issuer.answer(
            SeenRequest(endpoint, method, pairs(parts.query), pairs(form), headers)
        )

    def _place(self, path: str) -> tuple[str, str]:
        """Give mode and endpoint of *path*."""
        if path.startswith(_RFC_8414):
            return path.removeprefix(_RFC_8414).rstrip("/"), "discovery"
        if path.endswith(_OIDC):
            return path.removesuffix(_OIDC).strip("/"), "discovery"
        mode, _, rest = path.lstrip("/").partition("/")
        issuer = self._issuers.get(mode)
        if issuer is not None and rest == issuer.jwks_path:
            return mode, "jwks"
        return mode, rest if rest in _ENDPOINTS else f"other:/{rest}"
