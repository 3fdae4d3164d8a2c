"""What a parsed JSON value is, told to the type checker too."""

from collections.abc import Mapping
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
