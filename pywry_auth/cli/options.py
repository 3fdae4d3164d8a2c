"""What several commands take after their name."""

import argparse
import math
from collections.abc import Callable


Commands = Callable[..., argparse.ArgumentParser]


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
