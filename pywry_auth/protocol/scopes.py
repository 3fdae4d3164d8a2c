"""What was asked for, held against what was granted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pywry_auth.tokens import OAuthTokenSet


@dataclass(frozen=True, slots=True)
class ScopeDifference:
    """
    What a person or a provider made of the scopes asked for (RFC 6749 section 3.3).

    Attributes:
        asked: what was asked for.
        granted: what the tokens may be used for, in the order it was sent.
        denied: what was asked for and not granted.
        unasked: what was granted though nobody asked now, such as an earlier grant.
    """

    asked: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()

    @classmethod
    def between(
        cls,
        asked: Iterable[str],
        granted: Iterable[str],
        *,
        aliases: Mapping[str, str] | None = None,
    ) -> "ScopeDifference":
        """
        Compare two sets of scopes; words are compared exactly, and their order means nothing.

        Args:
            asked: what was asked for.
            granted: what the answer says.
            aliases: words of *asked* that this provider gives back as other words.
        """
        names = aliases or {}
        wanted, given = tuple(dict.fromkeys(asked)), tuple(dict.fromkeys(granted))
        accepted = {names.get(word, word) for word in wanted} | set(wanted)
        return cls(
            asked=wanted,
            granted=given,
            denied=tuple(w for w in wanted if not {w, names.get(w, w)} & set(given)),
            unasked=tuple(w for w in given if w not in accepted),
        )


def together(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Give the words of both, each once, in order."""
    return tuple(dict.fromkeys([*first, *second]))


def as_words(scopes: str | Iterable[str]) -> tuple[str, ...]:
    """Give scopes as words; they come as words, or as one string with spaces."""
    return tuple(scopes.split() if isinstance(scopes, str) else scopes)


def granted_by(tokens: OAuthTokenSet, *, asked: Sequence[str]) -> tuple[str, ...]:
    """
    Give what *tokens* were granted, also where a provider does not write all of it down.

    Many answers leave out ``openid`` and ``offline_access``; an ID token and a refresh token
    came all the same, so what was *asked* in these words was granted.
    """
    came = {"openid": tokens.id_token, "offline_access": tokens.refresh_token}
    return together(tokens.scopes, [word for word in asked if came.get(word) is not None])


def said_scope(tokens: OAuthTokenSet, *, asked: Sequence[str], usual: Sequence[str]) -> str:
    """
    Give the scope of an answer; one that is silent granted what was asked (RFC 6749 section 5.1).

    Args:
        tokens: as a provider read them.
        asked: what this one request asked for.
        usual: what the provider asks for otherwise, and takes for granted in silent answers.
    """
    silent = "scope" not in tokens.raw and set(tokens.scopes) in (set(usual), set[str]())
    return " ".join(asked) if silent else tokens.scope
