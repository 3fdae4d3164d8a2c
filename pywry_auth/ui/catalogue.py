"""The translations that are shipped, read when a language other than English is wanted."""

from pathlib import Path

from pywry_auth.ui.assets import PACKAGE, asset, asset_folders
from pywry_auth.ui.texts import Catalogue


DOMAIN = "pywry_auth"
FOLDER = "locale"


def shipped(package: Path = PACKAGE) -> list[str]:
    """Give the BCP 47 tags of the languages there are."""
    for folder in asset_folders(package):
        if (folder / FOLDER).is_dir():
            compiled = sorted((folder / FOLDER).glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
            return [path.parent.parent.name.replace("_", "-") for path in compiled]
    return []


def read_catalogue(language: str, package: Path = PACKAGE) -> Catalogue | None:
    """Read the texts of *language*, one of ``shipped``; None where they are damaged."""
    import gettext
    import struct

    name = f"{FOLDER}/{language.replace('-', '_')}/LC_MESSAGES/{DOMAIN}.mo"
    try:
        with asset(name, package=package).open("rb") as compiled:
            return gettext.GNUTranslations(compiled)
    # What the parser meets in a file that was cut or overwritten.
    except (OSError, ValueError, LookupError, ArithmeticError, struct.error) as exc:
        import logging

        logging.getLogger(__name__).warning(
            "texts.damaged", extra={"language": language, "reason": str(exc)}
        )
        return None
