"""Imports httpx."""

import httpx  # noqa: F401
