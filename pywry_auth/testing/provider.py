"""A programmable OpenID Provider that speaks real HTTP on this machine."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.conduct import CORRECT, Conduct, Reply
from pywry_auth.testing.faults import Fault, conduct_of
from pywry_auth.testing.http_face import HttpFace
from pywry_auth.testing.issuer import Issuer
from pywry_auth.testing.seen import SeenRequest, pairs


_OIDC = "/.well-known/openid-configuration"
_RFC_8414 = "/.well-known/oauth-authorization-server/"


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
        clock: tells the time to issuers that get no clock of their own.
    """

    def __init__(self, port: int = 0, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
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

    def add(
        self, mode: str, conduct: Conduct | Fault = CORRECT, *, clock: Clock | None = None
    ) -> str:
        """
        Give *mode* an issuer that knows nothing yet, and give its issuer URL.

        Args:
            mode: one path segment; an issuer that was there is forgotten.
            conduct: what the issuer does, or the fault it has.
            clock: tells the issuer the time; that of the provider when None.
        """
        url = f"{self.base_url}/{mode}"
        self._issuers[mode] = Issuer(url, conduct_of(conduct), clock or self._clock)
        return url

    def program(self, mode: str, conduct: Conduct | Fault) -> None:
        """Change what *mode* does from now on; it keeps its keys, codes, tokens and log."""
        self._issuers[mode].program(conduct_of(conduct))

    def token_url(self, mode: str) -> str:
        """Give the token endpoint of *mode*, for programs, which read no metadata."""
        return self._issuers[mode].token_url

    def device_url(self, mode: str) -> str:
        """Give the device authorization endpoint of *mode*."""
        return self._issuers[mode].device_url

    def calls(self, mode: str) -> list[str]:
        """Give the endpoints called, in order."""
        return [seen.endpoint for seen in self.requests(mode)]

    def requests(self, mode: str) -> list[SeenRequest]:
        """Give the requests seen, in order."""
        return list(self._issuers[mode].memory.seen)

    def violations(self, mode: str) -> list[str]:
        """Give what the client did wrong, in order; a correct client leaves this empty."""
        return list(self._issuers[mode].memory.violations)

    def wait_for(self, mode: str, endpoint: str, *, times: int = 1, timeout: float = 10.0) -> bool:
        """
        Block until *endpoint* was called *times* times in all.

        Returns:
            False when that did not happen within *timeout* seconds.
        """
        return self._issuers[mode].wait_for(endpoint, times=times, timeout=timeout)

    def issued(self, mode: str) -> list[str]:
        """Give every code or token handed out: what no log, message or file may hold."""
        return list(self._issuers[mode].memory.issued)

    def rotate_keys(self, mode: str) -> None:
        """Replace all signing keys of *mode*."""
        self._issuers[mode].memory.shelf.rotate()

    def end_sessions(self, mode: str) -> None:
        """Let *mode* refuse every refresh token it gave so far."""
        self._issuers[mode].end_sessions()

    def _reply_to(
        self, *, method: str, target: str, form: str, headers: Mapping[str, str]
    ) -> Reply:
        parts = urlsplit(target)
        mode, path = self._place(parts.path)
        issuer = self._issuers.get(mode)
        if issuer is None:
            return Reply(404, "no such issuer", "text/plain")
        endpoint = "discovery" if path == _OIDC else issuer.endpoint_of(path)
        fields = () if "json" in headers.get("content-type", "") else pairs(form)
        return issuer.answer(
            SeenRequest(endpoint, method, pairs(parts.query), fields, headers, path, form)
        )

    def _place(self, path: str) -> tuple[str, str]:
        """Give the mode that *path* belongs to, and what comes after it."""
        if path.startswith(_RFC_8414):
            return path.removeprefix(_RFC_8414).rstrip("/"), _OIDC
        if path.endswith(_OIDC):
            return path.removesuffix(_OIDC).strip("/"), _OIDC
        mode, _, rest = path.lstrip("/").partition("/")
        return mode, rest
