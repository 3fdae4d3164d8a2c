"""Imports msal."""

import msal  # noqa: F401
