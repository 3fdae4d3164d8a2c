"""One request to a resource, with what is done until it is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pywry_auth.clock import Clock
from pywry_auth.errors import ReauthRequiredError, TokenError, TokenExpiredError
from pywry_auth.http_auth.futility import Futility
from pywry_auth.http_auth.session import ReadySession, TokenSession, require_session
from pywry_auth.http_auth.step_up import StepUps
from pywry_auth.protocol.bound import is_bound
from pywry_auth.protocol.dpop import DPoPNonces, proof
from pywry_auth.protocol.origin import Origin, allowed_origins
from pywry_auth.protocol.refusal import Refusal, StepUpChallenge, refusal_of
from pywry_auth.protocol.resource import Carried, Remedy, Sent, remedy_for
from pywry_auth.runtime import LOOP
from pywry_auth.tokens import OAuthTokenSet


#: what a redirect makes necessary once more; the others are done once for the whole request
_OF_ONE_HOP = frozenset({Remedy.ATTACH, Remedy.PROVE_AGAIN})


@dataclass(frozen=True, slots=True)
class Credentials:
    """
    What one request takes along.

    Attributes:
        access_token: to be told apart from newer ones.
        authorization: value of the header of that name.
        proof: value of the ``DPoP`` header, good for one request; None for bearer tokens.
    """

    access_token: str = field(repr=False)
    authorization: str = field(repr=False)
    proof: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the wire; a redirect makes another one."""

    method: str
    url: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    How a hop was answered.

    Attributes:
        status: the status code.
        challenge: value of ``WWW-Authenticate``, or "".
        nonce: value of ``DPoP-Nonce``, or "".
    """

    status: int
    challenge: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What a hop had with it.

    Attributes:
        carried: how much of it is ours.
        access_token: the token, or "".
    """

    carried: Carried
    access_token: str = field(default="", repr=False)

    @classmethod
    def read(cls, authorization: str | None, *, is_ours: bool, is_proven: bool) -> "Taken":
        """
        Read it from the headers of the request.

        Args:
            authorization: value of the header of that name.
            is_ours: whether that was not the caller's own.
            is_proven: whether there is a ``DPoP`` header beside it.
        """
        if authorization is None:
            return cls(Carried.NOTHING)
        if not is_ours:
            return cls(Carried.NOT_OURS)
        scheme, _, token = authorization.partition(" ")
        lacks_proof = scheme.lower() == "dpop" and not is_proven
        return cls(Carried.NO_PROOF if lacks_proof else Carried.ALL, token)


class ResourceAccess:
    """
    What all requests of one ``auth`` object share.

    Args:
        session: who holds the tokens.
        origins: where they may go.
        on_step_up: signs the person in as a resource wants it, or None.
        clock: tells the time.

    Raises:
        ConfigError: no origin is allowed, what is written is none, or *session* is none.
    """

    def __init__(
        self,
        session: TokenSession,
        *,
        origins: Iterable[str],
        on_step_up: Callable[[StepUpChallenge], object] | None,
        clock: Clock,
    ) -> None:
        require_session(session)
        self.origins = allowed_origins(origins)
        self.session = session
        self._fresh_tokens = session.fresh_tokens if isinstance(session, ReadySession) else _none
        self._made: tuple[OAuthTokenSet | None, Credentials | None] = None, None
        self.step_ups = StepUps(on_step_up)
        self.futility = Futility(clock)
        self._nonces = DPoPNonces()
        self._now = clock.now

    def __repr__(self) -> str:
        return f"{self.session!r}, allowed_origins={sorted(map(str, self.origins))}"

    def allows(self, origin: Origin | None) -> bool:
        """Say whether a request to *origin* may take a token along."""
        return origin in self.origins

    def learn(self, hop: Hop, nonce: str) -> None:
        """Note what the next proof for this origin must carry, whichever answer said so."""
        if nonce and self.allows(hop.origin):
            self._nonces.learn(hop.url, {"dpop-nonce": nonce})

    def has_nonce_for(self, hop: Hop) -> bool:
        """Say whether this origin gave any."""
        return self._nonces.nonce_for(hop.url) is not None

    def at_hand(self) -> Credentials | None:
        """Give credentials that need nobody to wait, or None."""
        tokens = self._fresh_tokens()
        known, made = self._made  # thousands of requests go with the same ones
        if tokens is known:
            return made
        if tokens is None or is_bound(tokens):
            return None
        made = Credentials(tokens.access_token, tokens.authorization_header, None)
        self._made = tokens, made
        return made

    def at_hand_of_thread(self) -> Credentials | None:
        """Give the same to a caller that blocks; None on the loop, which must not be blocked."""
        return None if LOOP.is_here else self.at_hand()

    async def current(self, hop: Hop) -> Credentials:
        """
        Give the credentials for *hop*.

        Raises:
            TokenError: there is no token to be had, or it cannot be proven to be ours.
        """
        await self.session.get_access_token()
        tokens = self.session.tokens
        if tokens is None:
            raise TokenExpiredError("the session ended meanwhile")
        return await self.for_tokens(tokens, hop)

    async def for_tokens(self, tokens: OAuthTokenSet, hop: Hop) -> Credentials:
        """
        Give what of *tokens* belongs on *hop*.

        Raises:
            TokenError: they are bound to a key that nobody here holds.
        """
        token = tokens.access_token
        if not is_bound(tokens):
            return Credentials(token, tokens.authorization_header, None)
        key = await self.session.dpop_key()
        if key is None:
            raise TokenError("the key that the tokens are bound to is lost; sign in again")
        made = proof(
            key,
            hop.method,
            hop.url,
            now=self._now() + (tokens.clock_offset or 0.0),
            nonce=self._nonces.nonce_for(hop.url),
            access_token=token,
        )
        return Credentials(token, tokens.authorization_header, made)


