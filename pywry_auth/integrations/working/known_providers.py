"""The auth providers of one manager, by name."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.integrations.credentials.app_credentials import AppCredentials
from pywry_auth.integrations.discreet import wrong_fields
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.working.session_plan import not_found
from pywry_auth.json_value import is_mapping


logger = logging.getLogger(__name__)


class AuthProviderClasses(Protocol):
    """Where classes of auth providers are found by name; ``ClassRegistry`` is one."""

    def names(self) -> Iterable[str]:
        """Give every name."""
        ...

    def get(self, key: str) -> type[AuthProvider]:
        """Give the class of that name, or raise ``ProviderNotFoundError``."""
        ...


class KnownProviders:
    """
    Auth providers by name: those the program named, and those there are besides.

    Args:
        classes: what a name stands for, where only its credentials are given.
        reserved: names that no provider can have.
    """

    def __init__(self, classes: AuthProviderClasses, reserved: Iterable[str]) -> None:
        self._classes = classes
        self._reserved = frozenset(reserved)
        self._providers: dict[str, AuthProvider] = {}
        self._explicit: set[str] = set()
        self._left_out: dict[str, str] = {}  # provider or target -> fields of which one is wrong

    def discover(self) -> None:
        """Add every class there is, with what the environment says; it may say nothing."""
        for key in sorted(self._classes.names()):
            name = normalised(key)
            if name in self._providers or name in self._reserved:
                continue
            kind = self._classes.get(key)
            try:
                self._providers[name] = kind()
            except ValueError as exc:
                # Not without that: a token for a server that is misspelt belongs to no other one.
                fields = wrong_fields(exc)
                self._left_out |= dict.fromkeys({name, *kind.default_bindings()}, fields)
                facts = {"provider": name, "reason": type(exc).__name__, "fields": fields}
                logger.warning(
                    "auth_provider.left_out: %s is not there; %s",
                    name,
                    self.why_left_out(name),
                    extra=facts,
                )

    def register(self, raw: str, config: object) -> None:
        """
        Let *raw* name what *config* says, in place of what it named before.

        Raises:
            ConfigError: the name is taken by a method.
            ProviderNotFoundError: only credentials are given, and no class has that name.
            TypeError: *config* is neither a provider nor its credentials.
            ValidationError: a field cannot be used; it is named, its value is not shown.
        """
        name = normalised(raw)
        if name in self._reserved or name.startswith("_"):
            raise ConfigError(
                f"{name!r} cannot be the name of a provider",
                hint="it is a method of AuthManager; take another name",
            )
        self._providers[name] = self._made(name, config)
        self._explicit.add(name)

    def get(self, raw: object) -> AuthProvider:
        """
        Give the provider that *raw* names.

        Raises:
            ProviderNotFoundError: there is none; it is a ``KeyError``.
        """
        name = self.name_of(raw)
        return self._providers[name]

    def name_of(self, raw: object) -> str:
        """
        Give the one spelling of *raw*.

        Raises:
            ProviderNotFoundError: it names no provider here.
        """
        try:
            name = normalised(raw)
        except ValueError:
            name = ""
        if name not in self._providers:
            raise self._not_found(name)
        return name

    def __contains__(self, raw: object) -> bool:
        try:
            return normalised(raw) in self._providers
        except (TypeError, ValueError):
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._providers))

    def all(self) -> dict[str, AuthProvider]:
        """Give all of them by name, in a dictionary of the caller's own."""
        return dict(self._providers)

    def why_left_out(self, name: str) -> str:
        """Say why a provider, or target, is left out that the environment configures; else ""."""
        fields = self._left_out.get(name)
        if fields is None:
            return ""
        return (
            f"the environment says something of its {fields or 'credentials'} that cannot be used; "
            f"correct that variable, or name the provider in AuthManager(...)"
        )

    def is_explicit(self, name: str) -> bool:
        """Say whether the program named that provider."""
        return name in self._explicit

    def replaced_by(self, providers: Mapping[str, AuthProvider]) -> "KnownProviders":
        """Give the same names with *providers* behind them."""
        other = KnownProviders(self._classes, self._reserved)
        other._providers.update(providers)
        other._explicit.update(self._explicit)
        other._left_out.update(self._left_out)
        return other

    def _made(self, name: str, config: object) -> AuthProvider:
        if isinstance(config, AuthProvider):
            return config
        if not (isinstance(config, AppCredentials) or is_mapping(config)):
            raise TypeError(
                f"{name} is given as an AuthProvider, as AppCredentials or as a mapping, "
                f"not as {type(config).__name__}"
            )
        return self._class_of(name)(config)

    def _class_of(self, name: str) -> type[AuthProvider]:
        try:
            return self._classes.get(name)
        except ProviderNotFoundError:
            raise self._not_found(name, *self._classes.names()) from None

    def _not_found(self, name: str, *further: str) -> ProviderNotFoundError:
        for owner, provider in self._providers.items():
            if name in provider.bindings():
                return ProviderNotFoundError(
                    f"{name} is no auth provider", provider=name, hint=f"its provider is {owner}"
                )
        wrong = not_found(name, {*self._providers, *further})
        why = self.why_left_out(name)
        return ProviderNotFoundError(wrong.message, provider=name, hint=why) if why else wrong
