"""An application that takes its new users by the hand, for a person, or a test, at a screen."""

import argparse
import json
import sys
from pathlib import Path

from pywry_auth import GenericOIDCProvider
from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.desktop.wizard.known import restore_organisations
from pywry_auth.desktop.wizard.wizard import FirstRunWizard
from pywry_auth.token_store.file import JsonFileTokenStore
from pywry_auth.window.staying import StayingWindow


SCOPES = ["openid", "email", "profile", "offline_access"]


def provider_at(issuer):
    return GenericOIDCProvider("native", issuer_url=issuer, scopes=SCOPES)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--gui", default="qt")
    parser.add_argument("--window", default="native")
    parser.add_argument("--organisations", action="store_true")
    return parser.parse_args()


def main():
    asked = options()
    organisations = provider_at if asked.organisations else None
    auth = DesktopAuth(
        "Acme Notes",
        {"Work": provider_at(asked.issuer), "Home": provider_at(asked.issuer)},
        store=JsonFileTokenStore(asked.folder / "tokens.json"),
    )
    if organisations:
        restore_organisations(auth, organisations)
    account = auth.silent(0)
    how = "silent"
    if account is None:
        how = "wizard"
        native = asked.window == "native"
        window = StayingWindow(title="Acme Notes", gui=asked.gui) if native else asked.window
        wizard = FirstRunWizard(auth, organisations=organisations, window=window)
        account = wizard.run()
    provider, name = (account.provider, account.display_name) if account else (None, None)
    json.dump({"how": how, "provider": provider, "name": name}, sys.stdout)
    sys.stdout.flush()
    auth.close()


if __name__ == "__main__":
    main()
