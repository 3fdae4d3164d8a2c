"""The session of one account, which takes in nobody else."""

from pywry_auth.account_store import account_of
from pywry_auth.errors import StepUpError
from pywry_auth.session.manager import SessionManager
from pywry_auth.tokens import OAuthTokenSet


class OwnSession(SessionManager):
    """
    A session whose key names a person.

    Whoever is asked to sign in again may be somebody else, who would then act under that name.
    """

    async def save_tokens(self, tokens: OAuthTokenSet) -> None:
        """
        Take over the tokens of a new sign-in of the same person.

        Raises:
            StepUpError: they are somebody else's; nothing is kept.
        """
        provider, _, _ = self.session_key.partition("/")
        if account_of(provider, tokens).key != self.session_key:
            raise StepUpError(
                "somebody else signed in than the person who was asked",
                hint="sign in with the account that was asked for, or add the other one",
            )
        await super().save_tokens(tokens)
