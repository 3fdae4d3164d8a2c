# ruff: noqa: INP001  # PyInstaller looks for this very name in a plain folder
"""What PyInstaller cannot see by following imports, because they happen on first use."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata


# For those who write applications, not for those who use them.
_AT_HOME = ("pywry_auth.testing", "pywry_auth.demo")


def _is_for_people(module: str) -> bool:
    return not module.startswith(_AT_HOME)


datas = collect_data_files("pywry_auth") + copy_metadata("keyring")
hiddenimports = [
    *collect_submodules("pywry_auth", filter=_is_for_people),
    *collect_submodules("keyring.backends"),  # found through entry points, which are not followed
]
