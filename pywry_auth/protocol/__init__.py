"""OAuth 2 and OpenID Connect as pure functions: values in, values out, no clock, no network."""
