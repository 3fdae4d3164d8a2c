"""All targets that one program, or one session, may reach."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NoReturn, Self, TypeVar, overload

import httpx

from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.integrations.credentials.from_environment import Surroundings, left_out
from pywry_auth.integrations.misspelt import note_misspelt
from pywry_auth.integrations.overrides import (
    Overrides,
    layered,
    overridden,
    override_of,
    require_applicable,
)
from pywry_auth.integrations.reaching.channel import Channel
from pywry_auth.integrations.reaching.target import Target
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.target_registry import get_provider, target_names
from pywry_auth.integrations.targets.asana import Asana
from pywry_auth.integrations.targets.github import GitHub
from pywry_auth.integrations.targets.google import (
    Gmail,
    GoogleCalendar,
    GoogleDocs,
    GoogleDrive,
    GoogleSheets,
)
from pywry_auth.integrations.targets.hubspot import HubSpot
from pywry_auth.integrations.targets.microsoft import MicrosoftGraph
from pywry_auth.integrations.targets.notion import Notion
from pywry_auth.integrations.targets.slack import Slack
from pywry_auth.integrations.working.session_plan import named_twice
from pywry_auth.json_value import is_mapping


D = TypeVar("D")


class Integrations:
    """
    Holds targets by name: ``integrations.github``, ``integrations["Google Drive"]``.

        async with Integrations(github={"token": token}) as integrations:
            print(await integrations.github.user())
            with integrations.overrides(github={"retry_attempts": 0}):
                print(await integrations.github.health_check())

    Settings and targets are held as they are given. What a mapping leaves out is filled in from
    the environment, field by field; a target nothing is said about is held where the environment
    has a token for it, and left out where that token's settings are wrong.

    Args:
        auto_configure: whether the environment counts.
        http: a client of httpx for all requests, which the caller closes; clients are made, and
            closed by ``aclose``, when it is left out.
        configs: name -> a target, settings or a mapping of their fields.

    Raises:
        ProviderNotFoundError: a mapping was given for a name that no target has.
        TypeError: a config is none of these.
        ConfigError: a name is that of a method, or a base URL is not encrypted.
        ValidationError: a field cannot be used; it is named, its value is not shown.
    """

    # Those that are built in, for editors and type checkers; each is there if it is configured.
    asana: Asana
    github: GitHub
    gmail: Gmail
    google_calendar: GoogleCalendar
    google_docs: GoogleDocs
    google_drive: GoogleDrive
    google_sheets: GoogleSheets
    hubspot: HubSpot
    microsoft: MicrosoftGraph
    notion: Notion
    slack: Slack

    def __init__(
        self,
        *,
        auto_configure: bool = True,
        http: httpx.AsyncClient | None = None,
        **configs: object,
    ) -> None:
        self._targets: dict[str, Target] = {}
        self._channel = Channel(http)
        self._surroundings = Surroundings.seen() if auto_configure else Surroundings({})
        for name, config in _by_own_name("Integrations()", configs).items():
            self.register(name, config)
        for name in self._surroundings.ways:
            if name not in self._targets:
                self._configure(name)

    def __repr__(self) -> str:
        return f"Integrations({', '.join(self)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Integrations holds tokens and cannot be copied or pickled")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __getattr__(self, name: str) -> Target:
        found = None if name.startswith("_") else self._held().get(name)
        if found is None:
            there = ", ".join(self) or "none"
            raise AttributeError(
                f"no target named {name!r} is configured, or has credentials; there are: {there}",
                name=name,
                obj=self,
            )
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self})

    def __getitem__(self, name: str) -> Target:
        found = self._held().get(normalised(name))
        if found is None:
            raise ProviderNotFoundError(
                f"no target named {name!r} is configured",
                provider=normalised(name),
                hint=f"configured are: {', '.join(self) or 'none'}",
            )
        return found

    def __contains__(self, name: object) -> bool:
        try:
            return normalised(name) in self._held()
        except (TypeError, ValueError):
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._held())

    def __len__(self) -> int:
        return len(self._held())

    @overload
    def get(self, name: str) -> Target | None: ...
    @overload
    def get(self, name: str, default: D) -> Target | D: ...
    def get(self, name: str, default: D | None = None) -> Target | D | None:
        """Give the target of that name, however it is spelt; *default* where none is held."""
        return self._held().get(normalised(name), default)

    def register(self, name: str, config: object) -> Target:
        """
        Hold a target under *name*, in place of one that is there.

        Args:
            name: however it is spelt. Targets and settings may have any; a mapping one that is
                known, see ``register_provider``.
            config: a target, settings or a mapping of their fields.

        Returns:
            The target that is now held.

        Raises:
            ProviderNotFoundError: no target has that name.
            TypeError: the config is none of these.
            ConfigError: the name is that of a method, or the base URL is not encrypted.
            ValidationError: a field cannot be used; it is named, its value is not shown.
        """
        own = _own_name(name)
        filled = {**self._gaps(own), **config} if is_mapping(config) else config
        made = self._targets[own] = self._made(own, filled)
        return made

    def overrides(self, *, merge: bool | None = None, **configs: object) -> Overrides[Self]:
        """
        Lay other settings over targets, from ``with`` or ``async with`` to its end.

            with integrations.overrides(github={"timeout": 5}, slack={"token": other}):
                ...

        Only the task, or thread, that entered it sees them, with what it starts inside. All are
        there or, if one of them cannot be, none. At the end the very targets are back that were
        there before.

        Args:
            merge: whether fields that are not named stay as they are; False lets them fall back
                to their defaults. When it is left out, mappings are merged, while settings and
                targets replace what is there. See ``provider_override`` for one of several.
            configs: name -> a mapping of fields, settings, a target or a ``provider_override``.

        Raises:
            ProviderNotFoundError: no target has that name.
            TypeError: a config is none of these, or is whole and was to be merged.
            ConfigError: a name is that of a method; on entering, a base URL is not encrypted.
            ValidationError: on entering, a field cannot be used; its value is not shown.
        """
        given = _by_own_name("overrides()", configs)
        asked = {name: override_of(config, merge) for name, config in given.items()}
        for name, override in asked.items():
            require_applicable(name, override)
            if name not in self and is_mapping(override.config):
                get_provider(name)

        def make() -> Mapping[str, Target]:
            held = self._held()
            return {
                name: overridden(name, held.get(name), override, make=self._made)
                for name, override in asked.items()
            }

        return Overrides(self, make)

    async def aclose(self) -> None:
        """Close the connections that were made here; targets of it answer no more requests."""
        await self._channel.aclose()

    def _held(self) -> dict[str, Target]:
        return {**self._targets, **layered(self)}

    def _gaps(self, name: str) -> dict[str, object]:
        try:
            return self._surroundings.gaps(name)
        except ValueError as exc:  # what was given may be enough
            left_out(name, exc)
            return {}

    def _made(self, name: str, config: object) -> Target:
        if isinstance(config, Target):
            return config
        if isinstance(config, ProviderSettings):
            kind = get_provider(name) if name in target_names() else _plain(name)
            return kind(config, http=self._channel)
        if is_mapping(config):
            kind = get_provider(name)
            made = kind(kind.settings_class.model_validate(dict(config)), http=self._channel)
            note_misspelt(name, config, kind.settings_class)
            return made
        raise TypeError(
            f"{name}: a target, settings or a mapping is needed, not {type(config).__name__}"
        )

    def _configure(self, name: str) -> None:
        try:
            found = self._surroundings.whole(name)
            if found is not None and name in target_names():
                self._targets[name] = self._made(name, found)
        except ValueError as exc:
            left_out(name, exc)


# Its methods, with the arguments that configs are given beside.
_TAKEN = frozenset(
    {"auto_configure", "http", "merge", *(one for one in vars(Integrations) if one[0] != "_")}
)


def _own_name(raw: object) -> str:
    name = normalised(raw)
    if name in _TAKEN or name.startswith("_"):
        raise ConfigError(
            f"a target cannot be called {name!r}: the container has that name for something else",
            hint="take another name",
        )
    return name


def _by_own_name(where: str, configs: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for raw, config in configs.items():
        name = _own_name(raw)
        if name in found:
            raise named_twice(where, name)
        found[name] = config
    return found


@lru_cache(maxsize=128)  # a class is slow to make, and to get rid of
def _plain(name: str) -> type[Target]:
    # Whoever bound these settings knows a server that no class of targets is registered for.
    return type("Target", (Target,), {"key": name})
