"""Imports the package."""

import pywry_auth  # noqa: F401
