"""A session's tokens, put on the requests of other HTTP libraries."""
