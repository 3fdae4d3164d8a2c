"""What authorization servers say of requests, without the secrets that were in those."""

from base64 import b64decode
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, unquote_plus

from pywry_auth.errors import TokenError
from pywry_auth.protocol.told import Removing
from pywry_auth.protocol.wire import WireRequest


#: form fields that are no secret; which redirect URI was refused is what a developer wants to know
_PUBLIC = frozenset({"audience", "client_id", "grant_type", "redirect_uri", "resource", "scope"})
_SHORTEST_SECRET = 8  # characters; a shorter one could be part of the word that says what is wrong
_CUT = 80  # characters; shorter texts of servers are never cut short


@contextmanager
def secrets_kept(request: WireRequest) -> Generator[None]:
    """Take what *request* held in confidence out of the errors that are raised inside."""
    try:
        yield
    except TokenError as exc:
        secrets = [one for one in _secrets_in(request) if len(one) >= _SHORTEST_SECRET]
        remove = Removing(secrets)
        said: BaseException | None = exc
        while said is not None:
            if isinstance(said, TokenError):
                _clean(said, remove)
            said = said.__context__
        raise


def _clean(error: TokenError, removing: Removing) -> None:
    # What was not cut short may end like the beginning of a secret, and mean nothing by that.
    was_cut = max(map(len, (error.error or "", error.error_description or ""))) >= _CUT
    remove = removing if was_cut else removing.out_of_whole
    # In its place: a new error would keep this one as its context.
    error.message = remove(error.message)
    error.args = (error.message,)
    error.error = error.error and remove(error.error)
    error.error_description = error.error_description and remove(error.error_description)


def _secrets_in(request: WireRequest) -> list[str]:
    fields = parse_qsl(request.body.decode("ascii"))
    found = [value for name, value in fields if name not in _PUBLIC]
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):  # a provider's own way to write it
            found.append(unquote_plus(b64decode(value).decode().partition(":")[2]))
    return [*found, value]
