"""The public way to turn the package's loop by hand."""

from pywry_auth.testing.virtual_loop import on_package_loop, pass_time, settle


__all__ = ["on_package_loop", "pass_time", "settle"]
