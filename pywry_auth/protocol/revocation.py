"""Telling the server that a token is not needed any more (RFC 7009)."""

from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import WireReply, WireRequest, form_request


def revocation_request(
    revocation_url: str, *, proof: ClientProof, token: str, token_type_hint: str
) -> WireRequest:
    """Ask for the end of *token* (RFC 7009 section 2.1)."""
    fields = {"token": token, "token_type_hint": token_type_hint, **proof.fields}
    return form_request(revocation_url, fields, proof.headers)


def is_revoked(reply: WireReply) -> bool:
    """Read the answer; an unknown token is answered with 200 too (RFC 7009 section 2.2)."""
    return reply.status == 200  # noqa: PLR2004
