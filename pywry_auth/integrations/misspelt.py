"""Names of settings that a program misspelt, for the log."""

import logging
from collections.abc import Mapping

from pywry_auth.integrations.settings import ProviderSettings
from pywry_auth.protocol.wire import printable


logger = logging.getLogger(__name__)

_LIKE = 0.8  # how alike two names are of which one is the other misspelt; 1.0 is the same
_MAX_SHOWN = 80  # characters of a name in the log


def note_misspelt(name: str, fields: Mapping[str, object], kind: type[ProviderSettings]) -> None:
    """
    Note in the log which of *fields* does nothing, because it is a known one misspelt.

    Args:
        name: of the target.
        fields: what a program wrote down for it; any further field is allowed.
        kind: the settings that the target knows.
    """
    from difflib import get_close_matches

    for field in fields.keys() - kind.model_fields.keys():
        for near in get_close_matches(field, kind.model_fields, n=1, cutoff=_LIKE):
            shown = printable(field, _MAX_SHOWN)
            logger.warning(
                "settings.misspelt: the settings of %s have no field %s, which changes nothing "
                "there; is %s meant?",
                name,
                shown,
                near,
                extra={"target": name, "field": shown, "near": near},
            )
