"""Somebody else on the computer looks at everybody's processes while a browser is opened."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import providers_kit


ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc"),
    pytest.mark.skipif(
        providers_kit.OidcProviderOP.missing() is not None,
        reason=str(providers_kit.OidcProviderOP.missing()),
    ),
]

PROGRAM = """
import sys
from pywry_auth import AuthFlowManager, GenericOIDCProvider
provider = GenericOIDCProvider("native", issuer_url=sys.argv[1], scopes=["openid"])
flow = AuthFlowManager(provider, window="browser", auth_timeout=60)
print(flow.run_native().tokens.origin.subject)
flow.farewell()
"""

# The browser: as long as it runs, its arguments can be seen, and so can those of its launcher.
BROWSER = """
import json, os, pathlib, sys
import httpx
from tests import cli_browser
def arguments(process):  # what ps shows of it, to everybody
    try:
        return (process / "cmdline").read_bytes().replace(bytes(1), b" ").decode()
    except OSError:
        return ""
seen = "\\n".join(map(arguments, pathlib.Path("/proc").glob("[0-9]*")))
url = cli_browser.destination(sys.argv[1])
later = httpx.get(sys.argv[1], trust_env=False).status_code
pathlib.Path(os.environ["SEEN"]).write_text(json.dumps([seen, sys.argv[1], url, later]))
cli_browser.main(url)
"""


def test_nothing_of_the_sign_in_is_in_anybodys_arguments(tmp_path):
    browser = tmp_path / "browser.py"
    browser.write_text(BROWSER)
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BROWSER": f"{sys.executable} {browser} %s",
        "SEEN": str(tmp_path / "seen"),
        "CLI_BROWSER_LOG": str(tmp_path / "log"),
    }
    with providers_kit.OidcProviderOP() as op:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, op.issuer],
            env=env,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.stdout == "alice\n", done.stderr[-1500:]
    seen, address, url, later = json.loads((tmp_path / "seen").read_text())
    assert address in seen  # whoever looks sees this
    assert later == 404  # which is good for nothing any more
    query = parse_qs(urlsplit(url).query)
    secrets = [value for values in query.values() for value in values if len(value) > 16]
    assert secrets
    assert not [secret for secret in secrets if secret in seen]
    assert op.issuer + "/auth?" not in seen
    assert (tmp_path / "log").read_text()  # the browser was shown how it ended
