"""Names of a package that are imported when somebody asks for them (PEP 562)."""

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """
    Make ``__getattr__`` and ``__dir__`` of *package*.

    Args:
        package: its ``__name__``.
        homes: public name -> the module that defines it; a ``.pyi`` beside it gives the types.
    """

    def find(name: str) -> object:
        if name == "__all__":  # for ``import *``, and for ``help``
            return sorted(homes)
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return vars(import_module(homes[name]))[name]

    def names() -> list[str]:
        return sorted(homes)

    return find, names
