"""Signs somebody in whose window is none, and counts the memory of the whole stack."""

import os
import sys
from pathlib import Path

from pywry_auth import DesktopAuth, GenericOIDCProvider
from pywry_auth.testing import HeadlessAgent
from pywry_auth.window.callables import CallableWindow


sys.path.append(str(Path(__file__).parent))

from memory import tell_memory


agent = HeadlessAgent()
window = CallableWindow(agent.show_window, agent.close_window)
provider = GenericOIDCProvider("rp-client", issuer_url=os.environ["BENCH_ISSUER"])
auth = DesktopAuth("Acme Mail", provider, app_id="acme-again")
auth.sign_in(window=window)
agent.join()
tell_memory()
auth.close()
