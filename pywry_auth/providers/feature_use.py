"""When something that not every provider offers is used."""

from enum import StrEnum


class FeatureUse(StrEnum):
    """
    When a protection is used that a provider may offer.

    Attributes:
        OFF: never.
        WHEN_ANNOUNCED: where the provider's metadata offers it.
        REQUIRED: always; a provider that cannot do it cannot be signed in at.
    """

    OFF = "off"
    WHEN_ANNOUNCED = "when_announced"
    REQUIRED = "required"
