"""The public clock under the name tests know it by."""

from pywry_auth.testing.clock import START
from pywry_auth.testing.clock import VirtualClock as FakeClock


__all__ = ["START", "FakeClock"]
