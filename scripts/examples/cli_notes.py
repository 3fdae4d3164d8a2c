"""
A command line tool that signs in once.

    cli_notes.py            who is signed in, after asking if nobody is
    cli_notes.py get PATH   what the tool's own server says, given the token
    cli_notes.py switch     be somebody else
    cli_notes.py logout     sign out
"""

import os
import sys

import httpx

from pywry_auth import (
    Account,
    AccountPicker,
    AuthError,
    AuthFlowCancelled,
    DesktopAuth,
    OAuth2Settings,
    create_provider_from_settings,
    freeze_support,
)


# The one server that may see the token; the provider's own answers too, at its userinfo endpoint.
API = os.environ.get("ACME_API") or os.environ.get("PYWRY_AUTH_ISSUER_URL", "")


def who(auth: DesktopAuth) -> Account:
    """Give who is signed in; asks in a window, or in the terminal, where nobody is."""
    account = auth.silent()
    if account is None:
        print("Sign in in the window that opens…", file=sys.stderr)
        account = auth.sign_in()
    return account


def get(auth: DesktopAuth, path: str) -> str:
    """Fetch *path*; the token is renewed on the way where it has to be."""
    with httpx.Client(auth=auth.auth(API), base_url=API) as client:
        return client.get(path).raise_for_status().text


def run(arguments: list[str], auth: DesktopAuth) -> None:
    """Do what was asked for."""
    account = who(auth)
    match arguments:
        case ["get", path]:
            print(get(auth, path))
        case ["switch"]:
            print((AccountPicker(auth).run() or account).display_name)
        case ["logout"]:
            auth.sign_out()
            print(f"signed out {account.display_name}")
        case _:
            print(account.display_name)


def main() -> int:
    """Run one command; gives the exit code."""
    freeze_support()
    try:
        provider = create_provider_from_settings(OAuth2Settings.load())
        with DesktopAuth("Acme Notes", {"Acme": provider}) as auth:
            run(sys.argv[1:], auth)
    except AuthFlowCancelled:
        print("cancelled", file=sys.stderr)
        return 4
    except AuthError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
