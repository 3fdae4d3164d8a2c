"""One known trouble, as a line of a table."""

import re
from dataclasses import dataclass

from pywry_auth.coach.families import Family
from pywry_auth.coach.say import Say
from pywry_auth.coach.values import Action
from pywry_auth.errors import AuthError


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    What is known of a failure; nothing of it is ever repeated.

    Attributes:
        family: whose provider it is, as far as that is known.
        words: what may be an error word (RFC 6749 section 4.1.2.1).
        said: everything that was said about it, by the provider or by what lies below us.
        error: what was raised; None for a page in the window, where nothing was.
    """

    family: Family
    words: frozenset[str]
    said: str
    error: AuthError | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One known trouble; it fits where all that it names is so.

    Attributes:
        name: what the provider calls it, or what we do; unique in its family.
        code: the stable word that programs are told.
        say: what the person is told.
        action: what the person can do.
        fix: what the developer has to change.
        source: where it is documented, an https address, or "".
        family: whose trouble it is.
        words: error words, one of which was said; () for any.
        pattern: a regular expression that what was said must hold, in any case, line by line; ""
            for anything.
        kinds: error classes, one of which was raised; () for any.
        on_page: whether the provider shows it to the person, and redirects nowhere.
    """

    name: str
    code: str
    say: Say
    action: Action
    fix: str
    source: str = ""
    family: Family = Family.ANY
    words: tuple[str, ...] = ()
    pattern: str = ""
    kinds: tuple[type[AuthError], ...] = ()
    on_page: bool = False

    def fits(self, trouble: Trouble) -> bool:
        """Say whether this is what happened."""
        return (
            self._is_of(trouble.family)
            and (not self.words or not trouble.words.isdisjoint(self.words))
            and self._happened(trouble.error)
            and re.search(self.pattern, trouble.said, re.IGNORECASE | re.MULTILINE) is not None
        )

    def _is_of(self, family: Family) -> bool:
        if family is Family.ANY:
            # Whose provider it is, is not known: then its own words have to tell.
            return self.family is Family.ANY or bool(self.pattern)
        return self.family in {family, Family.ANY}

    def _happened(self, error: AuthError | None) -> bool:
        if error is None:
            return self.on_page
        return not self.kinds or isinstance(error, self.kinds)
