"""What the environment says about targets, by way of the application's credentials."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from pywry_auth.errors import CredentialMissingError
from pywry_auth.integrations.credentials.app_credentials import AppCredentials, UserCredentials
from pywry_auth.integrations.discreet import wrong_fields
from pywry_auth.integrations.registry import available_auth_providers
from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.integrations.token_binding import TokenBinding


logger = logging.getLogger(__name__)

_ANY = "any"  # a token to ask with for what may go with one


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What the environment said when it was looked at.

    Attributes:
        ways: target -> the bindings that make its settings, with what they make them from.
    """

    ways: Mapping[str, tuple[TokenBinding, AppCredentials]] = field(repr=False)

    @classmethod
    def seen(cls) -> "Surroundings":
        """Look at the environment now; a provider that is not configured well is left out."""
        ways: dict[str, tuple[TokenBinding, AppCredentials]] = {}
        for name, kind in available_auth_providers().items():
            try:
                provider = kind()
            except ValueError as exc:  # one wrong variable takes away one provider, not all
                left_out(name, exc)
                continue
            for target, binding in provider.bindings().items():
                if isinstance(binding, TokenBinding):
                    ways.setdefault(target, (binding, provider.app_credentials))
        return cls(ways)

    def whole(self, target: str) -> dict[str, object] | None:
        """
        Give the fields of a *target* that the environment has a token for; None for any other.

        Raises:
            ValidationError: they do not fit; the values are not shown.
        """
        way = self.ways.get(target)
        if way is None:
            return None
        binding, app = way
        try:
            return _said(binding.settings(target, app))
        except CredentialMissingError:
            return None

    def gaps(self, target: str) -> dict[str, object]:
        """
        Give the fields of *target* that the environment says anything about, token or not.

        Raises:
            ValidationError: they do not fit; the values are not shown.
        """
        whole = self.whole(target)
        way = self.ways.get(target)
        if whole is not None or way is None:
            return whole or {}
        binding, app = way
        found = _said(binding.settings(target, app, UserCredentials(access_token=_ANY)))
        return {name: found[name] for name in found if name not in {"token", "token_type"}}


def _said(settings: ProviderSettings) -> dict[str, object]:
    return {name: value for name, value in settings if name in settings.model_fields_set}


def left_out(name: str, why: ValueError) -> None:
    """Note in the log that what the environment says of *name* cannot be used."""
    logger.warning(
        "integrations.left_out: %s is not configured from the environment, "
        "which says something of its %s that cannot be used",
        name,
        wrong_fields(why) or "credentials",
        extra={"provider": name, "reason": type(why).__name__},
    )
