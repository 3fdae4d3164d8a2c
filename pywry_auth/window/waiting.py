"""Waiting for a sign-in in such a way that Ctrl-C gets through."""

from pywry_auth.interrupts import SLICE, wait_for


__all__ = ["SLICE", "wait_for"]
