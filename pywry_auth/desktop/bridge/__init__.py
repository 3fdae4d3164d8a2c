"""The sign-in button in a page of the application's own pywebview window."""
