"""What kind of picture some bytes are, with its size, read from the header alone."""

import struct
from dataclasses import dataclass
from enum import StrEnum


MAX_SIDE = 2048  # pixels; a decoder needs four bytes for each, 16 MiB at most
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_GIF_FRAME, _GIF_EXTENSION = 0x2C, 0x21
# The frames that give a size, all of the JPEG processes there are (ITU-T T.81, table B.1); what
# lies between them names tables.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


class PictureKind(StrEnum):
    """The media types that may be a person's picture; drawings that could do something are none."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """
    What a header says.

    Attributes:
        kind: the media type.
        width: in pixels.
        height: in pixels.
    """

    kind: PictureKind
    width: int
    height: int

    @property
    def is_harmless(self) -> bool:
        """Whether a decoder needs no more memory for it than for any portrait."""
        return 0 < self.width <= MAX_SIDE and 0 < self.height <= MAX_SIDE


def picture_format(content: bytes) -> PictureFormat | None:
    """Read the header of *content*; None where it is none of the kinds, or cut short."""
    try:
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith((b"GIF87a", b"GIF89a")):
            return _gif(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        return _jpeg(content) if content.startswith(_JPEG) else None
    except (struct.error, IndexError):
        return None


def _png(content: bytes) -> PictureFormat | None:
    if content[12:16] != b"IHDR":
        return None
    return PictureFormat(PictureKind.PNG, *struct.unpack_from(">II", content, 16))


def _gif(content: bytes) -> PictureFormat:
    # A frame may be larger than the screen that the header tells of, and decoders make room for it.
    width, height = struct.unpack_from("<HH", content, 6)
    at = 13 + _colours(content[10])
    while at < len(content) and content[at] in {_GIF_FRAME, _GIF_EXTENSION}:
        if content[at] == _GIF_FRAME:
            left, top, wide, high = struct.unpack_from("<HHHH", content, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at += 11 + _colours(content[at + 9])
        else:
            at += 2
        while content[at]:
            at += 1 + content[at]
        at += 1
    return PictureFormat(PictureKind.GIF, width, height)


def _colours(flags: int) -> int:
    """Strictly private: the length of the table of colours that follows."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _webp(content: bytes) -> PictureFormat | None:
    # RFC 9649 section 2.5 to 2.7
    match content[12:16]:
        case b"VP8X":
            width, height = _three(content, 24) + 1, _three(content, 27) + 1
        case b"VP8L":
            if content[20] != 0x2F:  # noqa: PLR2004  # its signature
                return None
            bits = int.from_bytes(content[21:25], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            if content[23:26] != b"\x9d\x01\x2a":
                return None
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
        case _:
            return None
    return PictureFormat(PictureKind.WEBP, width, height)


def _three(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 3], "little") if len(content) >= at + 3 else -1


def _jpeg(content: bytes) -> PictureFormat | None:
    at = 2
    while True:
        if content[at] != 0xFF:  # noqa: PLR2004  # how every marker begins
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004  # may be repeated
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return PictureFormat(PictureKind.JPEG, width, height)
        else:
            at += 2 + max(2, struct.unpack_from(">H", content, at + 2)[0])
