"""One issuer of the programmable provider, as one test holds it."""

from collections.abc import Sequence

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.testing.conduct import USUAL, Conduct
from pywry_auth.testing.faults import Fault, conduct_of
from pywry_auth.testing.provider import ProgrammableProvider
from pywry_auth.testing.seen import SeenRequest


class IdentityProvider:
    """
    An issuer of its own, for one test.

    Args:
        server: where it answers.
        mode: its name there.
        conduct: what it does, or the fault it has.
        clock: tells it the time.

    Attributes:
        issuer_url: the issuer identifier, for the application's settings.
        client_id: the client it knows.
        client_secret: the secret of that client; "" for a public one, which is usual.
        clock: tells it the time; the application's provider needs the same.
        token_url: the token endpoint, for a ``TokenManager``.
        device_url: the device authorization endpoint, for a ``DeviceCodeAuth``.
    """

    def __init__(
        self,
        server: ProgrammableProvider,
        mode: str,
        conduct: Conduct | Fault = USUAL,
        *,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._server = server
        self._mode = mode
        self.clock = clock
        self.issuer_url = server.add(mode, conduct, clock=clock)
        self.token_url = server.token_url(mode)
        self.device_url = server.device_url(mode)
        client = conduct_of(conduct).client
        self.client_id = client.client_id
        self.client_secret = client.client_secret

    def program(self, conduct: Conduct | Fault) -> None:
        """Do something else from now on; keys, codes, tokens and log stay."""
        self._server.program(self._mode, conduct)

    @property
    def calls(self) -> list[str]:
        """The endpoints called, in order."""
        return self._server.calls(self._mode)

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests seen, in order."""
        return self._server.requests(self._mode)

    @property
    def violations(self) -> list[str]:
        """What the client did wrong; a correct client leaves this empty."""
        return self._server.violations(self._mode)

    @property
    def issued(self) -> Sequence[str]:
        """Every code or token handed out: what no log, message or file may hold."""
        return self._server.issued(self._mode)

    def wait_for(self, endpoint: str, *, times: int = 1, timeout: float = 10.0) -> bool:
        """
        Block until *endpoint* was called *times* times in all.

        Returns:
            False when that did not happen within *timeout* seconds.
        """
        return self._server.wait_for(self._mode, endpoint, times=times, timeout=timeout)

    def rotate_keys(self) -> None:
        """Replace all signing keys."""
        self._server.rotate_keys(self._mode)

    def end_sessions(self) -> None:
        """Refuse every refresh token given so far, as an administrator does."""
        self._server.end_sessions(self._mode)
