"""What a picture is, by its own first bytes."""

import shutil
import struct
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pywry_auth.desktop.picture_format import PictureFormat, PictureKind, picture_format


def png(width=3, height=2):
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02"


def gif(width=3, height=2):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0"


def jpeg(width=3, height=2, marker=0xC0):
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + b"\0" * 10
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\0" * 3
    return b"\xff\xd8" + app + b"\xff\xff\xff" + frame[1:] + b"\xff\xd9"


def webp(kind, width=3, height=2):
    match kind:
        case b"VP8X":
            size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
            body = b"\0" * 4 + size
        case b"VP8L":
            body = b"\x2f" + ((height - 1) << 14 | (width - 1)).to_bytes(4, "little")
        case _:
            body = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    return b"RIFF" + b"\0" * 4 + b"WEBP" + kind + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(), PictureKind.PNG),
        (gif(), PictureKind.GIF),
        (gif().replace(b"89a", b"87a"), PictureKind.GIF),
        (jpeg(), PictureKind.JPEG),
        (jpeg(marker=0xC2), PictureKind.JPEG),
        (webp(b"VP8 "), PictureKind.WEBP),
        (webp(b"VP8L"), PictureKind.WEBP),
        (webp(b"VP8X"), PictureKind.WEBP),
    ],
)
def test_a_picture_is_known_by_its_header(content, kind):
    assert picture_format(content) == PictureFormat(kind, 3, 2)
    assert picture_format(content).is_harmless


def frames(*sizes):
    """Give what follows the screen of a GIF: a comment, then a frame of each size."""
    one = b"".join(
        b"\x2c" + struct.pack("<HHHHB", 0, 0, *size, 0x80) + b"\0" * 6 + b"\x02\x02\x44\x01\0"
        for size in sizes
    )
    return b"\x21\xfe\x02hi\0" + one + b"\x3b"


def test_a_frame_may_not_be_larger_than_any_portrait_whatever_the_screen_is():
    assert picture_format(gif() + frames((3, 2), (3, 2))) == PictureFormat(PictureKind.GIF, 3, 2)
    for sizes in [((60_000, 2),), ((3, 2), (3, 60_000))]:
        assert not picture_format(gif() + frames(*sizes)).is_harmless
    assert picture_format(gif() + frames((3, 2))[:-3]) is None  # cut short


@pytest.mark.skipif(shutil.which("convert") is None, reason="needs imagemagick")
@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_a_real_picture_is_known_too(kind, tmp_path):
    path = tmp_path / f"picture.{kind}"
    made = subprocess.run(
        ["convert", "-size", "96x64", "gradient:red-blue", str(path)], check=False, timeout=60
    )
    if made.returncode != 0:
        pytest.skip(f"this imagemagick writes no {kind}")
    found = picture_format(path.read_bytes())
    assert (found.kind, found.width, found.height) == (f"image/{kind}", 96, 64)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>not found</html>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT" + b"\0" * 20,
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xe0\0\x04\0\0nothing",
        b"RIFF\0\0\0\0WEBPWHAT" + b"\0" * 30,
        b"RIFF\0\0\0\0WEBPVP8L" + b"\0" * 30,
        b"RIFF\0\0\0\0WAVEfmt ",
        b"BM" + b"\0" * 60,
        b"%PDF-1.7",
    ],
)
def test_anything_else_is_no_picture(content):
    assert picture_format(content) is None


@pytest.mark.parametrize("make", [png, gif, jpeg, lambda w, h: webp(b"VP8X", w, h)])
@pytest.mark.parametrize("size", [(2049, 2), (2, 2049), (60000, 60000)])
def test_a_picture_that_would_fill_the_memory_is_not_harmless(make, size):
    found = picture_format(make(*size))
    assert (found.width, found.height) == size
    assert not found.is_harmless


@pytest.mark.parametrize("make", [png, gif, jpeg])
def test_a_picture_without_a_size_is_not_harmless(make):
    assert not picture_format(make(0, 5)).is_harmless


HEADS = [png(), gif(), jpeg(), webp(b"VP8 "), webp(b"VP8L"), webp(b"VP8X")]


@given(
    st.sampled_from(HEADS).flatmap(lambda head: st.integers(0, len(head)).map(lambda n: head[:n]))
)
def test_a_header_that_is_cut_short_raises_nothing(content):
    found = picture_format(content)
    assert found is None or found.width >= 0


@given(st.sampled_from([b"", *(head[:12] for head in HEADS)]), st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(head, rest):
    found = picture_format(head + rest)
    assert found is None or isinstance(found, PictureFormat)
