from pywry_auth.preflight.run import apreflight as apreflight
from pywry_auth.preflight.run import preflight as preflight
from pywry_auth.preflight.values import Depth as Depth
from pywry_auth.preflight.values import Finding as Finding
from pywry_auth.preflight.values import Outcome as Outcome
from pywry_auth.preflight.values import Redirect as Redirect
from pywry_auth.preflight.values import Report as Report
