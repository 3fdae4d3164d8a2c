"""OpenID Connect, on OAuth 2, as pure functions: values in, values out, no clock, no network."""
