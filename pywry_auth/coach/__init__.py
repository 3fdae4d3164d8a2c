"""Errors in plain words, with what to do about them."""

from pywry_auth.lazy import lazy_names


__getattr__, __dir__ = lazy_names(__name__, {"Advice": "pywry_auth.coach.values"})
