"""The envelope of a sealed file: a readable first line before what AES-256-GCM made."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes, token_hex

from pywry_auth.errors import StoredDataError, StoreError


#: grows when an older release could misread what a newer one wrote
VERSION = 2
KEY_SIZE = 32  # bytes: AES-256
NONCE_SIZE = 12  # bytes, random: good for 2**32 writings (NIST SP 800-38D section 8.3)
LONGEST_LABEL = 200  # bytes

_ANY_VERSION = re.compile(rb"(pywry-sealed ([1-9][0-9]{0,4})(?: [!-~]+)*) ([0-9a-f]{16})")
_WORDS = "([0-9a-f]{16}) (0|[1-9][0-9]{0,17}) ([0-9a-f]{24})"
_THIS_VERSION = re.compile(f"pywry-sealed (?:1 {_WORDS}|2 {_WORDS} ([0-9a-f]{{16}}))")


@dataclass(frozen=True, slots=True)
class Label:
    """
    The first line of a sealed file; nothing in it is secret, all of it is authenticated.

    Attributes:
        file: a random word, new with each file that is begun.
        writing: how often this file has been written.
        nonce: fresh for each writing.
        key: the name of the key, by which a file of another key is told from a damaged one; "" in
            the first version of the form, which did not have it.
    """

    file: str
    writing: int
    nonce: bytes
    key: str = ""

    def __bytes__(self) -> bytes:
        version = 2 if self.key else 1
        facts = f"{self.file} {self.writing} {self.nonce.hex()} {self.key}".rstrip()
        words = f"pywry-sealed {version} {facts}".encode()
        return words + b" " + _check(words)

    @classmethod
    def first(cls, key: bytes) -> "Label":
        """Label a new file that is sealed with *key*."""
        return cls(token_hex(8), 1, token_bytes(NONCE_SIZE), name_of(key))

    def next(self, key: bytes) -> "Label":
        """Label the next writing of the same file, sealed with *key*."""
        return Label(self.file, self.writing + 1, token_bytes(NONCE_SIZE), name_of(key))

    def may_be_of(self, key: bytes) -> bool:
        """Say whether nothing in this label speaks against *key*."""
        return self.key in {"", name_of(key)}

    @classmethod
    def of(cls, content: bytes) -> "Label":
        """
        Read the label of a sealed file.

        Its check word tells a newer release from a damaged version number, in every version.

        Raises:
            StoredDataError: it is damaged.
            StoreError: a newer release wrote it.
        """
        line = content[:LONGEST_LABEL].partition(b"\n")[0]
        found = _ANY_VERSION.fullmatch(line)
        if found is None or not hmac.compare_digest(_check(found[1]), found[3]):
            raise StoredDataError("the token file does not begin as a sealed file does")
        if int(found[2]) > VERSION:
            raise StoreError(
                "a newer release wrote the token file; it is left as it is",
                hint="update this application",
            )
        words = _THIS_VERSION.fullmatch(found[1].decode("ascii"))
        if words is None:
            raise StoredDataError("the label of the token file is damaged")
        file, writing, nonce, *key = [word for word in words.groups() if word is not None]
        return cls(file, int(writing), bytes.fromhex(nonce), *key)


def name_of(key: bytes) -> str:
    """Name a key in public: nothing about 32 random bytes can be learnt from their digest."""
    return sha256(b"pywry-sealing-key-name\n" + key).hexdigest()[:16]


def seal(plain: bytes, label: Label, *, key: bytes, place: bytes) -> bytes:
    """
    Give the bytes of a sealed file.

    Args:
        plain: what only the holder of *key* may read.
        label: of this writing; its nonce is never used again.
        key: 32 random bytes.
        place: what the file is called, so that no other can take its place.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    line = bytes(label)
    return line + b"\n" + AESGCM(key).encrypt(label.nonce, plain, _bound(line, place))


def unseal(content: bytes, label: Label, *, key: bytes, place: bytes) -> bytes | None:
    """Give what was sealed; None where *key* or *place* is another, or a bit has changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    line, _, sealed = content.partition(b"\n")
    try:
        return AESGCM(key).decrypt(label.nonce, sealed, _bound(line, place))
    except InvalidTag:
        return None


def _bound(line: bytes, place: bytes) -> bytes:
    return line + b"\n" + place


def _check(words: bytes) -> bytes:
    return sha256(words).hexdigest()[:16].encode()
