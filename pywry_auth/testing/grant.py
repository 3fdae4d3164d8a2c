"""One approved request of a person, with the tokens that came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Grant:
    """
    One approved authorization request, however it was made.

    Attributes:
        scope: the granted scopes, separated by spaces.
        auth_time: when the person was there, as a Unix time.
        params: the whole authorization request, for whatever a part of the issuer reads in it.
        redirect_uri: where the code was sent; "" when there was no redirect.
        nonce: what the ID token repeats.
        challenge: the S256 challenge the code is bound to.
        wants_auth_time: whether the ID token tells ``auth_time``.
        spent: whether the code was redeemed.
        ended: whether every refresh is refused.
        signs_in: whether ID tokens come of it.
        refresh_token: the one that is valid now.
        previous: the one before it.
        rotated_at: when the valid one was made, as a Unix time.
    """

    scope: str
    auth_time: int
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    redirect_uri: str = ""
    nonce: str | None = field(default=None, repr=False)
    challenge: str = field(default="", repr=False)
    wants_auth_time: bool = False
    spent: bool = False
    ended: bool = False
    signs_in: bool = True
    refresh_token: str = field(default="", repr=False)
    previous: str = field(default="", repr=False)
    rotated_at: float = 0.0

    @property
    def scopes(self) -> set[str]:
        """The granted scopes."""
        return set(self.scope.split())
