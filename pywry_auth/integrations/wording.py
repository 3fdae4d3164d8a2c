"""Answers of token endpoints that have words of their own, for `OAuth2Flow.plain`."""

import json

from pywry_auth.json_value import is_object
from pywry_auth.protocol.wire import WireReply


def members_of(reply: WireReply) -> dict[str, object] | None:
    """Give the members of an answer; None where it is no JSON object."""
    try:
        found: object = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return dict(found) if is_object(found) else None


def reworded(reply: WireReply, members: dict[str, object]) -> WireReply:
    """Give the same answer with other members."""
    return WireReply(reply.status, reply.headers, json.dumps(members).encode())
