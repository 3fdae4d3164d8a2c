"""What is looked at."""

from dataclasses import dataclass, field

from pywry_auth.preflight.values import ANYWHERE, Depth, Redirect
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.token_store.base import TokenStore
from pywry_auth.ui.texts import ENGLISH, Texts
from pywry_auth.window.base import WindowKind


@dataclass(frozen=True, slots=True)
class Subject:
    """
    One sign-in that has not begun.

    Attributes:
        provider: where; None looks at this machine alone.
        store: where the tokens would go; None for nowhere.
        window: which window was asked for.
        redirect: where the answer would arrive.
        depth: how much is looked at.
        texts: the language of the person.
    """

    provider: OAuthProvider | None = field(default=None, repr=False)
    store: TokenStore | None = field(default=None, repr=False)
    window: WindowKind = WindowKind.AUTO
    redirect: Redirect = ANYWHERE
    depth: Depth = Depth.QUICK
    texts: Texts = ENGLISH

    @property
    def asks_network(self) -> bool:
        """Whether the provider may be asked."""
        return self.depth is not Depth.QUICK

    @property
    def issuer(self) -> str:
        """The provider's issuer, as far as it is known; "" otherwise."""
        return "" if self.provider is None else self.provider.origin().issuer
