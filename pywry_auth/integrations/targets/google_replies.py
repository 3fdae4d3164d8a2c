"""What Google answers, as small values."""

from pydantic import Field

from pywry_auth.integrations.targets.model import CamelReply


class GmailProfile(CamelReply):
    """Whose mail it is, with how much of it."""

    email_address: str
    messages_total: int = 0
    threads_total: int = 0
    history_id: str = ""


class GmailMessage(CamelReply):
    """A message as lists name it."""

    id: str
    thread_id: str = ""


class CalendarMoment(CamelReply):
    """When an event begins or ends: a day, or an instant with its offset (RFC 3339)."""

    date: str | None = None
    date_time: str | None = None
    time_zone: str | None = None


class CalendarEvent(CamelReply):
    """An event."""

    id: str
    status: str = ""
    summary: str = ""
    html_link: str = ""
    start: CalendarMoment | None = None
    end: CalendarMoment | None = None


class GoogleDocument(CamelReply):
    """A document."""

    document_id: str
    title: str = ""
    revision_id: str = ""


class DriveFile(CamelReply):
    """A file, or a folder."""

    id: str
    name: str = ""
    mime_type: str = ""


class SheetValues(CamelReply):
    """The values of one range, row by row."""

    range: str
    major_dimension: str = "ROWS"
    values: list[list[str | float | bool | None]] = Field(
        default_factory=list[list[str | float | bool | None]]
    )
