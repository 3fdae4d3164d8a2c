"""All known troubles; of those that fit, the first counts."""

from collections.abc import Iterator
from dataclasses import replace

from pywry_auth.coach.entry import Entry, Trouble
from pywry_auth.coach.families import Family
from pywry_auth.errors import AuthenticationError


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


def seen_on_page(trouble: Trouble) -> Entry | None:
    """
    Give what the provider's page had said before the person closed it, if that is so.

    What the developers of another provider would have to do is left out.
    """
    if not isinstance(trouble.error, AuthenticationError):
        return None
    code = trouble.error.context.get("page")
    named = [entry for entry in every_entry() if code and entry.on_page and entry.code == code]
    certain = (
        *(entry for entry in named if entry.family is trouble.family),
        *(entry for entry in named if entry.family is Family.ANY),
        *(replace(entry, fix=trouble.error.hint, source="") for entry in named),
    )
    return next(iter(certain), None)


def fitting(trouble: Trouble) -> Iterator[Entry]:
    """Give what fits, in the order in which it counts."""
    return (entry for entry in every_entry() if entry.fits(trouble))
