"""Addresses of this computer that lead one browser, once, to where a sign-in begins."""

import secrets
from collections.abc import Callable

from pywry_auth.callback_server.neighbours import is_somebody_elses
from pywry_auth.callback_server.wire import Client


FOLDER = "/begin/"
RANDOM_BYTES = 32  # 256 bits, so that nobody guesses a path


class Beginnings:
    """
    What a browser's command line names in place of the authorize URL, which holds ``state``.

    Where other people's processes are visible, so are their arguments: whoever reads such an
    address too late finds nothing there, and whoever is quicker than the browser is known by the
    owner of their connection, where the system says whose that is.

    Args:
        is_foreign: says whether a connection belongs to another user of this computer.
    """

    def __init__(self, is_foreign: Callable[[Client], bool] = is_somebody_elses) -> None:
        self._urls: dict[str, str] = {}
        self._is_foreign = is_foreign

    def add(self, url: str) -> str:
        """Give the path that leads to *url*, once."""
        path = f"{FOLDER}{secrets.token_urlsafe(RANDOM_BYTES)}"
        self._urls[path] = url
        return path

    def take(self, path: str, client: Client | None) -> str | None:
        """Give the URL behind *path* to the first who asks; None to everybody else."""
        if path not in self._urls or (client is not None and self._is_foreign(client)):
            return None
        return self._urls.pop(path)
