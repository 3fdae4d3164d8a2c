"""Starts the interpreter, and does nothing with it."""
