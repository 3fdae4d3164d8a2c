"""What the demo's provider tells about the requests it answered."""

import base64
import hashlib
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Protocol


Speaker = Callable[[Mapping[str, object]], None]

PAGES = Path(__file__).parent / "pages"

#: the only grant types that are repeated in an event; anything else might be a secret
GRANT_TYPES = frozenset({"authorization_code", "refresh_token"})


class PageRequest(Protocol):
    """What is looked at in a request."""

    path: str
    method: str | None
    POST: Mapping[str, str]


class PageResponse(Protocol):
    """What is looked at, or added to, in a response."""

    status_code: int
    headers: MutableMapping[str, str]


Answer = Callable[[PageRequest], PageResponse]


class EventLog:
    """Tells each answered request as data; where ``speaker`` is set, before any request comes."""

    def __init__(self) -> None:
        self.speaker: Speaker | None = None

    def middleware(self, answer: Answer) -> Answer:
        """Wrap *answer* the way Django asks for."""

        def answer_and_tell(request: PageRequest) -> PageResponse:
            response = answer(request)
            if self.speaker is not None:
                self.speaker(event_of(request, response))
            return response

        return answer_and_tell


def event_of(request: PageRequest, response: PageResponse) -> dict[str, object]:
    """Tell what was asked and how it ended; no query, no token, no password."""
    event: dict[str, object] = {
        "event": request.path.strip("/") or "home",
        "method": request.method,
        "status": response.status_code,
    }
    if event["event"] == "token":
        grant = request.POST.get("grant_type", "")
        event["grant_type"] = grant if grant in GRANT_TYPES else "other"
    return event


def strict_headers(answer: Answer) -> Answer:
    """Let the pages load nothing but their own style, and nobody frame them."""
    style = hashlib.sha256((PAGES / "style.css").read_bytes()).digest()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{base64.b64encode(style).decode()}'",
            # The consent form ends on the application's own callback, on any loopback port.
            "form-action 'self' http://127.0.0.1:*",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )

    def answer_strictly(request: PageRequest) -> PageResponse:
        response = answer(request)
        response.headers["Content-Security-Policy"] = policy
        # With less than this, engines post forms with the origin "null", which Django refuses.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return answer_strictly


LOG = EventLog()


def tell(answer: Answer) -> Answer:
    """Wrap *answer* so that the process's one log hears of it."""
    return LOG.middleware(answer)
