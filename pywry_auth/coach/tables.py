"""All known troubles; of those that fit, the first counts."""

from collections.abc import Iterator

from pywry_auth.coach.entry import Entry, Trouble


def every_entry() -> tuple[Entry, ...]:
    """Give the tables, the most particular first; they are read from the disk only now."""
    from pywry_auth.coach import (
        communities,
        google,
        identity_services,
        keychains,
        microsoft,
        microsoft_people,
        network,
        standards,
    )

    return (
        *microsoft_people.ENTRIES,
        *microsoft.ENTRIES,
        *google.ENTRIES,
        *identity_services.ENTRIES,
        *communities.ENTRIES,
        *keychains.ENTRIES,
        *network.ENTRIES,
        *standards.ENTRIES,
    )


def fitting(trouble: Trouble) -> Iterator[Entry]:
    """Give what fits, in the order in which it counts."""
    return (entry for entry in every_entry() if entry.fits(trouble))
