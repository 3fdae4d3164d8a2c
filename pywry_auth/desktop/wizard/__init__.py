"""The first run of an application, from a welcome to a signed-in person."""