class Exchange:
    """
    One request of the application, over all its redirects and repetitions.

    Args:
        access: what it shares with all others.
        since: how many step-ups had ended when its token was taken; all of them when left out.
    """

    __slots__ = ("_access", "_step_ups_before", "_tried")

    def __init__(self, access: ResourceAccess, *, since: int | None = None) -> None:
        self._access = access
        self._step_ups_before = access.step_ups.ended if since is None else since
        self._tried: set[tuple[Remedy, Hop | None]] = set()

    async def begin(self, hop: Hop) -> Credentials:
        """
        Give the credentials the request begins with.

        Raises:
            TokenError: there are none to be had.
        """
        self._step_ups_before = self._access.step_ups.ended
        return await self._access.current(hop)

    def remedy(self, hop: Hop, answer: Answer, taken: Taken) -> Remedy:
        """Say what to do about *answer*, and note what it tells of the next ones."""
        self._access.learn(hop, answer.nonce)
        refusal = refusal_of(answer.status, answer.challenge)
        if taken.carried is Carried.ALL:
            self._note(refusal, hop, taken)
        tried = frozenset(remedy for remedy, where in self._tried if where in {None, hop})
        sent = Sent(hop.method, taken.carried, tried, self._access.step_ups.possible)
        remedy = remedy_for(refusal, sent)
        if remedy is Remedy.PROVE_AGAIN and not self._access.has_nonce_for(hop):
            return Remedy.RETURN  # what came beside the demand was none
        return remedy

    def _note(self, refusal: Refusal, hop: Hop, taken: Taken) -> None:
        if refusal is Refusal.NONE:
            self._access.futility.accepted(hop.origin, taken.access_token)
        elif refusal is Refusal.TOKEN and (Remedy.RENEW, None) in self._tried:
            self._access.futility.refused(hop.origin, taken.access_token)

    async def apply(
        self, remedy: Remedy, hop: Hop, answer: Answer, taken: Taken
    ) -> Credentials | None:
        """
        Do it.

        Args:
            remedy: what to do.
            hop: the request that was answered.
            answer: the answer.
            taken: what the request took along.

        Returns:
            The credentials to repeat the request with; None where it would be the same again.

        Raises:
            TokenError: there is no token to be had; see ``SessionManager.get_access_token``.
            Exception: whatever the application's own ``on_step_up`` raised.
        """
        self._tried.add((remedy, hop if remedy in _OF_ONE_HOP else None))
        match remedy:
            case Remedy.ATTACH | Remedy.PROVE_AGAIN:
                return await self._access.current(hop)
            case Remedy.RENEW:
                made = await self._renewed(taken, hop)
            case Remedy.STEP_UP:
                made = await self._stepped_up(answer.challenge, hop)
            case Remedy.RETURN:
                return None
        return None if made is None or made.access_token == taken.access_token else made

    async def _renewed(self, taken: Taken, hop: Hop) -> Credentials | None:
        held = self._access.session.tokens
        is_newest = held is not None and held.access_token == taken.access_token
        if is_newest and not self._access.futility.allows(hop.origin):
            return None
        try:
            tokens = await self._access.session.renew_rejected(taken.access_token)
        except ReauthRequiredError:
            raise
        except TokenExpiredError:
            return None  # nothing can be renewed here: the resource's own answer says more
        return await self._access.for_tokens(tokens, hop)

    async def _stepped_up(self, header: str, hop: Hop) -> Credentials | None:
        challenge = StepUpChallenge.read(header)
        if challenge is None:
            return None
        await self._access.step_ups.meet(challenge, since=self._step_ups_before)
        return await self._access.current(hop)


def _none() -> None:
    """Stand for a session that can only be awaited."""
