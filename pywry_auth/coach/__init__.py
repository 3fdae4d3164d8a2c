"""Errors in plain words, with what to do about them."""
