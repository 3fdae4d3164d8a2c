"""Which page is on top, with what the bar above it says."""

from pywry_auth.window.engine.address import NOWHERE, Address, address_of, may_open, same_site
from pywry_auth.window.engine.roles import BarWords, Face, Herald, Page, Plan, Reading, Sign
from pywry_auth.window.engine.trouble import Cause, Trouble, trouble_with


MOST_POPUPS = 5  # more than any sign-in needs; a page in a loop must not fill the memory
MOST_DIALOGS = 5  # no more: while a page's dialog is open, the window itself cannot be closed


class Conductor:
    """
    Keeps the first page with its popups in one pile under one bar.

    A popup lies on top of its opener until it closes itself, or until the person goes back. It
    lives in the same process with the same browsing data, so ``window.opener`` works.

    In a window that stays, the first page is our own, from this computer. The provider's pages
    come and go in its place, each sign-in with a page of its own: when that goes, so does its
    history, and nobody can go back to a form whose request is spent.

    Args:
        face: draws.
        herald: told what happens.
        plan: what the window is for.
    """

    def __init__(self, face: Face, herald: Herald, plan: Plan) -> None:
        self._face = face
        self._herald = herald
        self._texts = plan.texts
        self._own_home = address_of(plan.url) if plan.stays else None
        self._own_start = self._start = plan.url
        self._own: Page | None = None
        self._home = address_of(plan.url)
        self._pile: list[Page] = []
        self._failed_url = ""
        self._loading = True
        self._dialogs = 0
        self._can_hand_over = plan.browser is not None
        self._reading = Reading()

    @property
    def top(self) -> Page:
        """The page the person sees."""
        return self._pile[-1]

    def begin(self, page: Page) -> None:
        """Take *page* as the first one."""
        self._own = page
        self._set_out(page, self._start)

    def lead(self, page: Page, url: str) -> None:
        """Send a fresh *page* to *url* in place of what is shown, with no way back but to ours."""
        self._set_out(page, url)
        page.load(url)

    def come_home(self, url: str = "") -> None:
        """Show our own page as it was left, or send it to *url*; all others are gone for good."""
        if self._own is None:
            return
        self._set_out(self._own, url or self._own_start)
        if url:
            self._own.load(url)

    def may_pile(self) -> bool:
        """Whether one more popup is allowed."""
        return len(self._pile) <= MOST_POPUPS

    def may_ask(self) -> bool:
        """Whether a page may show one more dialog of its own; counts it."""
        self._dialogs += 1
        return self._dialogs <= MOST_DIALOGS

    def opened(self, popup: Page) -> None:
        """Put *popup* on top."""
        self._pile.append(popup)
        self._loading = True
        self._failed_url = ""
        self._face.show_page(popup)
        self._refresh()

    def closed(self, page: Page) -> None:
        """Take away a popup that closed itself; the first page stays whatever it says."""
        if page not in self._pile[1:]:
            return
        was_top = page is self.top
        self._pile.remove(page)
        page.discard()
        if was_top:
            self._loading = False
            self._failed_url = ""
            self._face.show_page(self.top)
            self._refresh()

    def moving(self, page: Page) -> None:
        """Note that *page* has begun to load something."""
        if page is self.top:
            self._loading = True
            self._refresh()

    def moved(self, page: Page) -> None:
        """Note that *page* now shows another address."""
        if page is not self.top:
            return
        if not may_open(page.url()) and page.url() not in {"", "about:blank"}:
            self.refused(page, page.url())
            return
        if self._failed_url:
            self._failed_url = ""
            self._face.show_page(page)
        self._arrived(page)
        self._refresh()

    def settled(self, page: Page) -> None:
        """Note that *page* has finished loading."""
        if page is not self.top:
            return
        self._loading = False
        self._arrived(page)
        self._refresh()
        self._herald.loaded()

    def was_read(self, page: Page, url: str, reading: Reading) -> None:
        """Take in what *page* said when it was at *url*."""
        if page is not self.top or page.url() != url or reading == self._reading:
            return
        before, self._reading = self._reading, reading
        if reading.trouble != before.trouble:
            self._herald.trouble(reading.trouble)
        if reading.refuses_windows and self._can_hand_over:
            self._herald.refused()
        self._refresh()

    def painted(self) -> None:
        """Note that the engine drew something."""
        self._herald.painted()

    def failed(self, page: Page, url: str, cause: Cause, small_print: str = "") -> None:
        """Say in words why *url* is not there."""
        if page is not self.top:
            return
        failed_url = url or self._start
        self._fail(failed_url, trouble_with(failed_url, cause, small_print, texts=self._texts))

    def refused(self, page: Page, url: str) -> None:
        """Say in words why *page* may not go to *url*."""
        if page is not self.top:
            return
        cause = Cause.FOREIGN if address_of(url) is NOWHERE else Cause.UNENCRYPTED
        here = page.url()
        failed_url = here if may_open(here) else self._start
        self._fail(failed_url, trouble_with(url, cause, texts=self._texts))

    def try_again(self) -> None:
        """Load once more what failed."""
        url = self._failed_url or self.top.url() or self._start
        self._loading = True
        if self._is_ours(address_of(url)):
            self.top.load(url)
        elif _place(url) == _place(self._start):
            self._herald.again()  # the address of the first page may be good for one visit only
        else:
            self.top.load(url)
        self._refresh()

    def begin_again(self, url: str) -> None:
        """Go to the first page once more, whose address is *url* by now."""
        self._start = url
        self._loading = True
        self.top.load(url)
        self._refresh()

    def go_back(self) -> None:
        """Go to the earlier page, which may be the opener of a popup, or what lay under a panel."""
        if self._failed_url and may_open(self.top.url()):
            self._failed_url = ""
            self._face.show_page(self.top)
        elif self.top.can_go_back():
            self.top.go_back()
        elif len(self._pile) > 1:
            self.closed(self.top)
        elif self._is_abroad():
            self._herald.back()
        self._refresh()

    def _set_out(self, page: Page, start: str) -> None:
        """Begin a new pile with *page*, which comes from *start*."""
        self._start, self._home = start, address_of(start)
        for gone in self._pile:
            if gone is not page and gone is not self._own:
                gone.discard()
        self._pile = [page]
        self._failed_url = ""
        self._loading = not page.url()
        self._dialogs = 0
        self._reading = Reading()
        self._face.show_page(page)
        self._refresh()

    def _arrived(self, page: Page) -> None:
        """Read what has come, unless it is our own."""
        if not self._is_ours(address_of(page.url())):
            self._face.look_at(page)

    def _is_abroad(self) -> bool:
        """Whether our own page, which is there, is not what is seen."""
        return self._own_home is not None and self.top is not self._own

    def _fail(self, url: str, trouble: Trouble) -> None:
        self._loading = False
        self._failed_url = url
        self._face.show_trouble(trouble)
        self._refresh()
        self._herald.painted()

    def _refresh(self) -> None:
        # A page that asks for another site, slowly, must not get that site's name over its own
        # form: until the new page is there, the bar names the one that is seen.
        here = self._failed_url or self.top.url()
        shown = address_of(here or self._start)
        behind_panel = bool(self._failed_url) and may_open(self.top.url())
        self._face.show_bar(
            BarWords(
                address=shown,
                sign=self._sign(shown),
                loading=self._loading,
                can_go_back=behind_panel or self._can_leave() or self.top.can_go_back(),
                notice=self._notice(shown),
                is_shown=not self._is_ours(shown) or bool(self._failed_url),
            )
        )

    def _can_leave(self) -> bool:
        return len(self._pile) > 1 or self._is_abroad()

    def _is_ours(self, shown: Address) -> bool:
        # The first page may have gone elsewhere; then whoever it belongs to is named like others.
        return self._own_home == shown and self.top is self._own

    def _sign(self, shown: Address) -> Sign:
        if self._failed_url:
            return Sign.WARNING
        if not self.top.url():
            return Sign.WAITING
        if shown.encrypted:
            return Sign.ENCRYPTED
        return Sign.THIS_COMPUTER if shown.on_this_computer else Sign.WARNING

    def _notice(self, shown: Address) -> str:
        if self._reading.wants_passkey and self._can_hand_over:
            return self._texts(
                "Passkeys do not work in this window. If you need one, open the page in your"
                " browser."
            )
        # The redirect back to this computer ends every sign-in; a warning there would only alarm.
        if not shown.host or shown.on_this_computer or same_site(shown.host, self._home.host):
            return ""
        return self._texts(
            "This page belongs to {there}, no longer to {here}.",
            there=shown.host,
            here=self._home.host,
        )


def _place(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]
