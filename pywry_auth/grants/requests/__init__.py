"""What requests to resources need beside a token."""
