"""How a client proves which one it is, as its settings say."""

from collections.abc import Mapping

from pywry_auth.cli.grants.grant_plan import text_of
from pywry_auth.cli.grants.secret_sources import private_key_in
from pywry_auth.cli.selection import Selected
from pywry_auth.errors import ConfigError
from pywry_auth.protocol.client_auth import (
    ClientAuth,
    NoClientAuth,
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
)


DEFAULT_ALG = "ES256"


def client_auth_of(selected: Selected, client_id: str, client_secret: str) -> ClientAuth | None:
    """
    Say how the client proves itself; None is as the provider wants it.

    Raises:
        ConfigError: what that takes is missing, or there is no such way.
    """
    method = text_of(selected, "auth_method")
    # A key beside an assertion grant is that of the assertion.
    if not method and has_key(selected) and text_of(selected, "grant") != "jwt_bearer":
        method = "private_key_jwt"
    match method:
        case "":
            return None
        case "none":
            return NoClientAuth(client_id)
        case "client_secret_post":
            return SecretPost(client_id, _required(client_secret, selected))
        case "client_secret_basic":
            return SecretBasic(client_id, _required(client_secret, selected))
        case "private_key_jwt":
            kid = text_of(selected, "key_id") or None
            return PrivateKeyJwt(client_id, private_key_of(selected), alg_of(selected), kid)
        case _:
            raise ConfigError(
                f"auth_method of {selected.name} is none",
                hint="none, client_secret_post, client_secret_basic, private_key_jwt",
            )


def has_key(selected: Selected) -> bool:
    """Say whether a private key is named."""
    return bool(text_of(selected, "private_key_file"))


def alg_of(selected: Selected) -> str:
    """Say how the private key signs."""
    return text_of(selected, "alg") or DEFAULT_ALG


def private_key_of(selected: Selected) -> str | Mapping[str, str]:
    """
    Read the private key that is named.

    Raises:
        ConfigError: none is, or others on this machine can read it.
    """
    file = text_of(selected, "private_key_file")
    if not file:
        raise ConfigError(
            f"{selected.name} has no private key", hint="name it with private_key_file"
        )
    return private_key_in(file, selected.path)


def _required(client_secret: str, selected: Selected) -> str:
    if client_secret:
        return client_secret
    raise ConfigError(
        f"{selected.name} has no client secret",
        hint="put it into a variable, and name that with client_secret_env",
    )
