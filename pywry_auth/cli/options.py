"""What several commands take after their name."""

import argparse
import math
from collections.abc import Callable


Commands = Callable[..., argparse.ArgumentParser]

GRANTS = (
    "password",
    "client_credentials",
    "device",
    "refresh_token",
    "token_exchange",
    "jwt_bearer",
)
AUTH_METHODS = ("none", "client_secret_post", "client_secret_basic", "private_key_jwt")


def add_provider(parser: argparse.ArgumentParser) -> None:
    """Let it be said which provider."""
    parser.add_argument(
        "provider", nargs="?", help="name of a provider in providers.toml; its default if left out"
    )
    add_provider_option(parser, "the same")


def add_provider_option(parser: argparse.ArgumentParser, words: str) -> None:
    """Let it be said which provider, with an option."""
    parser.add_argument("--provider", dest="provider_option", metavar="NAME", help=words)
    parser.add_argument(
        "--config", metavar="FILE", help="another providers.toml; also PYWRY_AUTH_CONFIG"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Let the answer be a document."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_account(parser: argparse.ArgumentParser) -> None:
    """Let it be said whose."""
    parser.add_argument(
        "--account",
        metavar="WHO",
        help="which account, if there are several: as status shows it; the last used if left out",
    )


def add_registration(parser: argparse.ArgumentParser) -> None:
    """Let a provider be described."""
    group = parser.add_argument_group("provider", "each beats what providers.toml says")
    group.add_argument("--issuer", metavar="URL", help="the provider's issuer")
    group.add_argument("--client-id", metavar="ID", help="the client registered there")
    group.add_argument(
        "--client-secret-env",
        metavar="VAR",
        help="variable that holds the client secret; the secret itself is never an argument",
    )
    group.add_argument("--scopes", metavar="WORDS", help="what to ask for, separated by spaces")
    group.add_argument("--tenant-id", metavar="ID", help="Microsoft tenant")


def add_window(
    parser: argparse.ArgumentParser,
    words: str = "where the sign-in page appears; the best that works here if left out",
) -> None:
    """Let a window be chosen."""
    parser.add_argument(
        "--window",
        choices=("auto", "webview", "browser", "paste"),
        help=words,
    )


def add_ports(parser: argparse.ArgumentParser) -> None:
    """Let ports be chosen."""
    parser.add_argument(
        "--ports",
        type=_ports,
        metavar="N[,N]",
        help="loopback ports to try, where the provider wants exact ones; 0 is any free one",
    )


def add_timeout(parser: argparse.ArgumentParser, words: str) -> None:
    """Let a time be set."""
    parser.add_argument("--timeout", type=seconds, metavar="SECONDS", help=words)


def seconds(text: str) -> float:
    """
    Read a time.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found > 0):
        raise argparse.ArgumentTypeError("expected a number of seconds above 0")
    return found


def _ports(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() and int(word) <= 65535 for word in words):  # noqa: PLR2004 (a port)
        raise argparse.ArgumentTypeError("expected port numbers, for example 8765,8766")
    return tuple(int(word) for word in words)


def add_grant(parser: argparse.ArgumentParser) -> None:
    """Let it be said how tokens are got without a window."""
    group = parser.add_argument_group(
        "grant", "how tokens are got without a window; secrets are never arguments"
    )
    group.add_argument("--grant", choices=GRANTS, help="which way to get them")
    group.add_argument("--token-url", metavar="URL", help="where; found at the issuer if left out")
    group.add_argument("--username", metavar="NAME", help="whose password")
    group.add_argument("--password-env", metavar="VAR", help="variable that holds it")
    group.add_argument("--totp-env", metavar="VAR", help="variable that holds a one-time code")
    group.add_argument("--audience", metavar="NAME", help="for whom the tokens are")
    group.add_argument(
        "--auth-method", choices=AUTH_METHODS, help="how the client proves which one it is"
    )
    group.add_argument(
        "--private-key-file", metavar="FILE", help="key of the client, readable by you alone"
    )
    group.add_argument("--alg", metavar="NAME", help="how that key signs; ES256 if left out")
    group.add_argument("--key-id", metavar="ID", help="what the provider calls that key")
    for what in ("refresh", "subject"):
        group.add_argument(
            f"--{what}-token-env", metavar="VAR", help=f"variable that holds the {what} token"
        )
    group.add_argument(
        "--subject-token-file", metavar="FILE", help="file that holds it, read each time"
    )
