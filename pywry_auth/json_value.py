"""What a parsed JSON value is, told to the type checker too."""

from collections.abc import Iterable, Mapping
from typing import TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Say whether *value* is a JSON object, whose names are always strings."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Say whether *value* is a JSON array, or the tuple Python writes as one."""
    return isinstance(value, list | tuple)


def is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    """Say whether *value* maps names to values, as whoever made it promises."""
    return isinstance(value, Mapping)


def names_are_strings(value: object) -> bool:
    """Say whether JSON can write every name in *value*, however deep; it must hold no circle."""
    left: list[object] = [value]
    while left:
        one = left.pop()
        if is_mapping(one):
            if not _are_strings(one):
                return False
            left.extend(one.values())
        elif is_array(one):
            left.extend(one)
    return True


def _are_strings(names: Iterable[object]) -> bool:
    return all(isinstance(name, str) for name in names)
