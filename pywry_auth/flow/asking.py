"""What one attempt asks of the provider, held against what came."""

from collections.abc import Sequence
from dataclasses import replace

from pywry_auth.errors import ConfigError, StepUpError, TokenError
from pywry_auth.flow.completing import Keep
from pywry_auth.flow.keeping import Keeping
from pywry_auth.flow.values import SignInOptions
from pywry_auth.protocol.scopes import ScopeDifference, granted_by, said_scope, together
from pywry_auth.protocol.step_up import (
    claims_of,
    hinted_subject,
    require_acr,
    require_same_person,
)
from pywry_auth.providers.base import OAuthProvider
from pywry_auth.tokens import OAuthTokenSet


class Asking:
    """
    Lays one sign-in's options over the provider's settings.

    Args:
        provider: where to sign in.
        options: what this sign-in asks for besides.
        held: the tokens of who is signed in already, or None.

    Raises:
        ConfigError: nothing this provider sends could prove what is asked for.
    """

    def __init__(
        self,
        provider: OAuthProvider,
        options: SignInOptions,
        *,
        held: OAuthTokenSet | None = None,
    ) -> None:
        self._provider = provider
        self._options = options
        self._held = held if options.is_step_up else None
        self._person = self._expected_person()
        #: what is asked for, in order
        self.scopes = self._asked()
        if self._needs_claims and not (self.openid and provider.validates_id_tokens):
            raise ConfigError(
                "acr_values and max_age need an ID token that is checked",
                hint="use an OpenID Connect provider, with openid among the scopes",
            )

    @classmethod
    async def begin(
        cls, provider: OAuthProvider, options: SignInOptions, keeping: Keeping
    ) -> "Asking":
        """
        Find out who is signed in already, where that matters.

        Raises:
            ConfigError: nothing this provider sends could prove what is asked for.
            StoreError: what is kept cannot be read.
        """
        if not options.is_step_up:
            return cls(provider, options)
        hint = options.id_token_hint
        person = provider.origin("" if hint is None else hinted_subject(hint))
        return cls(provider, options, held=await keeping.held(person))

    @property
    def openid(self) -> bool:
        """Whether an ID token is asked for."""
        return "openid" in self.scopes

    @property
    def further(self) -> dict[str, str]:
        """What this attempt's authorize URL says differently from the provider's settings."""
        params = self._options.params
        if self._options.scopes is not None or set(self.scopes) != set(self._provider.scopes):
            params |= {"scope": " ".join(self.scopes), **self._provider.incremental_params}
        return params

    def judged(self, tokens: OAuthTokenSet) -> OAuthTokenSet:
        """
        Give *tokens* with the scope they have, if they prove what was asked for.

        Raises:
            StepUpError: too weak a sign-in, or somebody else's.
            TokenError: too old a sign-in, or no ID token though one was asked for.
        """
        if tokens.id_token is None and self.openid and self._wants_id_token:
            raise TokenError("the provider sent no ID token, though one was asked for")
        if self._needs_claims:
            self._require_claims(tokens)
        if tokens.origin is not None and tokens.origin.subject:
            self._require_person(tokens)
        usual = self._provider.scopes
        return replace(tokens, scope=said_scope(tokens, asked=self.scopes, usual=usual))

    def guarding(self, keep: Keep) -> Keep:
        """Give what keeps tokens like *keep*, but only those of whom this sign-in was for."""

        async def keep_or_refuse(tokens: OAuthTokenSet) -> None:
            self._require_person(tokens)
            await keep(tokens)

        return keep_or_refuse

    def _require_person(self, tokens: OAuthTokenSet) -> None:
        if self._person:
            subject = tokens.origin.subject if tokens.origin else ""
            require_same_person(subject, expected=self._person)

    def difference(self, tokens: OAuthTokenSet) -> ScopeDifference:
        """Say what became of the scopes."""
        return ScopeDifference.between(
            self.scopes,
            granted_by(tokens, asked=self.scopes),
            aliases=self._provider.scope_aliases,
        )

    @property
    def _wants_id_token(self) -> bool:
        # A provider that always asks for one has judged that itself.
        provider = self._provider
        return provider.validates_id_tokens and "openid" not in provider.scopes

    @property
    def _needs_claims(self) -> bool:
        options = self._options
        return options.max_age is not None or (bool(options.acr_values) and options.require_acr)

    def _require_claims(self, tokens: OAuthTokenSet) -> None:
        from pywry_auth.protocol.id_token import require_recent_sign_in

        if tokens.id_token is None:
            raise StepUpError("the provider does not say how the person signed in")
        claims = claims_of(tokens.id_token)
        if self._options.max_age is not None:
            # When the person signed in was read off the provider's clock.
            now = self._provider.now()
            require_recent_sign_in(claims, max_age=self._options.max_age, now=now)
        if self._options.acr_values and self._options.require_acr:
            require_acr(claims, self._options.acr_values)

    def _expected_person(self) -> str:
        if self._options.id_token_hint is not None:
            return hinted_subject(self._options.id_token_hint)
        held = self._held
        return held.origin.subject if held is not None and held.origin is not None else ""

    def _kept_besides(self, usual: Sequence[str]) -> tuple[str, ...]:
        # A stronger sign-in takes the place of the tokens so far: what they may do must stay.
        if self._held is None or self._provider.incremental_params:
            return ()
        return granted_by(self._held, asked=usual)

    def _asked(self) -> tuple[str, ...]:
        usual, more = self._provider.scopes, self._options.scopes
        if more is None:
            return together(usual, self._kept_besides(usual))
        first = ["openid"] if "openid" in usual else []
        if self._held is None or self._provider.incremental_params:
            return together(first, more)  # the provider itself adds what was granted before
        return together(together(first, granted_by(self._held, asked=usual)), more)
