"""The records of credential stores as text, with where each of them lies."""

import json

from pywry_auth.errors import StoredDataError
from pywry_auth.integrations.auth_provider_key import normalised
from pywry_auth.integrations.subjects import Subject, subject_key
from pywry_auth.json_value import is_mapping, is_object, names_are_strings
from pywry_auth.protocol.wire import printable


def record_key(provider: str, subject: Subject) -> str:
    """
    Give the key of one record; however the provider is spelt, however a mapping is ordered.

    Raises:
        TypeError: *subject* is neither a string nor what JSON can say.
    """
    # A slash in the name of a provider would reach into the records of another one.
    name = normalised(provider).replace("%", "%25").replace("/", "%2F")
    return f"{name}/{subject_key(subject)}"


def record_text(data: object) -> str:
    """
    Write *data* as one line of ASCII.

    Raises:
        TypeError: it is no mapping, or holds what JSON cannot say.
    """
    if not is_mapping(data):
        raise TypeError(f"credentials are a mapping, not {type(data).__name__}")
    try:
        text = json.dumps(dict(data), separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        raise TypeError(f"credentials must be what JSON can say: {type(exc).__name__}") from None
    if not names_are_strings(data):  # JSON would write a number as a string
        raise TypeError("the names in credentials are strings")
    return text


def record_in(text: str) -> dict[str, object] | None:
    """Read what `record_text` wrote; None where *text* is anything else."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return dict(found) if is_object(found) else None


def unreadable(provider: str, subject: Subject) -> StoredDataError:
    """Say whose record cannot be read, without any of it."""
    whose = subject if isinstance(subject, str) else json.dumps(dict(subject), sort_keys=True)
    name = normalised(provider)
    return StoredDataError(
        f"what is stored for {printable(whose, 200)} at {name} cannot be read",
        provider=name,
        operation="load",
        hint="connect the account again, which replaces it; or delete it",
    )
