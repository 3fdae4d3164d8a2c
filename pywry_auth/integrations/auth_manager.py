"""The front door: what an application knows of providers, with the sessions of its users."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Literal, NoReturn, Self

import httpx

from pywry_auth.clock import SYSTEM_CLOCK, Clock
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.integrations.catalogue.asana import AsanaAuthProvider
from pywry_auth.integrations.catalogue.github import GitHubAuthProvider
from pywry_auth.integrations.catalogue.google import GoogleAuthProvider
from pywry_auth.integrations.catalogue.hubspot import HubSpotAuthProvider
from pywry_auth.integrations.catalogue.microsoft import MicrosoftAuthProvider
from pywry_auth.integrations.catalogue.notion import NotionAuthProvider
from pywry_auth.integrations.catalogue.slack import SlackAuthProvider
from pywry_auth.integrations.container import Integrations
from pywry_auth.integrations.credential_store import CredentialStore
from pywry_auth.integrations.credentials.app_credentials import AppCredentials
from pywry_auth.integrations.credentials.user_credentials import UserCredentials
from pywry_auth.integrations.provider import AuthProvider
from pywry_auth.integrations.reaching.channel import require_client
from pywry_auth.integrations.registry import AUTH_PROVIDERS
from pywry_auth.integrations.stores.memory_credentials import InMemoryCredentialStore
from pywry_auth.integrations.subjects import Subject, subject_key
from pywry_auth.integrations.working.accounts_face import AccountsFace, SignInManager
from pywry_auth.integrations.working.known_providers import AuthProviderClasses, KnownProviders
from pywry_auth.integrations.working.refreshing import Account, Refreshing
from pywry_auth.integrations.working.session_plan import Asked, named_twice
from pywry_auth.integrations.working.session_scope import Opening, SessionScope, close
from pywry_auth.integrations.working.stored_credentials import StoredCredentials


class AuthManager(AccountsFace):
    """
    Knows providers, keeps what users connected, and opens their working sessions.

        manager = AuthManager(github={"client_id": "...", "client_secret": "..."})
        async with manager.session(subject="alice") as integrations:
            await integrations.github.request("GET", "/user")

    Args:
        auto_configure: whether every provider there is is known, with what the environment says
            now; sessions hold what it has tokens for.
        credential_store: where the credentials of users are kept; memory when left out.
        accounts: the application's own accounts, for the methods that sign in to them.
        registry: what names of providers stand for; those registered in this process when left out.
        http: the program's own client for requests to targets, which it closes itself.
        clock: what time it is.
        providers: an ``AuthProvider`` by its name, or its credentials as a model or a mapping.

    Raises:
        TypeError: a provider is given as something else.
        ConfigError: a provider has the name of a method.
        ProviderNotFoundError: credentials are given for a name that stands for nothing.
    """

    # Those that are built in, for editors and type checkers.
    asana: AsanaAuthProvider
    github: GitHubAuthProvider
    google: GoogleAuthProvider
    hubspot: HubSpotAuthProvider
    microsoft: MicrosoftAuthProvider
    notion: NotionAuthProvider
    slack: SlackAuthProvider

    def __init__(
        self,
        *,
        auto_configure: bool = True,
        credential_store: CredentialStore | None = None,
        accounts: SignInManager | None = None,
        registry: AuthProviderClasses | None = None,
        http: httpx.AsyncClient | None = None,
        clock: Clock = SYSTEM_CLOCK,
        **providers: AuthProvider | AppCredentials | Mapping[str, object],
    ) -> None:
        super().__init__(accounts)
        require_client(http)
        store = InMemoryCredentialStore() if credential_store is None else credential_store
        self._stored = StoredCredentials(store)
        self._refreshing = Refreshing(self._stored, clock)
        classes = AUTH_PROVIDERS if registry is None else registry
        self._known = KnownProviders(classes, _methods(type(self)))
        for name, config in providers.items():
            if self._known.is_explicit(normalised(name)):
                raise named_twice(type(self).__name__, normalised(name))
            self._known.register(name, config)
        if auto_configure:
            self._known.discover()
        self._auto_configure = auto_configure
        self._http = http

    @property
    def credential_store(self) -> CredentialStore:
        """Where the credentials of users are kept."""
        return self._stored.store

    def get_provider(self, name: str) -> AuthProvider:
        """
        Give the auth provider of that name, however it is spelt.

        Raises:
            ProviderNotFoundError: there is none; it is a ``KeyError``.
        """
        return self._known.get(name)

    def providers(self) -> dict[str, AuthProvider]:
        """Give every auth provider by name, in a dictionary of the caller's own."""
        return self._known.all()

    def register(
        self, name: str, config: AuthProvider | AppCredentials | Mapping[str, object]
    ) -> None:
        """
        Let *name* stand for a provider, in place of what it stood for.

        Raises:
            TypeError: *config* is neither a provider nor its credentials.
            ConfigError: a method has that name.
            ProviderNotFoundError: credentials are given for a name that stands for nothing.
        """
        self._known.register(name, config)

    @asynccontextmanager
    async def session(
        self,
        *,
        subject: Subject,
        providers: Iterable[str] | str | None = None,
        with_credentials: Mapping[str, UserCredentials | Mapping[str, object] | None] | None = None,
        auto_load_credentials: bool = True,
        overrides: Mapping[str, object] | None = None,
        on_error: Literal["raise", "skip"] = "raise",
    ) -> AsyncGenerator[Integrations]:
        """
        Open a working session: a container whose targets hold the credentials of *subject*.

        It is for one piece of work, and lasts as long as the tokens it began with: only opening
        one renews them.

        Args:
            subject: a string, or a mapping that JSON can say; not an empty one.
            providers: names of targets, or of auth providers for all they unlock; the container
                holds these alone. None is everything there is.
            with_credentials: name -> credentials to use in place of stored ones; they are neither
                renewed nor stored.
            auto_load_credentials: whether the store is read at all.
            overrides: name -> what is laid over the settings.
            on_error: ``"skip"`` leaves out targets whose credentials are missing or unreadable; the
                log names them.

        Raises:
            TypeError: *subject* is neither; or something was given in a form that cannot be read.
            ProviderNotFoundError: a name is known nowhere; nothing was read.
            ConfigError: something was given for what *providers* leaves out.
            CredentialMissingError: nothing gives access to a target that must be there.
            StoredDataError: stored credentials cannot be read.
            ReauthRequiredError: stored credentials have ended; the account is connected again.
            TransportError: they have ended, and the provider cannot be reached.
        """
        scope = SessionScope(self, self._known, self._refreshing, self._auto_configure, self._http)
        asked = Asked(providers, with_credentials, overrides)
        opening = Opening(subject, asked, loads=auto_load_credentials, on_error=on_error)
        integrations = await scope.opened(opening)
        try:
            yield integrations
        finally:
            await close(integrations)

    async def load_credentials(self, provider: str, subject: Subject) -> UserCredentials | None:
        """
        Give what is stored for *subject*, as it is; None when nothing is.

        Raises:
            ProviderNotFoundError: there is no such provider.
            StoredDataError: it cannot be read.
        """
        return await self._refreshing.load(self._account(provider, subject))

    async def store_credentials(
        self, provider: str, subject: Subject, credentials: UserCredentials | Mapping[str, object]
    ) -> None:
        """
        Keep *credentials* for *subject*, in place of what was there.

        Raises:
            TypeError: they are neither a mapping nor the provider's model.
            ProviderNotFoundError: there is no such provider.
            ValidationError: a field cannot be used; it is named, its value is not shown.
        """
        account = self._account(provider, subject)
        model = account.provider.parse_user_credentials(credentials)
        if model is None:
            raise TypeError(f"credentials for {account.name} are a mapping or a model, not None")
        await self._stored.save(account.name, subject, model)
        self._refreshing.forget(account.name, subject)

    async def delete_credentials(self, provider: str, subject: Subject) -> None:
        """
        Remove what is stored for *subject*; nothing there is no error.

        Raises:
            ProviderNotFoundError: there is no such provider.
        """
        account = self._account(provider, subject)
        await self._stored.delete(account.name, subject)
        self._refreshing.forget(account.name, subject)

    async def aclose(self) -> None:
        """Close the connections of the providers' flows; everything may be used again."""
        for provider in self._known.all().values():
            await provider.close()

    def _account(self, provider: str, subject: Subject) -> Account:
        subject_key(subject)
        name = self._known.name_of(provider)
        return Account(name, self._known.get(name), subject)

    def __getattr__(self, name: str) -> AuthProvider:
        if name.startswith("_") or name not in self._known:
            raise AttributeError(f"{type(self).__name__} has no method or provider {name!r}")
        return self._known.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._known})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(self._known) or 'nothing'}>"

    def __copy__(self) -> Self:
        """Give a manager with the same providers, over the same store."""
        return self._with(self._known.all())

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Give a manager with providers of its own, over the same store."""
        return self._with(deepcopy(self._known.all(), memo))

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled")

    def _with(self, providers: Mapping[str, AuthProvider]) -> Self:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__, _known=self._known.replaced_by(providers))
        return other


def _methods(kind: type[AuthManager]) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]
