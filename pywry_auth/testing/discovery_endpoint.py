"""The metadata document, put together from what each part announces."""

from collections.abc import Mapping

from pywry_auth.testing.answers import announcement
from pywry_auth.testing.conduct import Reply
from pywry_auth.testing.edits import edited
from pywry_auth.testing.part import Announced, Memory, Part, json_reply
from pywry_auth.testing.seen import SeenRequest


def _discovery(memory: Memory, _seen: SeenRequest) -> Reply:
    document: dict[str, Announced] = {}
    for part in memory.parts:
        for name, value in part.announces(memory).items():
            document[name] = _joined(document.get(name), value)
    return json_reply(edited(document, memory.conduct.discovery, now=memory.now))


def _joined(old: Announced | None, new: Announced) -> Announced:
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(each for each in new if each not in old)]
    return new


def _announces(memory: Memory) -> Mapping[str, Announced]:
    grant_types = [name for part in memory.parts for name in part.grant_types]
    return announcement(memory.url, memory.jwks_path, memory.conduct) | {
        "grant_types_supported": grant_types
    }


def _jwks(memory: Memory, _seen: SeenRequest) -> Reply:
    return json_reply(memory.shelf.jwks())


DISCOVERY = Part(endpoints={"discovery": _discovery, "jwks": _jwks}, announces=_announces)
