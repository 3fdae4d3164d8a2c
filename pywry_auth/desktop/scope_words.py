"""What a scope lets an application do, in words for people."""

from collections.abc import Callable, Iterable

from pywry_auth.ui.texts import Texts


_Words = Callable[[Texts], str]

_GOOGLE = "https://www.googleapis.com/auth/"
_MICROSOFT = "https://graph.microsoft.com/"

# Functions, so that each sentence stands as it is beside the call that translates it.
_ANYWHERE: dict[str, _Words] = {
    "openid": lambda t: t("Know who you are"),
    "profile": lambda t: t("See your name and picture"),
    "email": lambda t: t("See your email address"),
    "phone": lambda t: t("See your phone number"),
    "address": lambda t: t("See your postal address"),
    "offline_access": lambda t: t("Keep you signed in"),
    "groups": lambda t: t("See which groups you belong to"),
    "roles": lambda t: t("See which roles you have"),
}

_AT_GOOGLE: dict[str, _Words] = {
    "userinfo.profile": lambda t: t("See your name and picture"),
    "userinfo.email": lambda t: t("See your email address"),
    "calendar": lambda t: t("See and change your calendars"),
    "calendar.readonly": lambda t: t("See your calendars"),
    "calendar.events": lambda t: t("See and change the events in your calendars"),
    "calendar.events.readonly": lambda t: t("See the events in your calendars"),
    "contacts": lambda t: t("See and change your contacts"),
    "contacts.readonly": lambda t: t("See your contacts"),
    "drive": lambda t: t("See and change all your files"),
    "drive.readonly": lambda t: t("See all your files"),
    "drive.file": lambda t: t("See and change only the files you open with this application"),
    "drive.appdata": lambda t: t("Keep its own settings in your storage"),
    "gmail.readonly": lambda t: t("Read your mail"),
    "gmail.modify": lambda t: t("Read, write and delete your mail"),
    "gmail.send": lambda t: t("Send mail in your name"),
    "gmail.compose": lambda t: t("Write drafts, and send mail in your name"),
    "spreadsheets": lambda t: t("See and change your spreadsheets"),
    "spreadsheets.readonly": lambda t: t("See your spreadsheets"),
    "documents": lambda t: t("See and change your documents"),
    "documents.readonly": lambda t: t("See your documents"),
    "tasks": lambda t: t("See and change your task lists"),
    "tasks.readonly": lambda t: t("See your task lists"),
    "youtube.readonly": lambda t: t("See your video account"),
}

_AT_MICROSOFT: dict[str, _Words] = {
    "user.read": lambda t: t("See your name and picture"),
    "user.readwrite": lambda t: t("See and change your profile"),
    "mail.read": lambda t: t("Read your mail"),
    "mail.readwrite": lambda t: t("Read, write and delete your mail"),
    "mail.send": lambda t: t("Send mail in your name"),
    "calendars.read": lambda t: t("See your calendars"),
    "calendars.readwrite": lambda t: t("See and change your calendars"),
    "contacts.read": lambda t: t("See your contacts"),
    "contacts.readwrite": lambda t: t("See and change your contacts"),
    "files.read": lambda t: t("See your files"),
    "files.readwrite": lambda t: t("See and change your files"),
    "files.read.all": lambda t: t("See all files you have access to"),
    "files.readwrite.all": lambda t: t("See and change all files you have access to"),
    "tasks.read": lambda t: t("See your task lists"),
    "tasks.readwrite": lambda t: t("See and change your task lists"),
    "notes.read": lambda t: t("See your notes"),
    "notes.readwrite": lambda t: t("See and change your notes"),
}

_AT_GITHUB: dict[str, _Words] = {
    "read:user": lambda t: t("See your name and picture"),
    "user:email": lambda t: t("See your email address"),
    "user": lambda t: t("See and change your profile"),
    "user:follow": lambda t: t("Follow people in your name"),
    "repo": lambda t: t("See and change all your repositories, private ones too"),
    "public_repo": lambda t: t("See and change your public repositories"),
    "repo:status": lambda t: t("See and set the state of your commits"),
    "gist": lambda t: t("Publish snippets in your name"),
    "notifications": lambda t: t("See your notifications"),
    "read:org": lambda t: t("See which organizations you belong to"),
    "workflow": lambda t: t("Change what runs in your repositories"),
    "read:packages": lambda t: t("Download your packages"),
    "write:packages": lambda t: t("Publish packages in your name"),
    "delete_repo": lambda t: t("Delete your repositories"),
}


def scope_words(scope: str, texts: Texts) -> str | None:
    """Say what *scope* lets an application do, as "See your name"; None where nobody knows."""
    words = _words_of(scope)
    return None if words is None else words(texts)


def plain_words(scopes: Iterable[str], texts: Texts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Say what *scopes* let an application do, each sentence once.

    Returns:
        The sentences, in the order of the scopes; then the scopes nobody knows a sentence for.
    """
    said: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for scope in scopes:
        sentence = scope_words(scope, texts)
        if sentence is None:
            unknown[scope] = None
        else:
            said[sentence] = None
    return tuple(said), tuple(unknown)


def _words_of(scope: str) -> _Words | None:
    if scope.startswith(_GOOGLE):
        return _AT_GOOGLE.get(scope.removeprefix(_GOOGLE))
    # Names at Microsoft mean the same in any case, with or without the address before them.
    near = scope.lower().removeprefix(_MICROSOFT)
    return _ANYWHERE.get(scope) or _AT_GITHUB.get(scope) or _AT_MICROSOFT.get(near)
