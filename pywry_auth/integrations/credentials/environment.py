"""Which variables of the environment say what, for the fields of a model."""

import os
from collections.abc import Iterable, Mapping


def from_environment(
    names: Mapping[str, Iterable[str]], env: Mapping[str, str] | None = None
) -> dict[str, str]:
    """
    Give what the environment says; the first variable that says something wins.

    Args:
        names: field -> variables, best first.
        env: where they are looked up; the process's own when left out.
    """
    there = os.environ if env is None else env
    found: dict[str, str] = {}
    for field, variables in names.items():
        # A token that a shell read from a file often ends with a newline.
        said = (there.get(variable, "").strip() for variable in variables)
        value = next(filter(None, said), None)
        if value is not None:
            found[field] = value
    return found
