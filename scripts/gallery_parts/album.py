"""The pictures one part of the gallery takes, with what each of them shows."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


COLORS = 256  # of a picture; what we show has few, and so it is a third of the size


@dataclass(frozen=True)
class Shot:
    """One picture: of which window, in which state, for whom."""

    window: str
    state: str
    scheme: str = "light"
    language: str = "en"

    @property
    def file(self) -> str:
        """The name of its file."""
        words = (self.window, self.state, self.scheme, self.language)
        return "--".join(_slug(word) for word in words) + ".png"


def _slug(words: str) -> str:
    kept = (letter if letter.isalnum() else "-" for letter in words.lower())
    return "-".join(part for part in "".join(kept).split("-") if part)


class Album:
    """
    Keeps pictures in a folder, and which there are.

    Args:
        folder: where they lie.
        part: which part takes them; what it took before is forgotten.
    """

    def __init__(self, folder: Path, part: str) -> None:
        self.folder = folder
        self._list = folder / "parts" / f"{part}.json"
        self._shots: list[Shot] = []

    def add(self, shot: Shot) -> Path:
        """Give where the picture of *shot* is to be put."""
        self._shots.append(shot)
        return self.folder / shot.file

    def close(self) -> None:
        """Say that all pictures are there; a part that ends without this is done again."""
        self._list.parent.mkdir(parents=True, exist_ok=True)
        files = [str(self.folder / shot.file) for shot in self._shots]
        for at in range(0, len(files), 40):
            shrink = ["mogrify", "-strip", "+dither", "-colors", str(COLORS), *files[at : at + 40]]
            subprocess.run(shrink, check=True, timeout=300)
        self._list.write_text(json.dumps([asdict(shot) for shot in self._shots], indent=1))

    @staticmethod
    def is_there(folder: Path, part: str) -> bool:
        """Say whether *part* was finished before."""
        return (folder / "parts" / f"{part}.json").exists()

    @staticmethod
    def shots(folder: Path, part: str) -> list[Shot]:
        """Give what *part* has taken."""
        return [
            Shot(**each) for each in json.loads((folder / "parts" / f"{part}.json").read_text())
        ]
