"""What a request to a target may have beyond its method with its path."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from pywry_auth.json_value import is_mapping


#: one value of a query, or several under one name
QueryValue = str | int | float | bool | None | Sequence[str | int | float | bool | None]
#: a file: its content; with a name; with a name and a media type
FileValue = bytes | tuple[str, bytes] | tuple[str, bytes, str]
Query = Mapping[str, QueryValue]


class RequestOptions(TypedDict, total=False):
    """All of it; at most one of ``json``, ``data``, ``content``; ``files`` may go with ``data``."""

    params: Query | None
    headers: Mapping[str, str] | None
    json: object
    data: Mapping[str, object]
    content: bytes | str
    files: Mapping[str, FileValue]
    #: seconds, in place of those of the settings
    timeout: float | None
    #: whether it may be sent twice; by the method where it is left out
    idempotent: bool | None


def known(**options: Unpack[RequestOptions]) -> RequestOptions:
    """
    Give *options* back.

    Raises:
        TypeError: one of them is none; misspelt, it would silently be left out.
    """
    unknown = sorted(set(options) - set(RequestOptions.__annotations__))
    if unknown:
        raise TypeError(f"a request has no option {', '.join(unknown)}")
    return options


def with_fields(options: RequestOptions, fields: Mapping[str, str]) -> RequestOptions:
    """Give *options* with *fields* in the JSON that is sent, or else in the query."""
    if "json" in options:
        sent = options["json"]
        return {**options, "json": {**(sent if is_mapping(sent) else {}), **fields}}
    return {**options, "params": {**(options.get("params") or {}), **fields}}


def without_query(options: RequestOptions) -> RequestOptions:
    """Give *options* without the query."""
    return {**options, "params": None}
