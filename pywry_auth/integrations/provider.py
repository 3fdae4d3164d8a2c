"""One upstream service: the application's credentials, flows, bindings to its targets."""

import threading
from collections.abc import Callable, Mapping
from typing import ClassVar, Generic, NoReturn, Self, TypeVar, overload

from pywry_auth.errors import ConfigError
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.integrations.binding import AuthBinding, is_binding
from pywry_auth.integrations.credentials.app_credentials import AppCredentials, UserCredentials
from pywry_auth.integrations.flows.auth_flow import BaseAuthFlow
from pywry_auth.json_value import is_mapping


class AuthProvider:
    """
    One upstream service, as one application knows it.

    A provider of your own sets the class attributes, says which targets its tokens unlock in
    ``default_bindings``, and has a ``flow`` for each way to connect an account. A ``Target`` says
    where such a token is good. With names for both, sessions hold it like any other:

        class AcmeProvider(AuthProvider):
            key = "acme"
            app_credentials_class = OAuth2AppCredentials

            @classmethod
            def default_bindings(cls) -> Mapping[str, AuthBinding]:
                return {"acme": TokenBinding()}

            @flow
            def oauth2(self) -> OAuth2Flow:
                at = {
                    "authorization_url": "https://id.acme.example/authorize",
                    "token_url": "https://id.acme.example/token",
                }
                return OAuth2Flow(self.app_credentials, client_kwargs=at, provider=self.key)

        class Acme(Target):
            key = "acme"
            usual_base_url = "https://api.acme.example"

        register_auth_provider("acme", AcmeProvider)
        register_provider("acme", Acme)
        manager = AuthManager(acme={"client_id": "..."})

        step = await manager.acme.oauth2.authorize(subject="alice")
        answer = await ask("alice", step["authorization_url"])
        found = await manager.acme.oauth2.exchange(subject="alice", authorization_response=answer)
        await manager.store_credentials("acme", "alice", found)
        async with manager.session(subject="alice", providers=["acme"]) as connected:
            print(await connected.acme.request("GET", "/me"))

    Args:
        app_credentials: what the application has, as its model or as a mapping.
        fields: the fields of the model, in place of *app_credentials*.

    Raises:
        ValueError: both were given.
        TypeError: *app_credentials* is none of these, or of another provider.
        ValidationError: a field cannot be used; it is named, its value is not shown.
    """

    #: the name under which this provider is known, also to the credential store
    key: ClassVar[str] = ""
    app_credentials_class: ClassVar[type[AppCredentials]] = AppCredentials
    user_credentials_class: ClassVar[type[UserCredentials]] = UserCredentials

    def __init__(
        self,
        app_credentials: AppCredentials | Mapping[str, object] | None = None,
        **fields: object,
    ) -> None:
        if app_credentials is not None and fields:
            raise ConfigError(
                "app_credentials and their fields were given at once", hint="give one of the two"
            )
        self.app_credentials = self._read(fields if app_credentials is None else app_credentials)
        self._own_bindings: dict[str, AuthBinding] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.app_credentials!r})"

    def __copy__(self) -> Self:
        # Not by the constructor, which a subclass may have changed.
        copied = type(self).__new__(type(self))
        kept = vars(self).items()
        made = _flows_of(type(self))
        vars(copied).update({name: value for name, value in kept if name not in made})
        vars(copied)["_own_bindings"] = dict(self._own_bindings)
        return copied

    def __deepcopy__(self, memo: object) -> Self:
        # Credentials are frozen, and a binding may hold anything; flows are made anew.
        return self.__copy__()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled")

    def flows(self) -> dict[str, BaseAuthFlow]:
        """Give every way to connect an account, by the name of its attribute."""
        return {name: one.of(self) for name, one in _flows_of(type(self)).items()}

    @classmethod
    def default_bindings(cls) -> Mapping[str, AuthBinding]:
        """Give what every provider of this class unlocks: target key -> binding."""
        return {}

    def bindings(self) -> dict[str, AuthBinding]:
        """Give what this provider unlocks, with what was registered on it."""
        usual = {normalised(key): one for key, one in self.default_bindings().items()}
        return usual | self._own_bindings

    def register_binding(self, key: str, binding: AuthBinding) -> None:
        """
        Let this provider unlock the target *key*, in place of what did so far.

        Raises:
            TypeError: *binding* is none.
        """
        name = normalised(key)
        if not is_binding(binding):
            raise TypeError(f"the binding of {name} has no to_settings, see AuthBinding")
        self._own_bindings[name] = binding

    def parse_user_credentials(
        self, data: UserCredentials | Mapping[str, object] | None
    ) -> UserCredentials | None:
        """
        Give *data* as this provider's own model; None stays None.

        Raises:
            TypeError: it is neither a mapping nor such a model.
            ValidationError: a field cannot be used; it is named, its value is not shown.
        """
        own = self.user_credentials_class
        if data is None or isinstance(data, own):
            return data
        if isinstance(data, UserCredentials) and issubclass(own, type(data)):
            return own.model_validate(data.model_dump())
        if is_mapping(data) and not isinstance(data, UserCredentials):
            return own.model_validate(dict(data))
        raise TypeError(
            f"credentials for {self.key or type(self).__name__} are {own.__name__} or a mapping, "
            f"not {type(data).__name__}"
        )

    async def close(self) -> None:
        """Close the connections of every flow; may be repeated, and the provider used again."""
        for one in _flows_of(type(self)).values():
            if one.is_made_for(self):
                await one.of(self).close()

    def _read(self, given: AppCredentials | Mapping[str, object]) -> AppCredentials:
        own = self.app_credentials_class
        if isinstance(given, own):
            return given
        if isinstance(given, AppCredentials):
            if issubclass(own, type(given)):
                return own.model_validate(given.model_dump(exclude_unset=True))
        elif is_mapping(given):
            return own.model_validate(dict(given))
        raise TypeError(
            f"the app credentials of {self.key or type(self).__name__} are {own.__name__} or a "
            f"mapping, not {type(given).__name__}"
        )


