"""How an account is connected."""
