"""Every reply the callback server can give."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from pywry_auth.callback_server.outcome import Ending, Outcome
from pywry_auth.callback_server.wire import Reply
from pywry_auth.ui.pages import Pages
from pywry_auth.ui.texts import Texts, later, texts_for


NAMES = (
    "success",
    "failure",
    "received",
    "finishing",
    "waiting",
    "refused",
    "missing",
    "unusable",
)
#: what the pages of a sign-out are called, where they are others
SIGN_OUT = {"success": "signed-out", "refused": "signed-out-here", "waiting": "signing-out"}
# Stands for {application} where it has no name. In every sentence that comes after a preposition;
# a language that declines puts the form that fits there.
ANY_APPLICATION = later("the application")
#: what lets a page do nothing but be read
SAFE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Replies:
    """
    Pages under headers that let them do nothing but be read.

    Args:
        app_name: what the pages call the application; "" for a word that fits any.
        names: pages that other ones stand in for, by the names they have in ``NAMES``.
        texts: the language; that of the person when left out.
    """

    def __init__(
        self,
        app_name: str,
        names: Mapping[str, str] | None = None,
        *,
        texts: Texts | None = None,
    ) -> None:
        self._texts = texts or texts_for()
        self._names = dict(names or {})
        self._pages = Pages((self._names.get(name, name) for name in NAMES), texts=self._texts)
        self._application = app_name or self._texts(ANY_APPLICATION)

    def outcome(self, outcome: Outcome, taken: Callable[[], None]) -> Reply:
        """Tell how the sign-in ended; *taken* hears that the browser has it."""
        return self._page(
            HTTPStatus.OK, outcome.ending, reason=self._texts(outcome.reason), taken=taken
        )

    def finishing(self) -> Reply:
        """Say that the end is not known yet; the page asks again, and shows it by itself."""
        return self._page(HTTPStatus.OK, "finishing")

    def waiting(self) -> Reply:
        """Say that a sign-in is awaited."""
        return self._page(HTTPStatus.OK, "waiting")

    def refused(self) -> Reply:
        """Say that this redirect is none of ours, and changed nothing."""
        return self._page(HTTPStatus.BAD_REQUEST, "refused")

    def missing(self) -> Reply:
        """Say that there is nothing at this address."""
        return self._page(HTTPStatus.NOT_FOUND, "missing")

    def unusable(self, status: HTTPStatus) -> Reply:
        """Say that a request could not be used at all, with the *status* that says why."""
        return self._page(status, "unusable")

    def only(self, *methods: str) -> Reply:
        """Say which *methods* this address knows."""
        return self._page(
            HTTPStatus.METHOD_NOT_ALLOWED, "unusable", extra={"Allow": ", ".join(methods)}
        )

    def news(self, text: str) -> Reply:
        """Tell the script of a page what is new."""
        headers = {**SAFE, "Content-Type": "text/plain; charset=utf-8"}
        return Reply(HTTPStatus.OK, headers, text.encode())

    def moved(self, status: HTTPStatus, path: str) -> Reply:
        """Send the browser to *path*, so that no code stays in its address bar or history."""
        return Reply(status, {**SAFE, "Location": path})

    def _page(
        self,
        status: HTTPStatus,
        name: Ending | str,
        *,
        reason: str = "",
        extra: dict[str, str] | None = None,
        taken: Callable[[], None] | None = None,
    ) -> Reply:
        values = {"application": self._application, "reason": reason}
        page = self._pages.fill(self._names.get(name, name), values)
        headers = {
            **SAFE,
            **(extra or {}),
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": page.policy,
        }
        return Reply(status, headers, page.body, taken)