P = TypeVar("P", bound=AuthProvider)
F_co = TypeVar("F_co", bound=BaseAuthFlow, covariant=True)


class flow(Generic[P, F_co]):  # noqa: N801 - written as a decorator
    """
    A way to connect an account, made for each provider object when it is first asked for.

        class AcmeProvider(AuthProvider):
            app_credentials_class = OAuth2AppCredentials

            @flow
            def oauth2(self) -> OAuth2Flow:
                return OAuth2Flow(self.app_credentials, default_scope="read")

    Args:
        factory: makes the flow of one provider.
    """

    def __init__(self, factory: Callable[[P], F_co]) -> None:
        self._factory = factory
        self._name = ""
        self._making = threading.RLock()
        self.__doc__ = factory.__doc__

    def __set_name__(self, owner: type[AuthProvider], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, provider: None, owner: type[AuthProvider]) -> Self: ...
    @overload
    def __get__(self, provider: P, owner: type[AuthProvider] | None = None) -> F_co: ...
    def __get__(self, provider: P | None, owner: type[AuthProvider] | None = None) -> Self | F_co:
        return self if provider is None else self.of(provider)

    def of(self, provider: P) -> F_co:
        """Give the flow of *provider*, always the same."""
        # It lives where an attribute of that name lives, so it goes when the provider goes.
        with self._making:
            kept = vars(provider)
            if self._name not in kept:
                kept[self._name] = self._factory(provider)
            made: F_co = kept[self._name]
            return made

    def is_made_for(self, provider: P) -> bool:
        """Say whether anybody has asked for the flow of *provider* yet."""
        return self._name in vars(provider)


def _flows_of(kind: type[AuthProvider]) -> dict[str, flow[AuthProvider, BaseAuthFlow]]:
    found: dict[str, flow[AuthProvider, BaseAuthFlow]] = {}
    for base in reversed(kind.__mro__):
        for name, member in vars(base).items():
            found.pop(name, None)  # a subclass may have something else there
            if isinstance(member, flow):
                found[name] = member
    return found
