"""Names of a package that are imported when somebody asks for them (PEP 562)."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


class UnknownNameError(AttributeError):
    """
    A package has no such name; it says which other one has, but only if somebody reads it.

    Python asks for unknown names all the time, so nothing is looked up before.
    """

    #: what was asked for
    wanted: str = ""
    #: the packages where it may be
    parts: Sequence[str] = ()

    def __str__(self) -> str:
        homes = [part for part in self.parts if self.wanted in dir(import_module(part))]
        return f"{super().__str__()}; it is in {homes[0]}" if homes else super().__str__()


def lazy_names(
    package: str, homes: Mapping[str, str], *, parts: Sequence[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """
    Make ``__getattr__`` and ``__dir__`` of *package*.

    Args:
        package: its ``__name__``.
        homes: public name -> the module that defines it; a ``.pyi`` beside it gives the types.
        parts: other packages, of which an error says that they have what is asked for here.
    """

    def find(name: str) -> object:
        if name == "__all__":  # for ``import *``, and for ``help``
            return sorted(homes)
        if name not in homes:
            error = UnknownNameError(f"module {package!r} has no attribute {name!r}")
            error.wanted, error.parts = name, parts
            raise error
        return vars(import_module(homes[name]))[name]

    def names() -> list[str]:
        return sorted(homes)

    return find, names
