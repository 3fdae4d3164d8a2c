"""An OpenID Provider in a process of its own, until its input ends."""

import sys

from pywry_auth.testing import ProgrammableProvider


with ProgrammableProvider() as provider:
    print(provider.add("bench"), flush=True)
    sys.stdin.read()
