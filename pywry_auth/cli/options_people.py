"""What the commands of a person who signs in take."""

import argparse

from pywry_auth.cli.options import (
    add_account,
    add_grant,
    add_json,
    add_ports,
    add_provider,
    add_registration,
    add_timeout,
    add_window,
)


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Say what ``demo`` takes."""
    add_window(parser)
    parser.add_argument("--gui", choices=("qt", "gtk"), help="which window toolkit to use")
    add_json(parser)


def add_login(parser: argparse.ArgumentParser) -> None:
    """Say what ``login`` takes."""
    add_provider(parser)
    parser.add_argument(
        "--account", metavar="WHO", help="the account to suggest to the provider's sign-in page"
    )
    add_window(parser)
    parser.add_argument(
        "--device",
        action="store_true",
        help="show a code to enter on another device, where the provider can do that",
    )
    add_ports(parser)
    add_timeout(parser, "how long to wait")
    parser.add_argument(
        "--if-needed", action="store_true", help="do nothing when somebody is signed in already"
    )
    parser.add_argument(
        "--save", metavar="NAME", help="keep the provider in providers.toml under this name"
    )
    add_json(parser)
    add_registration(parser)
    add_grant(parser)
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input, then the one-time code if there is one",
    )
    parser.add_argument("--totp", action="store_true", help="ask for a one-time code as well")


def add_status(parser: argparse.ArgumentParser) -> None:
    """Say what ``status`` takes."""
    add_provider(parser)
    add_account(parser)
    add_json(parser)


def add_whoami(parser: argparse.ArgumentParser) -> None:
    """Say what ``whoami`` takes."""
    add_provider(parser)
    add_account(parser)
    add_json(parser)
    add_registration(parser)


def add_logout(parser: argparse.ArgumentParser) -> None:
    """Say what ``logout`` takes."""
    add_provider(parser)
    add_account(parser)
    parser.add_argument(
        "--all", action="store_true", help="every account, of the provider if one is named"
    )
    parser.add_argument("--no-revoke", action="store_true", help="only forget them here")
    parser.add_argument(
        "--everywhere",
        action="store_true",
        help="open the provider's sign-out page too, so that its cookies end as well",
    )
    add_window(parser, "where that page appears; the best that works here if left out")
    add_timeout(parser, "how long to wait for that page")
    add_json(parser)
    add_registration(parser)


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Say what ``doctor`` takes."""
    add_provider(parser)
    parser.add_argument(
        "--deep", action="store_true", help="paint a page in a hidden window too; takes seconds"
    )
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write all of it to a zip file for whoever helps you, without anything secret",
    )
    add_window(parser)
    add_ports(parser)
    add_json(parser)
    add_registration(parser)
