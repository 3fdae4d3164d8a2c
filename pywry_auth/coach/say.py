"""The sentences that a person reads when a sign-in did not work."""

from enum import Enum, auto

from pywry_auth.ui.texts import Texts


class Say(Enum):
    """Which sentence; many troubles of the developer are one and the same to the person."""

    ACCOUNT_DISABLED = auto()
    ACCOUNT_LOCKED = auto()
    ACCOUNT_NOT_HERE = auto()
    ACCOUNT_UNKNOWN = auto()
    ADMIN_MUST_ALLOW = auto()
    ADMIN_MUST_ASSIGN = auto()
    AGREEMENT = auto()
    BUSY = auto()
    CANCELLED = auto()
    CERTIFICATE = auto()
    CERTIFICATE_DATE = auto()
    CLOCK = auto()
    CODE_BLOCKED = auto()
    CODE_ENDED = auto()
    DENIED = auto()
    DEVICE_NOT_MANAGED = auto()
    EMBEDDED = auto()
    KEYRING_DENIED = auto()
    KEYRING_FAILED = auto()
    KEYRING_LOCKED = auto()
    KEYRING_MISSING = auto()
    KEYRING_SLOW = auto()
    MAIL_UNVERIFIED = auto()
    NETWORK_LOGIN = auto()
    NOT_SIGNED_IN = auto()
    OFFLINE = auto()
    OFFLINE_SIGNED_IN = auto()
    ORGANISATION_ONLY = auto()
    PASSWORD_ENDED = auto()
    PASSWORD_FORGOTTEN = auto()
    PASSWORD_WRONG = auto()
    PORT = auto()
    PROXY = auto()
    REFRESH_FAILED = auto()
    RULES_FORBID = auto()
    SECOND_STEP = auto()
    SECOND_STEP_NEW = auto()
    SERVICE_BROKEN = auto()
    SERVICE_UNKNOWN = auto()
    SESSION_ENDED = auto()
    SETUP = auto()
    SIGN_IN_AGAIN = auto()
    STORED_UNREADABLE = auto()
    STORE = auto()
    TESTING = auto()
    TIMEOUT = auto()
    TOO_LATE = auto()
    TOO_MANY = auto()
    TOO_WEAK = auto()
    UNEXPLAINED = auto()
    UNSAFE = auto()
    WINDOW = auto()


def sentence(say: Say, texts: Texts) -> str:
    """Give the sentence in the language of *texts*."""
    return (_about_people(texts) | _about_machines(texts))[say]


def _about_people(texts: Texts) -> dict[Say, str]:
    return {
        Say.ACCOUNT_DISABLED: texts(
            "This account has been switched off. Use another account, or ask your administrator."
        ),
        Say.ACCOUNT_LOCKED: texts(
            "This account is locked because of too many tries. Wait a while, then try again."
        ),
        Say.ACCOUNT_NOT_HERE: texts(
            "This account cannot be used with this application. Sign in with another account."
        ),
        Say.ACCOUNT_UNKNOWN: texts(
            "No such account was found. Check how it is written, or use another account."
        ),
        Say.ADMIN_MUST_ALLOW: texts(
            "Your organization has to allow this application first. Ask your administrator."
        ),
        Say.ADMIN_MUST_ASSIGN: texts(
            "Your account may not use this application yet. Ask your administrator for access."
        ),
        Say.AGREEMENT: texts(
            "This application needs your agreement first. Sign in again and agree on the page."
        ),
        Say.CANCELLED: texts("The sign-in was cancelled."),
        Say.CODE_BLOCKED: texts(
            "Signing in with a code is not allowed here. Sign in with your browser instead."
        ),
        Say.CODE_ENDED: texts("The code ran out before it was confirmed. Ask for a new one."),
        Say.DENIED: texts(
            "Access was not allowed on the sign-in page. Sign in again if you want to allow it."
        ),
        Say.DEVICE_NOT_MANAGED: texts(
            "Your organization lets only registered computers sign in. Try it with your browser, "
            "or ask your administrator."
        ),
        Say.MAIL_UNVERIFIED: texts(
            "The email address of this account has not been confirmed. Confirm it, then sign in "
            "again."
        ),
        Say.NOT_SIGNED_IN: texts("Nobody is signed in. Sign in first."),
        Say.ORGANISATION_ONLY: texts(
            "Only members of one organization can use this application. Sign in with your account "
            "of that organization."
        ),
        Say.PASSWORD_ENDED: texts(
            "The password of this account has run out. Choose a new one on the website of the "
            "sign-in service, then sign in again."
        ),
        Say.PASSWORD_FORGOTTEN: texts(
            "Choose a new password on the website of the sign-in service, then sign in again."
        ),
        Say.PASSWORD_WRONG: texts("The name or the password was not right. Try again."),
        Say.RULES_FORBID: texts(
            "The rules of your organization do not allow this sign-in. Ask your administrator."
        ),
        Say.SECOND_STEP: texts(
            "Your account needs one more step to sign in. Sign in again and complete it."
        ),
        Say.SECOND_STEP_NEW: texts(
            "Your account needs a second way to sign in, for example an app on your phone. Sign in "
            "again to set it up."
        ),
        Say.SESSION_ENDED: texts("You have been signed out. Sign in again."),
        Say.SIGN_IN_AGAIN: texts("Please sign in once more to go on."),
        Say.TESTING: texts(
            "This application is still being tested, and your account is not among its testers. "
            "Ask its developer for access."
        ),
        Say.TOO_LATE: texts("This sign-in took too long or was used already. Start it again."),
        Say.TOO_WEAK: texts(
            "The sign-in was not as strong as this application needs. Sign in again, with every "
            "step it asks for."
        ),
    }


