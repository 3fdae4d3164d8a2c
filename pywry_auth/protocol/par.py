"""Handing the authorization request over before a person sees anything of it (RFC 9126)."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from pywry_auth.errors import CallbackError, DiscoveryTransportError, TokenError
from pywry_auth.protocol.authorization import refused_request
from pywry_auth.protocol.client_auth import ClientProof
from pywry_auth.protocol.wire import WireReply, WireRequest, form_request, with_query


#: what a server says that has no such endpoint, whatever its metadata says
ABSENT = frozenset({404, 405, 501})
#: what would have been said at the token endpoint; the rest would have come by the redirect
_ABOUT_THE_CLIENT = frozenset({"invalid_client", "invalid_dpop_proof", "use_dpop_nonce"})


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """
    What stands for a request that was handed over; to be used once.

    Attributes:
        request_uri: names the request to the authorization endpoint.
        expires_in: seconds after which the server forgets it.
    """

    request_uri: str = field(repr=False)
    expires_in: float


def push_request(par_url: str, authorize_url: str, *, proof: ClientProof) -> WireRequest:
    """
    Ask to have a request kept (RFC 9126 section 2.1).

    Args:
        par_url: the endpoint for it.
        authorize_url: the whole request, as a browser would be sent to it.
        proof: which client asks; the same as at the token endpoint.
    """
    fields: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(urlsplit(authorize_url).query, keep_blank_values=True):
        kept = fields.setdefault(name, [])
        if isinstance(kept, list):
            kept.append(value)
    return form_request(par_url, {**fields, **proof.fields}, proof.headers)


def read_pushed(reply: WireReply) -> PushedRequest:
    """
    Read the answer (RFC 9126 section 2.2); whatever is wrong has the same error as without it.

    Raises:
        DiscoveryTransportError: the server says "not now".
        TokenError: it does not believe which client this is.
        CallbackError: it refuses, as it would have by a redirect; or its answer cannot be used.
    """
    if reply.is_transient:
        raise DiscoveryTransportError(
            f"the provider cannot take the sign-in now (status {reply.status})"
        )
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import PushedReply

    _require_no_refusal(reply)
    try:
        found = PushedReply.model_validate_json(reply.body)
    except ValidationError:
        found = None
    if found is None or not 200 <= reply.status < 300:  # noqa: PLR2004
        raise CallbackError(
            f"the provider did not take the request it wants to be handed (status {reply.status})"
        )
    return PushedRequest(found.request_uri, found.expires_in)


def _require_no_refusal(reply: WireReply) -> None:
    from pydantic import ValidationError

    from pywry_auth.protocol.replies import ErrorReply

    try:
        said = ErrorReply.model_validate_json(reply.body)
    except ValidationError:
        return
    refused = refused_request(said.error, said.error_description)
    if refused.error in _ABOUT_THE_CLIENT:
        raise TokenError(
            str(refused), error=refused.error, error_description=refused.error_description
        )
    raise refused


def pushed_url(authorize_url: str, *, client_id: str, request_uri: str) -> str:
    """
    Give what the browser is sent to (RFC 9126 section 4).

    Args:
        authorize_url: the authorization endpoint, with whatever query it has of its own.
        client_id: the client identifier.
        request_uri: names the request.
    """
    return with_query(authorize_url, {"client_id": client_id, "request_uri": request_uri})
