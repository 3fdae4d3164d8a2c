"""Classes by name; the built-in ones are imported when somebody asks for them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Generic, TypeVar

from pywry_auth.errors import ConfigError, ProviderNotFoundError
from pywry_auth.integrations.auth_provider_key import normalised


C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a built-in class is defined."""

    module: str
    name: str


class ClassRegistry(Generic[C]):
    """
    Keeps classes by name; may be used from any thread.

    Args:
        base: what every class here is a kind of.
        kind: what is registered here, for messages.
        built_in: name -> where the class is.
    """

    def __init__(self, base: type[C], kind: str, built_in: Mapping[str, Home]) -> None:
        self._base = base
        self._kind = kind
        self._built_in = dict(built_in)
        self._lock = threading.Lock()
        self._classes: dict[str, type[C]] = {}

    def register(self, key: str, cls: type[C]) -> None:
        """
        Let *key* name *cls*; the same class again changes nothing.

        Raises:
            TypeError: *cls* is no class of this kind.
            ValueError: *key* names another class.
        """
        name = normalised(key)
        self._require_kind(cls, name)
        built_in = self._built_in_class(name)
        with self._lock:
            known = self._classes.setdefault(name, built_in or cls)
        if known is not cls:
            raise ConfigError(
                f"{name} already names another {self._kind}, {known.__qualname__}",
                hint="register yours under a name of its own",
            )

    def get(self, key: str) -> type[C]:
        """
        Give the class that *key* names.

        Raises:
            ProviderNotFoundError: there is none; it is a ``KeyError``.
        """
        name = normalised(key)
        with self._lock:
            found = self._classes.get(name)
        found = found or self._built_in_class(name)
        if found is None:
            raise ProviderNotFoundError(
                f"no {self._kind} is called {name}",
                provider=name,
                hint=f"there are: {', '.join(sorted(self.names()))}",
            )
        return found

    def names(self) -> set[str]:
        """Give every name, without importing anything."""
        with self._lock:
            return {*self._built_in, *self._classes}

    def available(self) -> dict[str, type[C]]:
        """Give all classes by name, in a dictionary of the caller's own."""
        return {name: self.get(name) for name in sorted(self.names())}

    def _built_in_class(self, name: str) -> type[C] | None:
        home = self._built_in.get(name)
        if home is None:
            return None
        # Outside the lock: whoever imports holds the interpreter's own lock of that module.
        found: object = vars(import_module(home.module))[home.name]
        return self._require_kind(found, name)

    def _require_kind(self, found: object, name: str) -> type[C]:
        if isinstance(found, type) and issubclass(found, self._base):
            return found
        raise TypeError(
            f"{name} cannot name this: every {self._kind} is a subclass of {self._base.__name__}"
        )
