"""Which key a request to a provider is proved with (RFC 9449)."""

import logging
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from pywry_auth import protocol
from pywry_auth.errors import DiscoveryError, TokenError
from pywry_auth.protocol.bound import BEARER, DPOP, PROVED, is_bound
from pywry_auth.protocol.wire import WireReply, WireRequest
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.tokens import OAuthTokenSet


logger = logging.getLogger(__name__)

# One provider serves many sessions at once, each with a key of its own; what its methods take is
# fixed. So the key goes where the call goes, also into the tasks it starts and across loops.
_SPEAKING: "ContextVar[protocol.DPoPKey | None]" = ContextVar("pywry_auth.dpop_key", default=None)


@contextmanager
def speaking_with(key: "protocol.DPoPKey | None") -> Generator[None, None, None]:
    """
    Prove possession of *key* with every request made meanwhile; None proves nothing.

        with speaking_with(key):
            tokens = await provider.refresh_tokens(refresh_token)
    """
    mark = _SPEAKING.set(key)
    try:
        yield
    finally:
        _SPEAKING.reset(mark)


def spoken_key() -> "protocol.DPoPKey | None":
    """Give the key that requests are proved with here; None where nobody named one."""
    return _SPEAKING.get()


class Prover:
    """
    Adds proofs to one provider's requests, and remembers the nonces it is given.

    Args:
        use: when new tokens are bound to a key; tokens that are bound stay so.
    """

    def __init__(self, use: FeatureUse) -> None:
        self.use = use
        self._nonces: protocol.DPoPNonces | None = None

    @property
    def scheme(self) -> str:
        """How an access token is presented here (RFC 9449 section 7.1)."""
        if spoken_key() is None:
            return "Bearer"
        from pywry_auth.protocol.dpop import SCHEME

        return SCHEME

    @property
    def token_types(self) -> frozenset[str]:
        """Which kinds of token can be used here; in lower case."""
        return frozenset({BEARER} if spoken_key() is None else {BEARER, DPOP})

    @property
    def authorize_params(self) -> dict[str, str]:
        """What binds the code to the key already (RFC 9449 section 10)."""
        key = spoken_key()
        return {} if key is None else {"dpop_jkt": key.thumbprint}

    @property
    def is_missing(self) -> bool:
        """Whether a key is required, and nobody named one."""
        return self.use is FeatureUse.REQUIRED and spoken_key() is None

    def new_key(self, announced: Sequence[str] | None) -> "protocol.DPoPKey | None":
        """
        Draw a key for new tokens; None where none is to be used.

        Args:
            announced: the algorithms the provider takes; None where it does not say.

        Raises:
            DiscoveryError: one is required, and the provider takes none that can be made here.
        """
        if self.use is FeatureUse.OFF:
            return None
        from pywry_auth.protocol.dpop import DPoPKey, algorithm_for

        alg = algorithm_for(announced)
        if alg is None and self.use is FeatureUse.REQUIRED:
            if announced is not None:
                raise DiscoveryError("the provider takes no kind of DPoP key that is known here")
            alg = "ES256"
        return None if alg is None else DPoPKey.draw(alg)

    async def ask(
        self,
        send: Callable[[WireRequest], Awaitable[WireReply]],
        make: Callable[[], WireRequest],
        *,
        now: Callable[[], float],
        access_token: str | None = None,
    ) -> WireReply:
        """
        Send what *make* makes, with a proof; once more where the server wants another nonce.

        Args:
            send: sends one request.
            make: makes it, anew each time, because proofs are used once.
            now: gives Unix time in seconds, by the provider's clock as far as it is known.
            access_token: the token in the request, where it is one to a resource.
        """
        key = spoken_key()
        if key is None:
            return await send(make())
        from pywry_auth.protocol.dpop import demanded_nonce, proof

        nonces = self._known_nonces()

        async def once(nonce: str | None) -> WireReply:
            request = make()
            said = nonce or nonces.nonce_for(request.url)
            proved = with_proof(
                request,
                proof(
                    key,
                    request.method,
                    request.url,
                    now=now(),
                    nonce=said,
                    access_token=access_token,
                ),
            )
            reply = await send(proved)
            nonces.learn(request.url, reply.headers)
            return reply

        reply = await once(None)
        # The nonce of this very answer: meanwhile the newest may be one that somebody else got.
        nonce = demanded_nonce(reply)
        return reply if nonce is None else await once(nonce)

    def _known_nonces(self) -> "protocol.DPoPNonces":
        if self._nonces is None:
            from pywry_auth.protocol.dpop import DPoPNonces

            self._nonces = DPoPNonces()
        return self._nonces

    def require_bound(self, tokens: OAuthTokenSet, provider: str) -> OAuthTokenSet:
        """
        Refuse *tokens* that are not bound, though a proof was sent; or note it, in them too.

        Raises:
            TokenError: they had to be.
        """
        if spoken_key() is None or is_bound(tokens):
            return tokens
        if self.use is FeatureUse.REQUIRED:
            raise TokenError(
                "the provider gave tokens that anybody could use, though a proof was required",
                provider,
                hint="set dpop=FeatureUse.WHEN_ANNOUNCED to accept that",
            )
        logger.warning("dpop.downgraded", extra={"provider": provider})
        if tokens.refresh_token is None:
            return tokens
        return replace(tokens, raw={**tokens.raw, PROVED: True})


def with_proof(request: WireRequest, dpop: str) -> WireRequest:
    """Give *request* with its proof."""
    headers = {**request.headers, "dpop": dpop}
    return WireRequest(request.method, request.url, headers, request.body)
