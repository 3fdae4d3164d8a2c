"""Does what a person asks for in a page about accounts."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace

from pywry_auth.account_index import Account
from pywry_auth.coach.advise import advise
from pywry_auth.coach.values import Action, Advice
from pywry_auth.desktop.accounts_page.bench import Bench
from pywry_auth.desktop.accounts_page.control import AccountsControl
from pywry_auth.desktop.accounts_page.desk import Desk, Purpose, Screen, Verb, ident
from pywry_auth.desktop.panic import AccountEnd, PanicReport, Revocation
from pywry_auth.desktop.values import AccountDetails, AuthState, AuthStatus
from pywry_auth.desktop.wizard.deeds import GivesWindow
from pywry_auth.errors import AuthError, AuthFlowCancelled
from pywry_auth.runtime import LOOP
from pywry_auth.window.base import SignInWindow, WindowKind


Enter = Callable[[SignInWindow], Account]

_QUESTIONS = (Screen.PROVIDERS, Screen.SIGN_OUT, Screen.SIGN_OUT_ALL, Screen.PANIC)
_OF_A_REVIEW = frozenset({Verb.OUT_ALL, Verb.PANIC})
_EXITS = (Screen.LOADING, Screen.ACCOUNTS, Screen.ENDED)
ENDING = 30.0  # seconds that closing waits for whatever is just being ended


class Office:
    """
    Knows what is shown, and changes it; belongs to the package's loop where nothing else is said.

    What may block is done on threads, one thing at a time; what comes back late is not heard.

    Args:
        control: signs in and out.
        purpose: what the page is opened for.
        window: gives the window for a sign-in.
        on_changed: told, on the loop, when there is something else to show.
    """

    def __init__(
        self,
        control: AccountsControl,
        purpose: Purpose,
        *,
        window: GivesWindow,
        on_changed: Callable[[int], None],
    ) -> None:
        #: the account that was chosen, or None
        self.outcome: Future[Account | None] = Future()
        self.desk = Desk()
        self.notice = ""
        self.number = 0
        self._control = control
        self._purpose = purpose
        self._window = window
        self._on_changed = on_changed
        self._bench = Bench(self._broken)
        self._verbs: Mapping[tuple[Screen, Verb], Callable[[str], None]] = {
            (Screen.ACCOUNTS, Verb.CHOOSE): self._choose,
            (Screen.ACCOUNTS, Verb.ADD): self._add,
            (Screen.ACCOUNTS, Verb.OUT): self._ask_out,
            (Screen.ACCOUNTS, Verb.OUT_ALL): lambda _word: self._ask(Screen.SIGN_OUT_ALL),
            (Screen.ACCOUNTS, Verb.PANIC): lambda _word: self._ask(Screen.PANIC),
            (Screen.PROVIDERS, Verb.PROVIDER): self._add_at,
            (Screen.SIGNING_IN, Verb.BROWSER): lambda _word: self._control.open_again(),
            (Screen.SIGNING_IN, Verb.BACK): lambda _word: self._stop(),
            (Screen.SIGN_OUT, Verb.CONFIRM): lambda _word: self._sign_out(),
            (Screen.SIGN_OUT_ALL, Verb.CONFIRM): lambda _word: self._sign_out(),
            (Screen.PANIC, Verb.CONFIRM): lambda _word: self._panic(),
            (Screen.ENDED, Verb.RETRY): lambda _word: self._panic(),
            **{(one, Verb.BACK): self._back for one in _QUESTIONS},
            **{(one, Verb.LEAVE): lambda _word: self._leave(None) for one in _EXITS},
        }

    def begin(self) -> None:
        """Look the accounts up; from any thread."""
        LOOP.call_soon(self._look_up)

    def do(self, verb: Verb, word: str) -> bool:
        """
        Do what a person asked for.

        Args:
            verb: what.
            word: the account or provider they meant, or "".

        Returns:
            Whether that can be asked for now.
        """
        act = self._verbs.get((self.desk.screen, verb))
        if act is None or (self._purpose is Purpose.CHOOSE and verb in _OF_A_REVIEW):
            return False
        act(word)
        return True

    def heard(self, status: AuthStatus) -> None:
        """Hear how a sign-in goes; from any thread."""
        LOOP.call_soon(lambda: self._follow(status))

    def leave(self) -> None:
        """Let whoever waits go on, because nobody sees the page any more; from any thread."""
        LOOP.call_soon(lambda: self._leave(None))

    def end(self) -> None:
        """Wait until nothing is being ended any more; not on the loop."""
        self._bench.wait(ENDING)

    # what is shown

    def _show(self, desk: Desk) -> None:
        if desk == self.desk:
            return
        self.desk = desk
        self.number += 1
        self._on_changed(self.number)

    def _follow(self, status: AuthStatus) -> None:
        if self.desk.screen is not Screen.SIGNING_IN:
            return
        self.notice = status.notice
        by_browser = status.window is WindowKind.BROWSER
        if status.state is AuthState.WAITING:
            self._show(replace(self.desk, by_browser=by_browser))

    def _ask(self, screen: Screen, chosen: str = "") -> None:
        self._show(replace(self.desk, screen=screen, chosen=chosen, trouble=None))

    def _ask_out(self, word: str) -> None:
        if self.desk.account(word) is not None:
            self._ask(Screen.SIGN_OUT, word)

    def _back(self, _word: str) -> None:
        self._ask(Screen.ACCOUNTS)

    def _leave(self, account: Account | None) -> None:
        if self.desk.screen is Screen.SIGNING_IN and account is None:
            self._control.cancel()
        if self.desk.screen not in {Screen.ENDING, Screen.SIGNING_OUT}:
            self._bench.forget()
        self._show(replace(self.desk, screen=Screen.LEFT))
        if not self.outcome.done():
            self.outcome.set_result(account)

    # what is done

    def _look_up(self, trouble: Advice | None = None) -> None:
        def work() -> Desk:
            try:
                details = tuple(self._control.details())
                said = trouble
            except AuthError as exc:
                details = tuple(AccountDetails(each) for each in self._known())
                said = advise(exc, texts=self._control.texts)
            found = {ident(each.account): self._control.picture(each.account) for each in details}
            pictures = {name: picture for name, picture in found.items() if picture is not None}
            return Desk(Screen.ACCOUNTS, details, pictures, trouble=said)

        self._bench.begin(work, self._show, self._failed)

    def _known(self) -> list[Account]:
        try:
            return self._control.accounts()
        except AuthError:
            return []

    def _choose(self, word: str) -> None:
        account = self.desk.account(word)
        if account is not None and self._purpose is Purpose.CHOOSE:
            self._sign_in(
                account.provider,
                lambda window: self._control.switch(account, window=window),
            )

    def _add(self, _word: str) -> None:
        choices = self._control.providers
        if len(choices) == 1:
            self._add_at(choices[0].name)
        else:
            self._ask(Screen.PROVIDERS)

    def _add_at(self, word: str) -> None:
        if any(choice.name == word for choice in self._control.providers):
            self._sign_in(word, lambda window: self._control.add(word, window=window))

    def _sign_in(self, provider: str, enter: Enter) -> None:
        by_browser = any(c.by_browser for c in self._control.providers if c.name == provider)
        self.notice = ""
        signing_in = replace(
            self.desk, screen=Screen.SIGNING_IN, by_browser=by_browser, trouble=None
        )
        self._show(signing_in)
        self._bench.begin(
            lambda: enter(self._window(by_browser=by_browser)), self._entered, self._failed
        )

    def _entered(self, account: Account) -> None:
        if self._purpose is Purpose.CHOOSE:
            self._leave(account)
        else:
            self._look_up()

    def _failed(self, error: AuthError) -> None:
        is_wish = isinstance(error, AuthFlowCancelled)
        trouble = None if is_wish else advise(error, texts=self._control.texts)
        self._show(replace(self.desk, screen=Screen.ACCOUNTS, trouble=trouble))

    def _stop(self) -> None:
        self._bench.forget()
        self._control.cancel()
        self._ask(Screen.ACCOUNTS)

    def _sign_out(self) -> None:
        chosen = self.desk.account(self.desk.chosen)
        meant = [chosen] if chosen else [each.account for each in self.desk.details]
        self._show(replace(self.desk, screen=Screen.SIGNING_OUT))

        def work() -> None:
            for account in meant:
                self._control.sign_out(account)

        self._bench.begin(
            work,
            lambda _nothing: self._look_up(),
            lambda error: self._look_up(advise(error, texts=self._control.texts)),
        )

    def _panic(self) -> None:
        self._show(replace(self.desk, screen=Screen.ENDING, report=None, trouble=None))

        def told(end: AccountEnd) -> None:
            LOOP.call_soon(lambda: self._ended_one(end))

        self._bench.begin(lambda: self._control.panic(on_end=told), self._ended, self._failed)

    def _ended_one(self, end: AccountEnd) -> None:
        if end.revocation is Revocation.NOTHING and ident(end.account) in self.desk.ends:
            return
        ends = {**self.desk.ends, ident(end.account): end}
        self._show(replace(self.desk, ends=ends))

    def _ended(self, report: PanicReport) -> None:
        ends = dict(self.desk.ends)
        for end in report.ends:
            # The second time there is nothing left to revoke, which does not revoke anything.
            if end.revocation is not Revocation.NOTHING or ident(end.account) not in ends:
                ends[ident(end.account)] = end
        whole = PanicReport(tuple(ends.values()), report.left)
        self._show(Desk(Screen.ENDED, self.desk.details, ends=ends, report=whole))

    def _broken(self) -> None:
        words = self._control.texts("Something in the application broke. Try again.")
        trouble = Advice("unexpected", words, action=Action.DEVELOPER)
        self._show(replace(self.desk, screen=Screen.ACCOUNTS, trouble=trouble))
