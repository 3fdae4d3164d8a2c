"""
One of several processes of one application; told what to do by lines on its standard input.

``held`` says what it holds, ``refresh``, ``token`` and ``silent`` do that, ``out`` signs out,
``panic`` presses the button. Each answers with one line of JSON. Started with the issuer of the
test's provider, with the client's name there.
"""

import json
import sys

from pywry_auth.desktop.auth import DesktopAuth
from pywry_auth.errors import AuthError
from pywry_auth.providers.oidc import GenericOIDCProvider
from pywry_auth.runtime import LOOP


def main(issuer, client_id) -> None:
    provider = GenericOIDCProvider(client_id, issuer_url=issuer)
    auth = DesktopAuth("Acme Notes", {"work": provider}, window="browser")
    account = auth.silent()
    session = auth.session() if account else None
    if session is not None:
        LOOP.run(session.initialize())
    say(account.key if account else None)
    for line in sys.stdin:
        try:
            say(WORDS[line.strip()](auth, session))
        except AuthError as exc:
            say({"error": type(exc).__name__})


def say(what) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def held(_auth, session):
    return session.tokens.access_token if session.tokens else None


def silent(auth, _session):
    found = auth.silent(0)
    return found.key if found else None


def panic(auth, _session):
    report = auth.panic()
    return [[str(end.revocation) for end in report.ends], list(map(str, report.left))]


WORDS = {
    "held": held,
    "silent": silent,
    "panic": panic,
    "refresh": lambda _auth, session: LOOP.run(session.refresh()).access_token,
    "token": lambda _auth, session: LOOP.run(session.get_access_token()),
    "out": lambda auth, _session: auth.sign_out(),
}

if __name__ == "__main__":
    main(*sys.argv[1:])
