"""How a working session comes about."""
