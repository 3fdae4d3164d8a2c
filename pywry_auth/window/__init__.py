"""Where the person meets the provider's sign-in page."""
