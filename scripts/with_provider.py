"""Runs a program that reads its provider from the environment; the demo's stands in if none is."""

import os
import signal
import socket
import subprocess
import sys

from pywry_auth.demo.embedded import EmbeddedProvider
from pywry_auth.errors import AuthenticationError


# At each start the same place, so that the second one finds whom the first signed in.
PORT = 47811


def main(command: list[str]) -> int:
    """Run *command* with this interpreter; gives its exit code."""
    python = [sys.executable, *command]
    if os.environ.get("PYWRY_AUTH_PROVIDER"):
        return subprocess.call(python)
    with started() as provider:
        print(f"sign in as {provider.user!r} with {provider.password!r}", file=sys.stderr)
        settings = {
            "PYWRY_AUTH_PROVIDER": "oidc",
            "PYWRY_AUTH_ISSUER_URL": provider.issuer,
            "PYWRY_AUTH_CLIENT_ID": provider.client_id,
        }
        return subprocess.call(python, env={**os.environ, **settings})


def started() -> EmbeddedProvider:
    """Start the provider in its usual place; elsewhere where another example has just taken it."""
    try:
        return EmbeddedProvider(port=usual_port())
    except AuthenticationError:
        return EmbeddedProvider()


def usual_port() -> int:
    """Give the port the provider had last time, or 0 where somebody else has it now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return 0
    return PORT


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the program ends with this
    sys.exit(main(sys.argv[1:]))
