"""Where the credentials of users are kept."""
