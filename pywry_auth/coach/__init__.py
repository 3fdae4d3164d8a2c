"""Errors in plain words, with what to do about them."""

from pywry_auth.coach.advise import advise, page_advice, page_trouble
from pywry_auth.coach.values import Action, Advice


__all__ = ["Action", "Advice", "advise", "page_advice", "page_trouble"]
