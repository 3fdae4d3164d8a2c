"""
Counts the memory of a program that does not sign anybody in.

With ``bare`` it imports nothing, with ``stack`` it imports what the package stands on; with a
service and a name it reads that one password.
"""

import sys


match sys.argv[1:]:
    case ["bare"]:
        pass
    case ["stack"]:
        import httpx  # noqa: F401
        import joserfc.jwt  # noqa: F401
        import keyring
        import pydantic  # noqa: F401
    case [service, name]:
        import keyring

        if not keyring.get_password(service, name):
            raise SystemExit("nothing was read, so nothing was measured")

sys.path.append(__file__.rpartition("/")[0])

from memory import tell_memory


tell_memory()
