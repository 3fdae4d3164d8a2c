"""What happens between two tokens."""
