"""The sign-in button for applications drawn by Qt."""
