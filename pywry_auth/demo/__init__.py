"""A sign-in that can be tried at once: an identity provider of its own, shown in a small story."""
