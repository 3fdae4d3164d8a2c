"""The application's own picture, checked before a page shows it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pywry_auth.errors import ConfigError


MAX_BYTES = 256 * 1024  # a logo of a screen's width is below 100 KiB
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", re.DOTALL
)
#: an SVG is shown as a picture, in which nothing of this could do anything; it has no place there
_ACTIVE = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|\son\w+\s*=|javascript:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Logo:
    """
    A picture that may be shown.

    Attributes:
        content: its bytes.
        kind: its media type.
    """

    content: bytes = field(repr=False)
    kind: str

    @classmethod
    def read(cls, source: Path | str | bytes) -> "Logo":
        """
        Read a PNG or an SVG, from a file or from its bytes.

        Raises:
            ConfigError: it is neither, too large, active, or cannot be read.
        """
        content = source if isinstance(source, bytes) else _file(Path(source))
        if len(content) > MAX_BYTES:
            raise ConfigError(f"the logo is larger than {MAX_BYTES // 1024} KiB")
        if content.startswith(_PNG):
            return cls(content, "image/png")
        if _SVG.match(content) is None:
            raise ConfigError("the logo is neither PNG nor SVG")
        if _ACTIVE.search(content):
            raise ConfigError(
                "the logo is an SVG that does something",
                hint="remove scripts, event handlers, foreign objects, the document type",
            )
        return cls(content, "image/svg+xml")


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise ConfigError(
            f"the logo cannot be read ({type(exc).__name__})", hint="check the path given as logo="
        ) from None
