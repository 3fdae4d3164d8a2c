"""Whom a held credential belongs to, as the text under which it is kept."""

import json
from collections.abc import Mapping, Sized
from typing import TypeVar

from pywry_auth.errors import ConfigError
from pywry_auth.json_value import is_mapping, names_are_strings


T = TypeVar("T", bound=Sized)

#: a string, or anything that can be written as a JSON object
Subject = str | Mapping[str, object]


def subject_key(subject: object) -> str:
    """
    Give the text that stands for *subject*: one for a string, another one for any mapping.

    The order of a mapping's names makes no difference.

    Raises:
        TypeError: it is neither, or holds what JSON cannot say.
        ConfigError: it is empty, and would be one account for everybody; it is a ``ValueError``.
    """
    if isinstance(subject, str):
        text = str.__str__(subject)  # an enumeration says its own name otherwise
        return "s:" + _required(text)
    if not is_mapping(subject):
        raise TypeError(f"a subject is a string or a mapping, not {type(subject).__name__}")
    _required(subject)
    try:
        text = json.dumps(dict(subject), sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        raise TypeError(f"a subject must be what JSON can say: {type(exc).__name__}") from None
    if not names_are_strings(subject):  # JSON would write 1 as "1", for two subjects in one
        raise TypeError("the names in a subject are strings")
    return f"j:{text}"


def _required(subject: T) -> T:
    # Mostly somebody whom the program forgot to sign in: all of those would share one account.
    if len(subject) == 0:
        raise ConfigError(
            "the subject is empty", hint="say whose it is, such as by the id of the user"
        )
    return subject
