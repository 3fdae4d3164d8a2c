"""
An OpenID Provider in a process of its own, until its input ends.

With a number its token endpoint takes that many seconds to renew, and gives tokens for an hour.
With ``renewing`` all its tokens are so short-lived that each start of an application renews them.
"""

import sys

from pywry_auth.testing import Conduct, ProgrammableProvider, Put, RefreshPolicy


def conduct() -> Conduct:
    if not sys.argv[1:]:
        return Conduct()
    if sys.argv[1] == "renewing":
        short = {"expires_in": Put(1)}
        return Conduct(refresh=RefreshPolicy.ROTATE, token=short, refreshed=short)
    life = {"expires_in": Put(3600)}
    return Conduct(
        refresh=RefreshPolicy.ROTATE,
        token=life,
        refreshed=life,
        delays={"refresh": float(sys.argv[1])},
    )


with ProgrammableProvider() as provider:
    print(provider.add("bench", conduct()), flush=True)
    sys.stdin.read()
