"""Where tokens are kept, in words for people."""

import sys

from pywry_auth.ui.texts import Texts, later


_KEYRINGS = {
    "darwin": later("Your sign-ins are kept in the keychain of this Mac."),
    "win32": later("Your sign-ins are kept in the Windows Credential Manager."),
}
_KEYRING = later("Your sign-ins are kept in the keyring of this computer.")
_PLACES = {
    "sealed": later("Your sign-ins are kept in an encrypted file on this computer."),
    "file": later("Your sign-ins are kept in a file on this computer that only you can read."),
    "memory": later("Your sign-ins are kept until this application is closed."),
    "redis": later("Your sign-ins are kept in a database."),
}


def kept_where(identity: str, texts: Texts, platform: str = sys.platform) -> str:
    """
    Say where a store keeps what it keeps; "" where nobody knows.

    Args:
        identity: that of the store.
        texts: the language.
        platform: a value of ``sys.platform``.
    """
    kind = identity.partition(":")[0]
    words = _KEYRINGS.get(platform, _KEYRING) if kind == "keyring" else _PLACES.get(kind, "")
    return texts(words) if words else ""
