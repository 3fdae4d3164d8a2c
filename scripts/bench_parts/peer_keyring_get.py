"""Reads one password from the keyring, and nothing else."""

import keyring


if not keyring.get_password("pywry-auth:cli", "work/248289761001"):
    raise SystemExit("nothing was read, so nothing was measured")