def _about_machines(texts: Texts) -> dict[Say, str]:
    return {
        Say.BUSY: texts("The sign-in service is busy. Try again in a few minutes."),
        Say.CERTIFICATE: texts(
            "No safe connection could be made, so nothing was sent. If you are in a network of an "
            "organization, ask its administrator; otherwise try another network."
        ),
        Say.CERTIFICATE_DATE: texts(
            "No safe connection could be made, because something in it is out of date. Check the "
            "date and time of this computer, then try again."
        ),
        Say.CLOCK: texts(
            "The clock of this computer is wrong. Set date and time, then sign in again."
        ),
        Say.EMBEDDED: texts(
            "This sign-in page does not work inside an application. Sign in with your browser "
            "instead."
        ),
        Say.KEYRING_DENIED: texts(
            "Access to the keychain was not allowed. Try again, and allow it, so that you can stay "
            "signed in."
        ),
        Say.KEYRING_FAILED: texts(
            "The keychain of this computer did not work, so you cannot stay signed in. Sign out of "
            "this computer and in again, then try once more."
        ),
        Say.KEYRING_LOCKED: texts(
            "The keychain of this computer is locked. Unlock it, then try again."
        ),
        Say.KEYRING_MISSING: texts(
            "This computer has no safe place to keep your sign-in. Ask whoever looks after it to "
            "set up a keychain."
        ),
        Say.KEYRING_SLOW: texts(
            "The keychain of this computer does not answer. Look for a window that asks for a "
            "password, then try again."
        ),
        Say.NETWORK_LOGIN: texts(
            "This network seems to want you to sign in to it first. Open any web page in your "
            "browser, then try again."
        ),
        Say.OFFLINE: texts(
            "The sign-in service cannot be reached. Check your connection, then try again."
        ),
        Say.OFFLINE_SIGNED_IN: texts(
            "The sign-in service cannot be reached just now. You are still signed in."
        ),
        Say.PORT: texts(
            "Another program is in the way of the sign-in. Close other programs or restart the "
            "computer, then try again."
        ),
        Say.PROXY: texts(
            "The proxy of this network does not let the sign-in through. Ask its administrator, or "
            "try another network."
        ),
        Say.REFRESH_FAILED: texts(
            "Your sign-in could not be renewed just now. You are still signed in."
        ),
        Say.SERVICE_BROKEN: texts(
            "Something went wrong at the sign-in service. Try again a little later."
        ),
        Say.SERVICE_UNKNOWN: texts(
            "The sign-in service was not found. Check your connection and the address of the "
            "service, then try again."
        ),
        Say.SETUP: texts(
            "This application is not set up correctly for signing in. Only its developer can put "
            "that right."
        ),
        Say.STORED_UNREADABLE: texts(
            "What was kept of your sign-in cannot be read any more. Sign in again."
        ),
        Say.STORE: texts("Your sign-in could not be kept on this computer. Try again in a moment."),
        Say.TIMEOUT: texts(
            "Nobody finished the sign-in in time. Start it again when you are ready."
        ),
        Say.TOO_MANY: texts(
            "There were too many tries in a short time. Wait a while, then try again."
        ),
        Say.UNEXPLAINED: texts("The sign-in did not work. Try again."),
        Say.UNSAFE: texts(
            "The answer of the sign-in service could not be trusted, so nobody was signed in. Try "
            "again."
        ),
        Say.WINDOW: texts(
            "The sign-in window could not be shown. Sign in with your browser instead."
        ),
    }
