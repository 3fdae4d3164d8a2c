"""One line of the table of what a relying party must accept or refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.errors import AuthError
from pywry_auth.flow.values import SignInOptions
from pywry_auth.providers.feature_use import FeatureUse
from pywry_auth.testing.conduct import Conduct
from pywry_auth.testing.demands import Pushing


#: the endpoints of a sign-in, in the order in which a correct client first calls them
ORDER = ("discovery", "par", "authorize", "token", "jwks", "userinfo")


@dataclass(frozen=True, slots=True)
class ConformanceRow:
    """
    One thing a provider may do, and what a relying party must make of it.

    Attributes:
        name: the name in the OpenID Foundation's conformance suite; rows of our own begin with
            ``own-``.
        conduct: what the provider does.
        error: the exact class of the error the client must raise; None when it must accept.
        last: the last endpoint that may be called.
        scopes: what the client asks for.
        authorize_params: what the client adds to the authorization request.
        claims: members that must arrive in userinfo.
        says: the ``error`` word the raised error must carry, or None.
        sign_ins: how many times in a row the client signs in.
        options: what each of these sign-ins asks for besides.
        par: when the client hands requests over.
        dpop: when the client asks for tokens that are bound to a key.
        resources: what the client names its tokens for.
        token_calls: how many times the token endpoint may be called before the client refuses.
    """

    name: str
    conduct: Conduct
    error: type[AuthError] | None = None
    last: str = "userinfo"
    scopes: tuple[str, ...] = ("openid",)
    authorize_params: Mapping[str, str] = field(default_factory=dict[str, str])
    claims: tuple[str, ...] = ()
    says: str | None = None
    sign_ins: int = 1
    options: SignInOptions = field(default_factory=SignInOptions)
    par: FeatureUse = FeatureUse.WHEN_ANNOUNCED
    dpop: FeatureUse = FeatureUse.OFF
    resources: tuple[str, ...] = ()
    token_calls: int = 1

    @property
    def allowed(self) -> frozenset[str]:
        """The endpoints that may be called at all; keys may be read early, but not at once."""
        called = set(ORDER[: ORDER.index(self.last) + 1])
        if self.conduct.pushing is Pushing.NONE:
            called.discard("par")
        return frozenset(called if self.last == "discovery" else called | {"jwks"})
