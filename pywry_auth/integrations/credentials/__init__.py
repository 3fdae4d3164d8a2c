"""What is presented to a provider."""
