"""Pages on which people choose, review, end what they are signed in to."""
