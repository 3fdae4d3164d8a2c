"""What the command line knows of providers that need no page."""
