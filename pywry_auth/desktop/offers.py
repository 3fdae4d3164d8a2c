"""The providers an application offers, by the names it gives them."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pywry_auth.desktop.values import ProviderChoice
from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.window.base import WindowKind


MakeProvider = Callable[[], OAuthProvider]
Offered = OAuthProvider | MakeProvider

#: how people call the providers that have a class of their own
TITLES = {"google": "Google", "github": "GitHub", "microsoft": "Microsoft"}


class Offers:
    """
    What can be chosen, in the order it is offered.

    Args:
        providers: one provider, several whose names differ, or a mapping from names of one's own.
            In place of a provider may stand what makes it, called when it is first needed.
        marks: files with the marks of providers, by the names of these.

    Raises:
        ConfigError: there is none, or two have one name.
    """

    def __init__(
        self,
        providers: OAuthProvider | Sequence[OAuthProvider] | Mapping[str, Offered],
        *,
        marks: Mapping[str, str | Path] | None = None,
    ) -> None:
        self._marks = {name: str(Path(file).absolute()) for name, file in (marks or {}).items()}
        self._lock = threading.Lock()
        self._offered: dict[str, Offered] = dict(_named(providers))
        if not self._offered:
            raise ConfigError("no provider is offered", hint="give at least one")
        for name in self._offered:
            _require_name(name)

    @property
    def names(self) -> list[str]:
        """The names, in the order they are offered."""
        return list(self._offered)

    def __contains__(self, name: object) -> bool:
        return name in self._offered

    def get(self, name: str) -> OAuthProvider:
        """
        Give the provider called *name*.

        Raises:
            ProviderNotFoundError: none is called so.
        """
        self.require(name)
        offered = self._offered[name]
        if isinstance(offered, OAuthProvider):
            return offered
        made = offered()
        with self._lock:
            now = self._offered[name]
            if isinstance(now, OAuthProvider):  # somebody was faster; one is enough
                return now
            self._offered[name] = made
        return made

    def require(self, name: str) -> None:
        """
        Make sure that there is a provider called *name*, without making it.

        Raises:
            ProviderNotFoundError: none is called so.
        """
        if name not in self._offered:
            raise ProviderNotFoundError(
                f"no provider is called {name!r}", hint=f"one of {', '.join(self.names)}"
            )

    def issuer_of(self, name: str) -> str:
        """Give the issuer of what is called *name*, or "" where nothing is, or was made so far."""
        offered = self._offered.get(name)
        return offered.origin().issuer if isinstance(offered, OAuthProvider) else ""

    def add(self, name: str, provider: OAuthProvider) -> None:
        """
        Offer *provider* too, in place of what had that name.

        Raises:
            ConfigError: the name cannot be used.
        """
        _require_name(name)
        provider.name = name
        with self._lock:
            self._offered[name] = provider

    def made(self) -> list[OAuthProvider]:
        """Give those that have been needed so far."""
        return [each for each in self._offered.values() if isinstance(each, OAuthProvider)]

    def choices(self) -> list[ProviderChoice]:
        """Say how to show each to a person."""
        return [_choice(name, self.get(name), self._marks.get(name)) for name in self._offered]


def _require_name(name: str) -> None:
    if not name or "/" in name or not name.isprintable():
        raise ConfigError(
            f"{name!r} cannot be the name of a provider", hint="a plain word, without /"
        )


def _title(provider: OAuthProvider) -> str:
    # Nobody chose the names of the general classes, and people know no protocols.
    known = TITLES.get(provider.name)
    return known or urlsplit(provider.origin().issuer).hostname or provider.name


def _named(
    providers: OAuthProvider | Sequence[OAuthProvider] | Mapping[str, Offered],
) -> Iterable[tuple[str, Offered]]:
    if isinstance(providers, OAuthProvider):
        return [(providers.name, providers)]
    if isinstance(providers, Mapping):
        return providers.items()
    listed = [(provider.name, provider) for provider in providers]
    if len({name for name, _ in listed}) < len(listed):
        raise ConfigError(
            "two providers have one name",
            hint='name them yourself: DesktopAuth("Acme Notes", {"work": …, "home": …})',
        )
    return listed


def _choice(name: str, provider: OAuthProvider, mark: str | None) -> ProviderChoice:
    if mark is None:
        mark = provider.name if provider.name in TITLES else ""
    title = _title(provider) if name == provider.name else name
    by_browser = provider.prefers is WindowKind.BROWSER
    return ProviderChoice(name, title, mark, tuple(provider.scopes), by_browser=by_browser)
