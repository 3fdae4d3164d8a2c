"""What is said while a session's provider cannot be reached."""

from pywry_auth.coach.advise import advise
from pywry_auth.coach.values import Advice
from pywry_auth.errors import RefreshTransportError
from pywry_auth.ui.texts import Texts


def unreachable(provider: str, texts: Texts) -> Advice:
    """Say so in plain words; whoever is signed in stays so."""
    return advise(RefreshTransportError("the provider cannot be reached", provider), texts=texts)
