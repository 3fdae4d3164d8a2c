"""Every English text there is, found where it is written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pywry_auth.ui.template import Kind, parts


ROOT = Path(__file__).resolve().parents[2]
TEXT_CALLS = frozenset({"texts", "_texts", "t", "later"})
PLURAL_CALL = "plural"
COMMENT = "# Translators:"


@dataclass(frozen=True, slots=True)
class Found:
    """One text: where it stands, its other form if it has one, what translators are told."""

    text: str
    many: str
    where: str
    comment: str = ""


def found_texts() -> Iterator[Found]:
    """Find the texts of the package and of its pages, always in the same order."""
    for path in sorted((ROOT / "pywry_auth").rglob("*.py")):
        yield from in_python(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "assets").rglob("*.html")):
        yield from in_page(path.read_text("utf-8"), str(path.relative_to(ROOT)))


def in_page(source: str, where: str) -> Iterator[Found]:
    for part in parts(source):
        if part.kind in {Kind.SENTENCE, Kind.WORDS}:
            yield Found(part.text, "", where)


def in_python(source: str, where: str) -> Iterator[Found]:
    lines = source.splitlines()
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = _name(call.func)
        comment = _comment(lines, call.lineno)
        if name in TEXT_CALLS and call.args:
            for text in _literals(call.args[0]):
                yield Found(text, "", where, comment)
        elif name == PLURAL_CALL and len(call.args) > 1:
            for one, many in zip(_literals(call.args[0]), _literals(call.args[1]), strict=True):
                yield Found(one, many, where, comment)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _literals(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body)
            yield from _literals(orelse)


def _comment(lines: list[str], line: int) -> str:
    above = lines[line - 2].strip() if line > 1 else ""
    return above.removeprefix(COMMENT).strip() if above.startswith(COMMENT) else ""
