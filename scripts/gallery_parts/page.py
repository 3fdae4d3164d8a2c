"""The page of the gallery: static, without a script."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from album import Album, Shot


NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "zh-Hans": "中文",
    "ar": "العربية",
}
STYLE = """
:root { color-scheme: light dark; --ground: #f4f5f8; --card: #fff; --text: #1b1f29;
  --soft: #5b6372; --line: #dfe2ea; --accent: #3d5bd9; }
@media (prefers-color-scheme: dark) { :root { --ground: #12141a; --card: #1b1e26; --text: #eef0f5;
  --soft: #a3abba; --line: #343a47; --accent: #93a8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
header { position: sticky; top: 0; z-index: 1; padding: 16px 24px; background: var(--card);
  border-bottom: 1px solid var(--line); }
h1 { margin: 0 0 8px; font-size: 20px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 10px; }
a { color: var(--accent); text-decoration: none; }
fieldset { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 0; border: 0; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.chip { padding: 2px 12px; border: 1px solid var(--line); border-radius: 14px; cursor: pointer; }
.chip:has(:checked) { border-color: var(--accent); color: var(--accent); }
.chip:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.chip input { position: absolute; opacity: 0; }
main { padding: 8px 24px 64px; }
h2 { margin: 40px 0 0; font-size: 20px; scroll-margin-top: 150px; }
h3 { margin: 24px 0 8px; font-size: 15px; font-weight: 600; color: var(--soft); }
.pair { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
figure { margin: 0; max-width: min(100%, 560px); }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line);
  border-radius: 8px; }
figcaption { color: var(--soft); font-size: 13px; }
"""


def write_page(folder: Path, parts: Iterable[str]) -> Path:
    """Write the page of all pictures that *parts* have taken; gives where it lies."""
    shots = [shot for part in parts for shot in Album.shots(folder, part)]
    windows = list(dict.fromkeys(shot.window for shot in shots))
    languages = [code for code in NAMES if any(shot.language == code for shot in shots)]
    links = "".join(f'<a href="#w{n}">{escape(w)}</a>' for n, w in enumerate(windows))
    chips = "".join(_chip(code) for code in languages)
    rules = "".join(_rule(code) for code in languages)
    sections = "".join(
        f'<section><h2 id="w{n}">{escape(window)}</h2>{_states(shots, window)}</section>'
        for n, window in enumerate(windows)
    )
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>What the person sees</title>'
        f"<style>{STYLE}{rules}</style><header><h1>What the person sees</h1>"
        f"<fieldset><legend>Language</legend>{chips}</fieldset><nav>{links}</nav></header>"
        f"<main>{sections}</main></html>"
    )
    path = folder / "index.html"
    path.write_text(text, "utf-8")
    return path


def _chip(code: str) -> str:
    checked = " checked" if code == "en" else ""
    box = f'<input type="radio" name="language" id="l-{code}"{checked}>'
    return f'<label class="chip">{box}<span lang="{code}">{NAMES[code]}</span></label>'


def _rule(code: str) -> str:
    """Show what is in this language alone, and no heading with nothing below it."""
    there = f"body:has(#l-{code}:checked)"
    return (
        f"{there} figure:not(.{code}),{there} article:not(:has(.{code})),"
        f"{there} section:not(:has(.{code})){{display:none}}"
    )


def _states(shots: Sequence[Shot], window: str) -> str:
    of_window = [shot for shot in shots if shot.window == window]
    states = dict.fromkeys(shot.state for shot in of_window)
    return "".join(
        f"<article><h3>{escape(state)}</h3><div class=pair>"
        + "".join(_figure(shot) for shot in of_window if shot.state == state)
        + "</div></article>"
        for state in states
    )


def _figure(shot: Shot) -> str:
    words = f"{shot.window}, {shot.state}, {shot.scheme}, {NAMES[shot.language]}"
    caption = f"{shot.scheme} · {NAMES[shot.language]}"
    return (
        f'<figure class="{shot.language}"><img src="{escape(shot.file)}" alt="{escape(words)}" '
        f'loading="lazy"><figcaption>{escape(caption)}</figcaption></figure>'
    )
