"""All known troubles; of those that fit, the first counts."""

from collections.abc import Iterator

from pywry_auth.coach.entry import Entry, Trouble


def every_entry() -> tuple[Entry, ...]:
    """Give the tables, the most particular first; they are read from the disk only now."""
    from pywry_auth.coach import (
        communities,
        google,
        identity_services,
        microsoft,
        microsoft_people,
    )

    return (
        *google.ENTRIES,
        *microsoft.ENTRIES,
        *microsoft_people.ENTRIES,
        *identity_services.ENTRIES,
        *communities.ENTRIES,
    )


def fitting(trouble: Trouble) -> Iterator[Entry]:
    """Give what fits, in the order in which it counts."""
    return (entry for entry in every_entry() if entry.fits(trouble))
