"""Where the files lie that a person sees."""

from pathlib import Path


PACKAGE = Path(__file__).resolve().parent.parent


def asset_folders(package: Path = PACKAGE) -> tuple[Path, Path]:
    """Give the folders assets are looked for in: inside a wheel, then in a checkout."""
    return package / "_assets", package.parent / "assets"


def asset(name: str, *, package: Path = PACKAGE) -> Path:
    """
    Find the asset *name*, for example ``"pages/success.html"``.

    Raises:
        FileNotFoundError: it is neither in the package nor in the repository.
    """
    for folder in asset_folders(package):
        path = folder / name
        if path.is_file():
            return path
    raise FileNotFoundError(f"the asset {name} is missing; install the package again")
