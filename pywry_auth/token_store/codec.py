"""One token set as text, the way every store keeps it."""

import json
from collections.abc import Iterator

from pywry_auth.errors import StoredDataError, TokenError
from pywry_auth.json_value import is_array, is_object
from pywry_auth.tokens import MAX_SECONDS, SECRET_MEMBERS, OAuthTokenSet, TokenOrigin


#: grows when an older release could misread what a newer one wrote
SCHEMA = 1


class NewerFormatError(StoredDataError):
    """A newer release wrote this record; it is left where it is."""


def encode(tokens: OAuthTokenSet) -> str:
    """
    Write *tokens* as one line of ASCII.

    Member names are short and absent members are left out, because a credential store may hold as
    little as 1280 characters in one entry. ASCII may be cut anywhere.
    """
    origin = tokens.origin
    members: dict[str, object] = {
        "at": tokens.access_token,
        "tt": tokens.token_type,
        "rt": tokens.refresh_token,
        "it": tokens.id_token,
        "sc": tokens.scope or None,
        "iat": tokens.issued_at,
        "exp": tokens.expires_in,
        "rexp": tokens.refresh_expires_in,
        "raw": _storable(tokens.raw) or None,
        "off": tokens.clock_offset,
        "own": None if origin is None else [origin.issuer, origin.client_id, origin.subject],
    }
    present = {name: value for name, value in members.items() if value is not None}
    return _text({"v": SCHEMA, **present})


def decode(text: str) -> OAuthTokenSet:
    """
    Read what `encode` wrote, or the older form that has no version.

    Raises:
        NewerFormatError: a newer release wrote it.
        StoredDataError: it is damaged. No message holds any of the text.
    """
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError):
        raise StoredDataError("the stored record is not JSON") from None
    if not is_object(data):
        raise StoredDataError("the stored record is not a JSON object")
    version = data.get("v")
    try:
        match version:
            case None:
                return _older(data)
            case 1:  # not SCHEMA: a release that adds a format still reads this one
                return _first(data)
            case _:
                pass
    except TokenError as exc:
        raise StoredDataError(f"the stored record is damaged: {exc}") from None
    if isinstance(version, int) and version > SCHEMA:
        raise NewerFormatError(
            f"the stored record has format {version}, this release reads up to {SCHEMA}",
            hint="update this application, or sign in again",
        )
    raise StoredDataError("the stored record names no format that ever was")


def _first(data: dict[str, object]) -> OAuthTokenSet:
    return OAuthTokenSet(
        access_token=_required(data, "at"),
        token_type=_required(data, "tt"),
        refresh_token=_string(data, "rt"),
        expires_in=_number(data, "exp"),
        id_token=_string(data, "it"),
        scope=_string(data, "sc") or "",
        raw=_members(data, "raw"),
        issued_at=_instant(data, "iat"),
        refresh_expires_in=_number(data, "rexp"),
        origin=_origin(data.get("own")),
        clock_offset=_offset(data.get("off")),
    )


def _older(data: dict[str, object]) -> OAuthTokenSet:
    return OAuthTokenSet(
        access_token=_required(data, "access_token"),
        token_type=_string(data, "token_type") or "Bearer",
        refresh_token=_string(data, "refresh_token"),
        expires_in=_number(data, "expires_in"),
        id_token=_string(data, "id_token"),
        scope=_string(data, "scope") or "",
        raw=_members(data, "raw"),
        # Nobody knows when: counted as long ago, so that it is renewed before it is used.
        issued_at=_instant(data, "issued_at"),
        refresh_expires_in=_number(data, "refresh_expires_in"),
    )


def _string(data: dict[str, object], name: str) -> str | None:
    value = data.get(name)
    if value is None or isinstance(value, str):
        return value
    raise StoredDataError(f"the member {name} of the stored record is not a string")


def _required(data: dict[str, object], name: str) -> str:
    value = _string(data, name)
    if value is None:
        raise StoredDataError(f"the stored record lacks {name}")
    return value


def _number(data: dict[str, object], name: str) -> float | str | None:
    value = data.get(name)
    if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
        return value
    raise StoredDataError(f"the member {name} of the stored record is not a number")


def _instant(data: dict[str, object], name: str) -> float:
    value = data.get(name)
    if value is None:
        return 0.0
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise StoredDataError(f"the member {name} of the stored record is not an instant")


def _offset(value: object) -> float | None:
    # Only ever a hint; a record is never lost for it.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) <= MAX_SECONDS else None
    return None


def _members(data: dict[str, object], name: str) -> dict[str, object]:
    value = data.get(name)
    if value is None:
        return {}
    if is_object(value):
        return _storable(value)
    raise StoredDataError(f"the member {name} of the stored record is not an object")


def _origin(value: object) -> TokenOrigin | None:
    if value is None:
        return None
    words = list(_strings(value))
    if len(words) != 3:  # noqa: PLR2004 - issuer, client id, subject
        raise StoredDataError("the stored record does not say whose it is")
    return TokenOrigin(*words)


def _strings(value: object) -> Iterator[str]:
    if is_array(value):
        yield from (word for word in value if isinstance(word, str))


def _storable(members: object) -> dict[str, object]:
    """Strictly private: leave out what is secret at any depth, and what JSON cannot say."""
    if not is_object(members):
        return {}
    clean = {name: _clean(value) for name, value in members.items() if _is_kept(name)}
    return {name: value for name, value in clean.items() if _is_json(value)}


def _clean(value: object) -> object:
    if is_object(value):
        return {name: _clean(item) for name, item in value.items() if _is_kept(name)}
    if is_array(value):
        return [_clean(item) for item in value]
    return value


def _is_kept(name: object) -> bool:
    return isinstance(name, str) and name not in SECRET_MEMBERS


def _is_json(value: object) -> bool:
    try:
        _text(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
