"""The package's own warnings, in words for the person at the terminal."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from pywry_auth.cli.output import Output


#: what a log event means for somebody who does not read logs; "{name}" is a fact of the event
SENTENCES = {
    "token_store.unreadable": "what was stored for {key} cannot be read, so it counts as nothing",
    "token_store.index_unreadable": "the list of what is stored was damaged; it is made anew",
    "session.record_of_another_provider": "{session} holds another provider's sign-in: not used",
    "flow.userinfo_failed": "the provider did not say more about you ({reason})",
    "flow.without_pkce": "use_pkce is off: the sign-in is less protected",
    "flow.pkce_kept": "use_pkce is off, but a client without a secret needs it: it stays on",
    "window.other_renderer": "the window uses {renderer}, not what was asked for",
    "accounts.damaged": "the list of accounts was damaged; sign in where one is missing",
}


class _ToPerson(logging.Handler):
    def __init__(self, output: Output, *, everything: bool) -> None:
        super().__init__(logging.DEBUG if everything else logging.WARNING)
        self._output = output
        self._everything = everything

    def emit(self, record: logging.LogRecord) -> None:
        """Say it, where there are words for it."""
        event = record.getMessage()
        if self._everything:
            facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
            self._output.note(f"{record.levelname.lower()}: {event} {facts}".rstrip())
        elif event in SENTENCES:
            self._output.note(f"note: {SENTENCES[event].format_map(_Facts(_facts(record)))}")


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return name


@contextmanager
def warnings_shown(output: Output, *, everything: bool = False) -> Generator[None]:
    """Tell *output* what the package warns of meanwhile; with *everything*, all it logs."""
    logger = logging.getLogger("pywry_auth")
    handler = _ToPerson(output, everything=everything)
    # Without a handler anywhere, Python itself prints the warnings of other packages; keyring's
    # about a plug-in that does not load is a whole traceback.
    nowhere = logging.NullHandler()
    before = logger.level
    logger.addHandler(handler)
    logging.root.addHandler(nowhere)
    if everything:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logging.root.removeHandler(nowhere)
        logger.removeHandler(handler)
        logger.setLevel(before)


_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _USUAL}
