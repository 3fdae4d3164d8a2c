"""The targets that are built in."""
