"""Where PyInstaller finds this package's hook."""

from pathlib import Path


def hook_directories() -> list[str]:
    """Give the folder of the hook; the entry point ``pyinstaller40`` names this function."""
    return [str(Path(__file__).with_name("hooks"))]
