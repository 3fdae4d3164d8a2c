"""The files translators work on, written the same way each time."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from text_sources import ROOT, Found


FOLDER = ROOT / "assets" / "locale"
DOMAIN = "pywry_auth"
TEMPLATE = FOLDER / f"{DOMAIN}.pot"
LANGUAGES = ("ar", "de", "es", "fr", "ja", "zh_Hans")
KEPT = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
# As gettext's own tools write it, which translators know: the last two are 11 to 99 and 100 to 102.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5);"
}
DRAFT = ("X-Draft", "machine-made")  # a person who has read a whole file takes it out


class Texts(Catalog):
    """A catalogue whose header holds no date: the same texts make the same file."""

    is_draft = False

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What stands in the header."""
        forms = PLURALS.get(self.locale_identifier or "")
        kept = [
            (name, forms if forms and name == "Plural-Forms" else value)
            for name, value in super().mime_headers
            if name in KEPT
        ]
        return [*kept, DRAFT] if self.is_draft else kept


def po_path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(language: str) -> Path:
    return po_path(language).with_suffix(".mo")


def template_of(texts: Iterable[Found]) -> Texts:
    """Gather *texts*, each once."""
    template = Texts(charset="utf-8", fuzzy=False)
    template.header_comment = "# The texts of pywry_auth. Made by scripts/texts."
    for found in texts:
        key = (found.text, found.many) if found.many else found.text
        comments = [found.comment] if found.comment else []
        template.add(key, locations=[(found.where, 0)], auto_comments=comments)
    return template


def read(language: str) -> Texts:
    """Read the translations of *language*; nothing where there is no file yet."""
    texts = Texts(locale=language, charset="utf-8", fuzzy=False)
    path = po_path(language)
    texts.is_draft = True
    if path.exists():
        source = path.read_text("utf-8")
        texts.is_draft = f"{DRAFT[0]}: {DRAFT[1]}" in source
        for message in read_po(io.StringIO(source), locale=language, abort_invalid=True):
            if message.id:
                texts[message.id] = message
    note = "A machine-made draft that no native speaker has read yet." if texts.is_draft else ""
    texts.header_comment = f"# The texts of pywry_auth in {texts.locale.english_name}.\n# {note}"
    return texts


def updated(language: str, template: Texts) -> Texts:
    """Give the translations of *language* for exactly the texts of *template*."""
    old = read(language)
    new = Texts(locale=language, charset="utf-8", fuzzy=False)
    new.is_draft, new.header_comment = old.is_draft, old.header_comment
    for message in bodies(template):
        known = old.get(message.id)
        if known and isinstance(known.id, tuple) != isinstance(message.id, tuple):
            known = None  # it has got another form, or lost it
        new.add(
            message.id,
            string=known.string if known else "",
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known else (),
        )
    return new


def bodies(texts: Catalog) -> Iterator[Message]:
    """Give what *texts* holds besides its header."""
    return (message for message in texts if message.id)


def as_po(texts: Texts) -> bytes:
    target = io.BytesIO()
    write_po(target, texts, width=100, include_lineno=False, ignore_obsolete=True)
    return target.getvalue()


def as_mo(texts: Texts) -> bytes:
    target = io.BytesIO()
    write_mo(target, texts)
    return target.getvalue()


def forms(message: Message) -> list[str]:
    """Give the translation, or each of its forms."""
    return list(message.string) if isinstance(message.string, tuple) else [message.string]
