"""What an application chooses for its first run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.desktop.wizard.known import MakeProvider
from pywry_auth.desktop.wizard.theme import Theme
from pywry_auth.desktop.wizard.typed import MICROSOFT


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    The settings of one wizard.

    Attributes:
        theme: how it looks.
        folder: where it is remembered how far a person came.
        reasons: why a scope is asked for, by scope.
        organisations: makes a provider of an issuer that a person named; None where nobody may.
        microsoft: where tenants are asked for.
    """

    theme: Theme
    folder: Path
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    organisations: MakeProvider | None = None
    microsoft: str = MICROSOFT
