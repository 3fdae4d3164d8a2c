# ruff: noqa: INP001  # PyInstaller looks for this very name in a plain folder
"""What PyInstaller cannot see by following imports, because they happen on first use."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata


datas = collect_data_files("pywry_auth") + copy_metadata("keyring")
hiddenimports = [
    *collect_submodules("pywry_auth"),
    *collect_submodules("keyring.backends"),  # found through entry points, which are not followed
]
