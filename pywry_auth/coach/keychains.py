"""What the keychains of operating systems say."""

from functools import partial

from pywry_auth.coach.entry import Entry
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import StoreError


_keychain = partial(Entry, kinds=(StoreError,))

ENTRIES = (
    _keychain(
        "secret_service_dismissed",
        "keyring_denied",
        Say.KEYRING_DENIED,
        Action.UNLOCK,
        "The person closed the dialog that makes or opens the keyring. It appears again at the "
        "next try.",
        pattern="prompt dismissed",
    ),
    _keychain(
        "macos_not_interactive",
        "keyring_locked",
        Say.KEYRING_LOCKED,
        Action.UNLOCK,
        "The keychain is locked where nobody can be asked (ssh, launchd). Unlock it first: "
        "security unlock-keychain.",
        pattern=r"\(-25308,",
    ),
    _keychain(
        "macos_auth_failed",
        "keyring_denied",
        Say.KEYRING_DENIED,
        Action.UNLOCK,
        "The keychain item belongs to another build of the application, or the person said no. "
        "Sign the application with the same identity each time; lock and unlock the keychain.",
        pattern=r"\(-25293,",
    ),
    _keychain(
        "windows_no_session",
        "keyring_unavailable",
        Say.KEYRING_FAILED,
        Action.DEVELOPER,
        "The Credential Manager works in interactive sessions only, not over ssh or in a service "
        "account. Choose another store there.",
        pattern=r"\(1312,|WinError 1312",
    ),
    _keychain(
        "windows_too_long",
        "keyring_too_long",
        Say.KEYRING_FAILED,
        Action.DEVELOPER,
        "The Credential Manager holds 2560 bytes in an entry. Give KeyringTokenStore no part_size "
        "above 1200, or choose the sealed store.",
        pattern=r"\(1783,|WinError 1783",
    ),
    _keychain(
        "secret_service_locked",
        "keyring_locked",
        Say.KEYRING_LOCKED,
        Action.UNLOCK,
        "The login keyring is locked; that is usual where a session was opened without its "
        "password (automatic login, ssh). Unlock it, or give it the login password.",
        pattern="keyringlocked|the keyring is locked",
    ),
)
