"""What the arguments of a grant must be."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pywry_auth.errors import ConfigError
from pywry_auth.protocol.client_auth import ClientAuth, NoClientAuth, SecretBasic


F = TypeVar("F")


def required(value: str, what: str, *, hint: str) -> str:
    """
    Give *value* back, if there is one.

    Raises:
        ConfigError: it is empty, no text, or cannot be sent.
    """
    if value is not None:  # pyright: ignore[reportUnnecessaryComparison] - an unset variable is empty
        text(value, what)
    if not value or not value.strip():
        raise ConfigError(f"{what} is empty", hint=hint)
    if not _is_text(value):
        raise ConfigError(
            f"{what} is no text that can be sent", hint="was it read in another encoding?"
        )
    return value


def text(value: str, what: str) -> str:
    """
    Give *value* back, which may be empty.

    Raises:
        ConfigError: it is no text.
    """
    require_kind(value, str, what, "text")
    return value


def _is_text(value: str) -> bool:
    # An environment that is not UTF-8 gives halves of characters. What Python says of them holds
    # the whole value, so it is not told from here.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def required_client(client_id: str, client_auth: ClientAuth | None) -> str:
    """
    Give *client_id* back, if *client_auth* can prove it.

    Raises:
        ConfigError: it is empty, or the proof is another client's.
    """
    required(client_id, "the client id", hint="it is shown where the client was registered")
    return proven_client(client_id, client_auth)


def proven_client(client_id: str, client_auth: ClientAuth | None) -> str:
    """
    Give the client that asks, or "" where no client is named.

    Raises:
        ConfigError: the proof is another client's, or no proof.
    """
    text(client_id, "the client id")
    if client_auth is None:
        return client_id
    wanted = "a proof, for example SecretBasic(client_id, client_secret)"
    require_kind(client_auth, ClientAuth, "client_auth", wanted)
    if client_id and client_auth.client_id != client_id:
        raise ConfigError(
            "the client proves to be another one than it says",
            hint="give client_auth the same client_id",
        )
    return client_auth.client_id


def naming(client_auth: ClientAuth) -> dict[str, str]:
    """
    Give the form fields that name a client.

    There are none beside a header that names it: some servers take both for two proofs, of which
    RFC 6749 section 2.3 allows only one.
    """
    if isinstance(client_auth, SecretBasic) or not client_auth.client_id:
        return {}
    return {"client_id": client_auth.client_id}


def given(**fields: str) -> dict[str, str]:
    """Give those form fields that say something."""
    return {name: value for name, value in fields.items() if value}


def scope_text(scope: str | Iterable[str]) -> str:
    """
    Give *scope* as it is sent (RFC 6749 section 3.3); a string stays as it is.

    Args:
        scope: words in a string, separated by spaces, or in any collection; the order is kept, and
            a set, which has none, is sorted.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(scope, str):
        return scope
    if not isinstance(scope, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - None
        raise _no_scope(type(scope).__name__)
    words = tuple(scope)
    for word in words:
        if not isinstance(word, str):  # pyright: ignore[reportUnnecessaryIsInstance] - numbers
            raise _no_scope(f"{type(scope).__name__} with {type(word).__name__} in it")
    return " ".join(sorted(words) if isinstance(scope, set | frozenset) else words)


def _no_scope(what: str) -> ConfigError:
    return ConfigError(
        f"scope is {what}, not words",
        hint='"read write" and ["read", "write"] say the same; without it the server chooses',
    )


def default_auth(client_id: str, client_auth: ClientAuth | None) -> ClientAuth:
    """Give *client_auth*, or what a public client does."""
    return NoClientAuth(client_id) if client_auth is None else client_auth


def presented(token: str | Callable[[], str], what: str) -> str | Callable[[], str]:
    """
    Give *token* back, or the function that tells it.

    Raises:
        ConfigError: it is empty, a class, or neither text nor a function.
    """
    if isinstance(token, type):
        raise ConfigError(f"{what} is the class {token.__name__}", hint="make one of it first")
    if callable(token):
        return token
    if not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance] - bytes, numbers
        raise ConfigError(
            f"{what} is neither text nor a function", hint="bytes are decoded, numbers quoted"
        )
    return required(token, what, hint="a program without one cannot use this grant")


def told(token: str | Callable[[], str], what: str) -> str:
    """
    Give the token to present now.

    Raises:
        ConfigError: the function gave none.
    """
    if isinstance(token, str):
        return token
    return required(token(), what, hint="the function that was given for it returned nothing")


def require_function(given: F, name: str) -> F:
    """
    Give *given* back, if it can be called.

    Raises:
        ConfigError: it cannot.
    """
    if not callable(given):
        raise ConfigError(f"{name} is {type(given).__name__}, not a function")
    return given


def require_kind(given: object, kind: type, name: str, wanted: str, *, hint: str = "") -> None:
    """
    Refuse an argument that is something else, before it fails much later.

    Raises:
        ConfigError: *given* is no *kind*; the message says what is *wanted*.
    """
    if isinstance(given, type):  # a protocol would take the class for one of its own
        raise ConfigError(f"{name} is the class {given.__name__}, not {wanted}", hint=hint)
    if not isinstance(given, kind):
        raise ConfigError(f"{name} is {type(given).__name__}, not {wanted}", hint=hint)
