"""What a Google account holds: mail, calendars, documents, files, tables."""

import json
from collections.abc import AsyncGenerator
from typing import ClassVar
from urllib.parse import quote

from pywry_auth.errors import ConfigError, HTTPStatusError, QuotaExceededError, RateLimitError
from pywry_auth.integrations.reaching.health import Probe
from pywry_auth.integrations.reaching.options import Query
from pywry_auth.integrations.reaching.paging import Cursor, Paging, member
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings, read_as
from pywry_auth.integrations.targets.google_replies import (
    CalendarEvent,
    DriveFile,
    GmailMessage,
    GmailProfile,
    GoogleDocument,
    SheetValues,
)
from pywry_auth.json_value import is_array
from pywry_auth.protocol.wire import WireReply


_FORBIDDEN = 403
_NOT_FOUND = 404
# Where no document is named, one that cannot exist: "not found" says that the token is good.
_NOWHERE = "0"

_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded"})


class GmailSettings(ProviderSettings):
    """
    How mail is reached.

    Attributes:
        user_id: whose mail; "me" is whoever the token belongs to.
    """

    user_id: str = "me"


class GoogleCalendarSettings(ProviderSettings):
    """
    How calendars are reached.

    Attributes:
        calendar_id: which one where a call names none.
    """

    calendar_id: str = "primary"


class GoogleDocsSettings(ProviderSettings):
    """
    How documents are reached.

    Attributes:
        document_id: which one where a call names none; "" is none.
    """

    document_id: str = ""


class GoogleDriveSettings(ProviderSettings):
    """
    How files are reached.

    Attributes:
        folder_id: where files are looked for where a call names no query; "" is everywhere.
    """

    folder_id: str = ""


class GoogleSheetsSettings(ProviderSettings):
    """
    How tables are reached.

    Attributes:
        spreadsheet_id: which one where a call names none; "" is none.
    """

    spreadsheet_id: str = ""


class GoogleTarget(Target):
    """What all of Google's interfaces have in common."""

    paging: ClassVar[Paging] = Cursor(("nextPageToken",), "pageToken")

    def refusal(self, reply: WireReply, url: str, now: float) -> HTTPStatusError | None:
        """Tell "too fast", which passes, from "used up"; Google says 403 to both."""
        error = super().refusal(reply, url, now)
        if error is None or reply.status != _FORBIDDEN:
            return error
        reasons = _reasons(reply)
        kind = QuotaExceededError if reasons & _USED_UP else type(error)
        if reasons & _TOO_FAST:
            kind = RateLimitError
        return kind(
            status_code=error.status_code,
            url=error.url,
            body=error.body,
            hint=error.hint if kind is HTTPStatusError else "",
            provider=self.key,
        )


class Gmail(GoogleTarget):
    """Reaches one account's mail."""

    key: ClassVar[str] = "gmail"
    settings_class: ClassVar[type[ProviderSettings]] = GmailSettings
    usual_base_url: ClassVar[str] = "https://gmail.googleapis.com"

    @property
    def user_path(self) -> str:
        """Where everything of the account begins."""
        own = read_as(GmailSettings, self.settings)
        return f"/gmail/v1/users/{_segment(own.user_id)}"

    def probe(self) -> Probe:
        """Ask whose mail it is."""
        return Probe(f"{self.user_path}/profile")

    async def profile(self) -> GmailProfile:
        """Give whose mail it is, with how much of it."""
        return await self.read(GmailProfile, f"{self.user_path}/profile")

    def messages(
        self, query: str = "", *, limit: int | None = None
    ) -> AsyncGenerator[GmailMessage]:
        """Give the messages that a *query* finds, written as in Gmail's own search box."""
        params = {"q": query} if query else None
        path = f"{self.user_path}/messages"
        return self.items(GmailMessage, path, within="messages", limit=limit, params=params)


class GoogleCalendar(GoogleTarget):
    """Reaches calendars."""

    key: ClassVar[str] = "google_calendar"
    settings_class: ClassVar[type[ProviderSettings]] = GoogleCalendarSettings
    usual_base_url: ClassVar[str] = "https://www.googleapis.com/calendar/v3"

    def probe(self) -> Probe:
        """Ask for one event."""
        return Probe(self._events(""), {"maxResults": "1"})

    def events(
        self, calendar_id: str = "", *, limit: int | None = None, params: Query | None = None
    ) -> AsyncGenerator[CalendarEvent]:
        """
        Give the events of a calendar.

        Args:
            calendar_id: which one; that of the settings where it is left out.
            limit: events at most.
            params: further ones, like ``{"timeMin": "2026-01-01T00:00:00Z"}``.
        """
        path = self._events(calendar_id)
        return self.items(CalendarEvent, path, within="items", limit=limit, params=params or {})

    def _events(self, calendar_id: str) -> str:
        own = read_as(GoogleCalendarSettings, self.settings)
        return f"/calendars/{_segment(calendar_id or own.calendar_id)}/events"


