"""The services that are built in, each as data."""
