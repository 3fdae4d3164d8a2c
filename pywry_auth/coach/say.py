"""The sentences that a person reads when a sign-in did not work."""

from enum import Enum

from pywry_auth.ui.texts import Texts, later


class Say(Enum):
    """What a person is told; many troubles of a developer are one and the same to them."""

    ACCOUNT_DISABLED = later(
        "This account has been switched off. Use another account, or ask your administrator."
    )
    ACCOUNT_LOCKED = later(
        "This account is locked because of too many tries. Wait a while, then try again."
    )
    ACCOUNT_NOT_HERE = later(
        "This account cannot be used with this application. Sign in with another account."
    )
    ACCOUNT_UNKNOWN = later(
        "No such account was found. Check how it is written, or use another account."
    )
    ADMIN_MUST_ALLOW = later(
        "Your organization has to allow this application first. Ask your administrator."
    )
    ADMIN_MUST_ASSIGN = later(
        "Your account may not use this application yet. Ask your administrator for access."
    )
    AGREEMENT = later(
        "This application needs your agreement first. Sign in again and agree on the page."
    )
    BUSY = later("The sign-in service is busy. Try again in a few minutes.")
    CANCELLED = later("The sign-in was cancelled.")
    CERTIFICATE = later(
        "No safe connection could be made, so nothing was sent. If you are in a network of an"
        " organization, ask its administrator; otherwise try another network."
    )
    CERTIFICATE_DATE = later(
        "No safe connection could be made, because something in it is out of date. Check the "
        "date and time of this computer, then try again."
    )
    CLOCK = later("The clock of this computer is wrong. Set date and time, then sign in again.")
    DENIED = later(
        "Access was not allowed on the sign-in page. Sign in again if you want to allow it."
    )
    DEVICE_NOT_MANAGED = later(
        "Your organization lets only registered computers sign in. Try it with your browser, "
        "or ask your administrator."
    )
    EMBEDDED = later(
        "This sign-in page does not work inside an application. Sign in with your browser instead."
    )
    KEYRING_DENIED = later(
        "Access to the keychain was not allowed. Try again, and allow it, so that you can "
        "stay signed in."
    )
    KEYRING_FAILED = later(
        "The keychain of this computer did not work, so you cannot stay signed in. Sign out "
        "of this computer and in again, then try once more."
    )
    KEYRING_LOCKED = later("The keychain of this computer is locked. Unlock it, then try again.")
    KEYRING_MISSING = later(
        "This computer has no safe place to keep your sign-in. Ask whoever looks after it to "
        "set up a keychain."
    )
    KEYRING_SLOW = later(
        "The keychain of this computer does not answer. Look for a window that asks for a "
        "password, then try again."
    )
    MAIL_UNVERIFIED = later(
        "The email address of this account has not been confirmed. Confirm it, then sign in again."
    )
    NETWORK_LOGIN = later(
        "This network seems to want you to sign in to it first. Open any web page in your "
        "browser, then try again."
    )
    NOT_SIGNED_IN = later("Nobody is signed in. Sign in first.")
    NO_WINDOW = later(
        "There is no window and no browser to sign in with. Sign in with a code, on another device."
    )
    OFFLINE = later("The sign-in service cannot be reached. Check your connection, then try again.")
    OFFLINE_SIGNED_IN = later(
        "The sign-in service cannot be reached just now. You are still signed in."
    )
    ORGANISATION_ONLY = later(
        "Only members of one organization can use this application. Sign in with your account"
        " of that organization."
    )
    PASSWORD_FORGOTTEN = later(
        "Choose a new password on the website of the sign-in service, then sign in again."
    )
    PASSWORD_WRONG = later("The name or the password was not right. Try again.")
    PORT = later(
        "Another program is in the way of the sign-in. Close other programs or restart the "
        "computer, then try again."
    )
    PROXY = later(
        "The proxy of this network does not let the sign-in through. Ask its administrator, "
        "or try another network."
    )
    REFRESH_FAILED = later("Your sign-in could not be renewed just now. You are still signed in.")
    RULES_FORBID = later(
        "The rules of your organization do not allow this sign-in. Ask your administrator."
    )
    SECOND_STEP = later(
        "Your account needs one more step to sign in. Sign in again and complete it."
    )
    SECOND_STEP_NEW = later(
        "Your account needs a second way to sign in, for example an app on your phone. Sign "
        "in again to set it up."
    )
    SERVICE_BROKEN = later("Something went wrong at the sign-in service. Try again a little later.")
    SERVICE_UNKNOWN = later(
        "The sign-in service was not found. Check your connection and the address of the "
        "service, then try again."
    )
    SESSION_ENDED = later("You have been signed out. Sign in again.")
    SETUP = later(
        "This application is not set up correctly for signing in. Only its developer can put "
        "that right."
    )
    SIGN_IN_AGAIN = later("Please sign in once more to go on.")
    STORE = later("Your sign-in could not be kept on this computer. Try again in a moment.")
    STORED_UNREADABLE = later(
        "What was kept of your sign-in cannot be read any more. Sign in again."
    )
    TESTING = later(
        "This application is still being tested, and your account is not among its testers. "
        "Ask its developer for access."
    )
    TIMEOUT = later("Nobody finished the sign-in in time. Start it again when you are ready.")
    TOO_LATE = later("This sign-in took too long or was used already. Start it again.")
    TOO_MANY = later("There were too many tries in a short time. Wait a while, then try again.")
    TOO_WEAK = later(
        "The sign-in was not as strong as this application needs. Sign in again, with every "
        "step it asks for."
    )
    UNDER_WAY = later("A sign-in is open already. Finish it, or close it first.")
    UNEXPLAINED = later("The sign-in did not work. Try again.")
    UNSAFE = later(
        "The answer of the sign-in service could not be trusted, so nobody was signed in. Try"
        " again."
    )
    WINDOW = later("The sign-in window could not be shown. Sign in with your browser instead.")


def sentence(say: Say, texts: Texts) -> str:
    """Give the sentence in the language of *texts*."""
    return texts(say.value)
