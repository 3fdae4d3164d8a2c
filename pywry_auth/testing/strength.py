"""How strongly the person signed in (OIDC Core 2, RFC 9470): as strongly as was asked."""

from collections.abc import Mapping

from pywry_auth.testing.grant import Grant
from pywry_auth.testing.part import Announced, Memory, Part
from pywry_auth.testing.seen import SeenRequest


STRENGTHS = ["urn:example:silver", "urn:example:gold"]


def _claims(_memory: Memory, _seen: SeenRequest, grant: Grant) -> Mapping[str, object]:
    asked = grant.params.get("acr_values", "").split()
    return {"acr": asked[0]} if asked else {}


def _announces(_memory: Memory) -> Mapping[str, Announced]:
    return {"acr_values_supported": list(STRENGTHS)}


STRENGTH = Part(claims=_claims, announces=_announces)
