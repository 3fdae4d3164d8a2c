"""The token endpoint, asked for tokens by a grant that needs no redirect."""

from collections.abc import Mapping, Sequence

from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import WireRequest, form_request


def grant_request(
    token_url: str,
    *,
    fields: Mapping[str, str],
    proof: ClientProof,
    resources: Sequence[str] = (),
) -> WireRequest:
    """
    Ask for tokens with a whole grant (RFC 6749 section 4, RFC 8707 section 2).

    Args:
        token_url: whom to ask.
        fields: what the grant says; some of it is secret.
        proof: which client asks; it wins over what *fields* say about the client.
        resources: where the tokens are to be used.
    """
    return form_request(token_url, {**fields, "resource": resources, **proof.fields}, proof.headers)