class GoogleDocs(GoogleTarget):
    """Reaches documents."""

    key: ClassVar[str] = "google_docs"
    settings_class: ClassVar[type[ProviderSettings]] = GoogleDocsSettings
    usual_base_url: ClassVar[str] = "https://docs.googleapis.com"

    def probe(self) -> Probe:
        """Ask for the document of the settings, or for one that cannot exist."""
        own = read_as(GoogleDocsSettings, self.settings).document_id
        path = f"/v1/documents/{_segment(own or _NOWHERE)}"
        return Probe(path, {"fields": "documentId"}, _found_or(own))

    async def document(self, document_id: str = "") -> GoogleDocument:
        """
        Give a document; that of the settings where none is named.

        Raises:
            ConfigError: neither is there.
        """
        own = document_id or read_as(GoogleDocsSettings, self.settings).document_id
        path = f"/v1/documents/{_segment(_named(own, 'document_id'))}"
        return await self.read(GoogleDocument, path)


class GoogleDrive(GoogleTarget):
    """Reaches files."""

    key: ClassVar[str] = "google_drive"
    settings_class: ClassVar[type[ProviderSettings]] = GoogleDriveSettings
    usual_base_url: ClassVar[str] = "https://www.googleapis.com/drive/v3"

    def probe(self) -> Probe:
        """Ask whose files these are."""
        return Probe("/about", {"fields": "user"})

    def files(self, query: str = "", *, limit: int | None = None) -> AsyncGenerator[DriveFile]:
        """Give the files that a *query* of the Drive interface finds; those of the folder else."""
        folder = read_as(GoogleDriveSettings, self.settings).folder_id
        inside = "'{}' in parents".format(folder.replace("\\", "\\\\").replace("'", "\\'"))
        asked = query or (inside if folder else "")
        params = {"q": asked} if asked else None
        return self.items(DriveFile, "/files", within="files", limit=limit, params=params)


class GoogleSheets(GoogleTarget):
    """Reaches tables."""

    key: ClassVar[str] = "google_sheets"
    settings_class: ClassVar[type[ProviderSettings]] = GoogleSheetsSettings
    usual_base_url: ClassVar[str] = "https://sheets.googleapis.com"

    def probe(self) -> Probe:
        """Ask for the table of the settings, or for one that cannot exist."""
        own = read_as(GoogleSheetsSettings, self.settings).spreadsheet_id
        path = f"/v4/spreadsheets/{_segment(own or _NOWHERE)}"
        return Probe(path, {"fields": "spreadsheetId"}, _found_or(own))

    async def values(self, cells: str, *, spreadsheet_id: str = "") -> SheetValues:
        """
        Give the values of a range.

        Args:
            cells: like ``"Sheet1!A1:B2"``.
            spreadsheet_id: which table; that of the settings where it is left out.

        Raises:
            ConfigError: no table is named.
        """
        own = spreadsheet_id or read_as(GoogleSheetsSettings, self.settings).spreadsheet_id
        table = _segment(_named(own, "spreadsheet_id"))
        return await self.read(SheetValues, f"/v4/spreadsheets/{table}/values/{_segment(cells)}")


def _named(own: str, field: str) -> str:
    if not own:
        raise ConfigError(f"no {field} is named", hint=f"give one, or set {field} in the settings")
    return own


def _segment(name: str) -> str:
    if name in {".", ".."}:  # which are read as a way to somewhere else, however they are written
        raise ConfigError(
            f"{name!r} names nothing at Google", hint="give the id that is in its address"
        )
    return quote(name, safe="")


def _found_or(own: str) -> frozenset[int]:
    return frozenset[int]() if own else frozenset({_NOT_FOUND})


def _reasons(reply: WireReply) -> frozenset[str]:
    try:
        body: object = json.loads(reply.body)
    except (ValueError, RecursionError):
        return frozenset()
    listed = member(body, ("error", "errors"))
    found = [member(one, ("reason",)) for one in listed] if is_array(listed) else []
    return frozenset(reason for reason in found if isinstance(reason, str))
