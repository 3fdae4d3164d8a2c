"""What is decided about keyrings from facts alone."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from pywry_auth.errors import EncryptionUnavailableError, StoreError, StoreUnavailableError
from pywry_auth.token_store.deadline import WITH_PROMPT, WITHOUT_PROMPT, Patience
from pywry_auth.token_store.entries import RESERVED


#: backends that encrypt at rest and belong to the operating system or the desktop
ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.kwallet.DBusKeyringKWallet6",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
CHAIN = "keyring.backends.chainer.ChainerBackend"
WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
#: what is tried once more where nothing was found
USUAL = {
    "linux": "keyring.backends.SecretService.Keyring",
    "darwin": "keyring.backends.macOS.Keyring",
    "win32": WINDOWS,
}
ABSENT = "keyring.backends.fail.Keyring"

WINDOWS_SIZE = 1200  # characters; CRED_MAX_CREDENTIAL_BLOB_SIZE is 2560 bytes of UTF-16
LONGEST_NAME = 200  # characters; Windows takes 513 in a user name, and the service is added to it

#: packages whose errors mean that the keyring service could not be talked to
SERVICE_PACKAGES = frozenset({"jeepney", "secretstorage", "dbus", "gi"})
#: the daemon has gone, the item has gone, or the bus knows neither
PASSING = frozenset(
    {"SecretServiceNotAvailableException", "ItemNotFoundException", "DBusErrorResponse"}
)
NO_LOGON_SESSION = 1312  # Windows ERROR_NO_SUCH_LOGON_SESSION: ssh, a service account
NOT_INTERACTIVE = "-25308"  # macOS errSecInteractionNotAllowed: ssh, launchd

ADVICE = {
    "linux": (
        "install a Secret Service, for example: apt install gnome-keyring dbus-user-session; "
        "then run inside a desktop or D-Bus session; or choose another store by name"
    ),
    "darwin": (
        "unlock the login keychain with: security unlock-keychain; or choose another store by name"
    ),
    "win32": "sign in to Windows interactively; or choose another store by name",
}


def is_allowed(backend: str, members: Iterable[str] = ()) -> bool:
    """Say whether the backend of that class name, with the members of a chain, protects secrets."""
    if backend == CHAIN:
        chained = list(members)
        return bool(chained) and all(member in ALLOWED for member in chained)
    return backend in ALLOWED


def part_size(backend: str, members: Iterable[str] = ()) -> int | None:
    """Give how many characters one entry may hold; None is no limit."""
    return WINDOWS_SIZE if WINDOWS in {backend, *members} else None


def folds_case(backend: str, members: Iterable[str] = ()) -> bool:
    """Say whether two names that differ in case are one entry there."""
    return WINDOWS in {backend, *members}


def entry_name(key: str, *, fold: bool = False) -> str:
    """
    Give the entry that holds the record of *key*: the key itself wherever that is safe.

    Empty names, control characters, lone surrogates, very long names and our own names are replaced
    by a digest; with *fold* also what is not in lower case.
    """
    plain = key.isprintable() and 0 < len(key) <= LONGEST_NAME and not key.startswith(RESERVED)
    if plain and not (fold and key != key.casefold()):
        return key
    return f"{RESERVED}key:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def patience(platform: str, env: Mapping[str, str]) -> Patience:
    """Say how long a keyring call may take: long where the desktop can ask a person."""
    return WITH_PROMPT if may_prompt(platform, env) else WITHOUT_PROMPT


def may_prompt(platform: str, env: Mapping[str, str]) -> bool:
    """Say whether a dialog of the keyring could appear before a person."""
    if env.get("CI", "").lower() not in {"", "0", "false"}:
        return False
    if platform == "win32":
        return False  # the Credential Manager never asks
    if platform == "darwin":
        return "SSH_CONNECTION" not in env
    return bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def no_backend(platform: str, found: str) -> EncryptionUnavailableError:
    """Say that no keyring protects secrets here, and what would."""
    if found in {"", ABSENT}:
        message = "no keyring is running here"
    else:
        message = f"the keyring {found} does not protect secrets, so nothing is stored in it"
    return EncryptionUnavailableError(message, hint=ADVICE.get(platform, ADVICE["linux"]))


def translate(error: BaseException, platform: str) -> StoreError:
    """
    Say what an error of the keyring means.

    No message repeats the original's words: some of them quote what was to be stored.
    """
    kind = type(error)
    names = {base.__name__ for base in kind.__mro__}
    packages = {base.__module__.partition(".")[0] for base in kind.__mro__}
    if isinstance(error, StoreError):
        return error
    if "NoKeyringError" in names:
        return no_backend(platform, "")
    if "KeyringLocked" in names:
        return StoreUnavailableError(
            "the keyring is locked", hint="unlock it, or answer its dialog, then try again"
        )
    if "InitError" in names:
        return StoreUnavailableError(
            "the keyring could not be opened",
            hint="unlock it, or create a default keyring, then try again",
        )
    if isinstance(error, OSError) or packages & SERVICE_PACKAGES or _is_refusal(error):
        return StoreUnavailableError(
            f"the keyring service cannot be reached ({kind.__name__})",
            hint="check that the keyring service of this desktop session is running",
        )
    return StoreError(f"the keyring did not do what was asked ({kind.__name__})")


def may_pass(error: BaseException) -> bool:
    """
    Say whether the same call may succeed in a moment.

    gnome-keyring aborts now and then under quick callers, and is started again; an item may vanish
    between being found and being read, because another process has just replaced it.
    """
    names = {type(one).__name__ for one in _causes(error)}
    return not names.isdisjoint(PASSING)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _is_refusal(error: BaseException) -> bool:
    return error.args[:1] == (NO_LOGON_SESSION,) or NOT_INTERACTIVE in str(error)
