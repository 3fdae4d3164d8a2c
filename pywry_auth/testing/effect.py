"""One thing that goes wrong, as data."""

from dataclasses import dataclass, field

from pywry_auth.errors import AuthError
from pywry_auth.testing.conduct import Conduct, usually
from pywry_auth.testing.tricks import Trick


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What a fault does, with what a program must see of it.

    Attributes:
        does: one sentence: what server, browser or person does.
        sees: one sentence: what an application must see.
        conduct: what the issuer does.
        tricks: what the browser does besides.
        sign_in: the exact class of the error a sign-in raises; None when it succeeds.
        renewals: what renewals do that are asked for one after the other once somebody is signed
            in: raise an error of exactly that class, or succeed where it says None.
    """

    does: str
    sees: str
    conduct: Conduct = field(default_factory=usually)
    tricks: tuple[Trick, ...] = ()
    sign_in: type[AuthError] | None = None
    renewals: tuple[type[AuthError] | None, ...] = ()
