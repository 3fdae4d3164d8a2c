"""Which servers may be given a provider's token."""

from collections.abc import Iterator, Sequence

from pywry_auth.cli.config import Table
from pywry_auth.errors import ConfigError
from pywry_auth.json_value import is_array
from pywry_auth.protocol.origin import allowed_origins, safe_origin
from pywry_auth.protocol.wire import is_loopback


class Hosts:
    """
    The servers one provider's token may go to; each stands for itself alone.

    Args:
        texts: origins, ``https://git.example.com``; or hosts, with a port where it is not the
            usual one, which then must be encrypted unless they are this machine.

    Raises:
        ConfigError: one is more, or less, than that.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)
        self._origins = allowed_origins(each for text in texts for each in _written_out(text))

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def allow(self, server: str) -> bool:
        """Say whether *server*, an address or a host, may be given the token."""
        return any(safe_origin(each) in self._origins for each in _written_out(server))


def hosts_of(table: Table, setting: str, where: str) -> Hosts | None:
    """
    Read which hosts *setting* allows; None where it is not there.

    Raises:
        ConfigError: it is no list of hosts.
    """
    if setting not in table:
        return None
    found = table[setting]
    if not is_array(found) or not all(isinstance(each, str) for each in found):
        raise ConfigError(
            f"{setting} of {where} is no list of hosts", hint=f'{setting} = ["git.example.com"]'
        )
    try:
        return Hosts([str(each) for each in found])
    except ConfigError as exc:
        raise ConfigError(f"{setting} of {where}: {exc}", hint=exc.hint) from None


def _written_out(text: str) -> list[str]:
    if "://" in text:
        return [text]
    secure, plain = f"https://{text}", f"http://{text}"
    return [secure, plain] if is_loopback(plain) else [secure]
