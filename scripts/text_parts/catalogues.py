"""
Finds every text a person reads, and keeps the translations in assets/locale in step.

Without an option: the texts of the sources go into the template, each language gets what is new (to
be translated) and loses what is gone, and all are compiled.
"""

import argparse
import json
import re
import sys
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from text_files import (
    LANGUAGES,
    TEMPLATE,
    Texts,
    as_mo,
    as_po,
    bodies,
    forms,
    mo_path,
    po_path,
    read,
    template_of,
    updated,
)
from text_sources import found_texts

from pywry_auth.ui.texts import fits


STRICT = True  # whether a text that is not in the files yet is an error, or only counted

_TAG = re.compile(r"<[A-Za-z/!]|&(?:#\d+|#x[0-9a-fA-F]+|[a-z]+);")
_KEY = re.compile(r"&(?=\w)")  # before the letter that works with Alt


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/texts", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="change nothing; fail on what is stale")
    what.add_argument("--missing", action="store_true", help="print what is not translated")
    what.add_argument(
        "--fill",
        metavar="FILE",
        type=Path,
        help='take translations from JSON, {"de": {"English": "Deutsch", "{n} one": ["…", "…"]}}',
    )
    args = parser.parse_args()
    if args.check:
        return check()
    template = template_of(found_texts())
    if args.missing:
        print(json.dumps(missing(template), ensure_ascii=False, indent=1))
        return 0
    update(template, json.loads(args.fill.read_text("utf-8")) if args.fill else {})
    return check()


def missing(template: Texts) -> dict[str, list[str | list[str]]]:
    """Give the English texts that each language lacks; with both forms where there are two."""
    return {
        language: [
            list(message.id) if isinstance(message.id, tuple) else message.id
            for message in bodies(updated(language, template))
            if not all(forms(message))
        ]
        for language in LANGUAGES
    }


def update(template: Texts, filled: dict[str, dict[str, str | list[str]]]) -> None:
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(as_po(template))
    for language in LANGUAGES:
        texts = updated(language, template)
        for english, translated in filled.get(language, {}).items():
            message = texts.get(english)
            if message is None:
                print(f"{language}: there is no text {english!r}", file=sys.stderr)
                continue
            message.string = tuple(translated) if isinstance(translated, list) else translated
        if not STRICT:
            for message in [found for found in bodies(texts) if not all(forms(found))]:
                texts.delete(message.id)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_bytes(as_po(texts))
        mo_path(language).write_bytes(as_mo(read(language)))


def check() -> int:
    template = template_of(found_texts())
    stale = stale_parts(template)
    wrong = [line for language in LANGUAGES for line in faults(language)]
    wrong += [f"{message.id}: {why}" for message in bodies(template) for why in unfit(message.id)]
    for line in [*wrong, *stale]:
        print(line, file=sys.stderr)
    if wrong or (STRICT and stale):
        print("run scripts/texts, translate what it leaves empty, run it again", file=sys.stderr)
        return 1
    return 0


def stale_parts(template: Texts) -> list[str]:
    """Say what does not follow the sources, without a word on what it says."""
    parts: list[str] = []
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != as_po(template):
        parts.append(f"{TEMPLATE.name}: does not hold the texts of the sources")
    for language, texts in missing(template).items():
        if texts:
            parts.append(f"{language}: {len(texts)} texts are not translated")
        elif po_path(language).read_bytes() != as_po(updated(language, template)):
            parts.append(f"{language}: holds texts that are gone, or in another order")
    return parts


def faults(language: str) -> list[str]:
    """Say what is wrong with the translations there are."""
    if not po_path(language).exists() or not mo_path(language).exists():
        return [f"{language}: is not there"]
    texts = read(language)
    found = [
        f"{language}: {message.id!r}: {why}"
        for message in bodies(texts)
        for form in forms(message)
        for why in unfit_translation(message.id, form)
    ]
    found += [
        f"{language}: {message.id!r}: has {len(forms(message))} forms, not {texts.num_plurals}"
        for message in bodies(texts)
        if isinstance(message.id, tuple) and len(forms(message)) != texts.num_plurals
    ]
    if mo_path(language).read_bytes() != as_mo(texts):
        found.append(f"{language}: the compiled file is not that of the other one")
    return found


def unfit_translation(english: str | tuple[str, str], form: str) -> list[str]:
    if not form:
        return ["is not translated"]
    text, free = (english[1], "n") if isinstance(english, tuple) else (english, "")
    found = unfit(form)
    if not fits(form, text, free=free):
        found.append(f"has other places: {form!r}")
    if len(_KEY.findall(form)) != len(_KEY.findall(text)):
        found.append(f"has another number of keys: {form!r}")
    return found


def unfit(text: str | tuple[str, str]) -> list[str]:
    """Say why *text* can be no text, whatever the language."""
    both = text if isinstance(text, tuple) else (text,)
    found: list[str] = []
    for words in both:
        if _TAG.search(words):
            found.append("holds HTML")
        if words != words.strip() or "\n" in words:
            found.append("begins or ends with a space, or has several lines")
        if not fits(words + ".", words):
            found.append("has a brace that is no place such as {name}")
    return found


if __name__ == "__main__":
    sys.exit(main())
