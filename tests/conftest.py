"""What every test may rely on."""

import os
import signal
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

from pywry_auth.runtime import LOOP


sys.path.insert(0, str(Path(__file__).parent))  # kits beside the tests, whatever folder runs them

os.environ["PYWRY_AUTH_LANGUAGE"] = "en"  # what tests read, whoever runs them

collect_ignore = ["example_app"]  # a program of its own, with a pytest of its own

# A busy machine is no failure: no law here is about time.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts us in the background ignores Ctrl-C for us, and for what we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and nohup does so for the end of the terminal


def pytest_sessionfinish():
    """Nothing that a test left unsaved is worth a try when the interpreter ends."""
    LOOP.untidy.clear()
