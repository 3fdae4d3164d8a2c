"""The few pictures of the README, laid side by side from those of the gallery."""

import subprocess
from pathlib import Path


MAX_BYTES = 200_000
GAP = 24  # pixels
# name -> height in pixels, and the pictures from left to right
SHEETS = {
    "sign-in": (
        760,
        (
            "example-for-pywebview--signing-in--light--en",
            "example-for-pywebview--signing-in--dark--en",
        ),
    ),
    "device": (
        700,
        ("sign-in-on-another-device--code--light--en", "sign-in-on-another-device--code--dark--en"),
    ),
    "button": (
        440,
        (
            "sign-in-button-in-a-page--signed-out-several-open--light--en",
            "sign-in-button-in-a-page--signed-in-open--light--en",
            "sign-in-button-in-a-page--signed-in-open--dark--en",
        ),
    ),
    "wizard": (
        560,
        (
            "first-run-wizard--welcome--light--en",
            "first-run-wizard--access--light--en",
            "first-run-wizard--done--dark--en",
        ),
    ),
    "accounts": (
        600,
        (
            "account-picker--accounts--light--en",
            "connected-apps--accounts--light--en",
            "connected-apps--panic--dark--en",
        ),
    ),
    "examples": (
        480,
        ("example-for-tk--signed-in--light--en", "example-for-pywebview--signed-in--dark--en"),
    ),
}


def write_sheets(gallery: Path, target: Path) -> list[str]:
    """
    Make the pictures of the README from those in *gallery*.

    Returns:
        What could not be made, and why.
    """
    wrong: list[str] = []
    target.mkdir(parents=True, exist_ok=True)
    for name, (height, files) in SHEETS.items():
        sources = [gallery / f"{file}.png" for file in files]
        missing = [source.name for source in sources if not source.exists()]
        if missing:
            wrong.append(f"{name}: no {', '.join(missing)}")
            continue
        path = target / f"{name}.png"
        _lay_out(sources, height, path)
        if path.stat().st_size > MAX_BYTES:
            wrong.append(f"{name}: {path.stat().st_size} bytes, more than {MAX_BYTES}")
    return wrong


def _lay_out(sources: list[Path], height: int, path: Path) -> None:
    between = ["-bordercolor", "none", "-border", f"{GAP // 2}x0"]
    command = ["convert", *map(str, sources), "-alpha", "set", "-resize", f"x{height}"]
    command += [*between, "+append", "-strip", "+dither", "-colors", "160", f"PNG8:{path}"]
    subprocess.run(command, check=True, timeout=120)
