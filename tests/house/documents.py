"""The documents and docstrings, as pieces that tests can run."""

import ast
import re
import textwrap
from dataclasses import dataclass

from house.source import ROOT, modules


DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@dataclass(frozen=True)
class Block:
    """One fenced block of a document, with the heading it stands under."""

    document: str
    heading: str
    language: str
    text: str


def blocks(*languages):
    found = []
    for name in DOCUMENTS:
        heading = ""
        for title, language, text in re.findall(
            r"^#{2,3} ([^\n]*)$|^```(\w*)\n(.*?)^```$",
            (ROOT / name).read_text("utf-8"),
            re.MULTILINE | re.DOTALL,
        ):
            heading = title or heading
            if not title:
                found.append(Block(name, heading, language, text))
    return [block for block in found if block.language in languages]


def commands_in(text):
    """Every ``pywry-auth`` command line, also inside other commands and inside a sentence."""
    shell = re.sub(r"\$\((pywry-auth [^)]*)\)", r"\n$ \1\n", text)
    lines = re.findall(r"^\$ (pywry-auth .*?)\"?$", shell, re.MULTILINE)
    return lines + re.findall(r"`(pywry-auth [^`]+)`", text)


def shown(heading):
    [found] = [block.text for block in blocks("python") if block.heading == heading]
    return found


def replaced(text, changes):
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def code_in(docstring):
    """Give the indented Python of a docstring, sections like ``Args:`` left out; "" for none."""
    paragraphs, lines = docstring.split("\n"), []
    in_section = False
    for line in paragraphs:
        if line and not line.startswith(" "):
            in_section = bool(re.fullmatch(r"\w+:", line))
        elif not in_section:
            lines.append(line)
    code = textwrap.dedent("\n".join(lines)).strip()
    try:
        ast.parse(code)
    except SyntaxError:
        return ""  # a drawing
    return code


def documented(module):
    """Every docstring of a module, by name."""
    yield module.name, ast.get_docstring(module.tree) or ""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module.name}.{node.name}", ast.get_docstring(node) or ""


def examples():
    found = {
        name: code_in(text) for module in modules() for name, text in documented(module) if text
    }
    return {name: code for name, code in found.items() if code}


def run(code, **names):
    """Run *code* where it finds *names*; gives all names afterwards."""
    exec(code, names)  # noqa: S102  # our own documents, from this repository
    return names
