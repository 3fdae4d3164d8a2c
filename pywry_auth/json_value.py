"""What a parsed JSON value is, told to the type checker too."""

from typing import TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Say whether *value* is a JSON object, whose names are always strings."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[object]]:
    """Say whether *value* is a JSON array, or the tuple Python writes as one."""
    return isinstance(value, list | tuple)
