"""The page that shows the code of another device, in the window on a private screen."""

import argparse
import os
import sys
import threading
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from person import Person, paint_sky, private_screen  # noqa: E402

from pywry_auth.errors import AuthFlowCancelled  # noqa: E402
from pywry_auth.flow import DeviceFlow  # noqa: E402
from pywry_auth.providers import GenericOIDCProvider  # noqa: E402
from pywry_auth.testing import Conduct, ProgrammableProvider, Put, Reply  # noqa: E402


PLACE = "https://id.example.com/device"
CODE = "WDJB-MJHT"  # of RFC 8628 section 3.2
NOBODY_YET = Conduct(
    device={
        "user_code": Put(CODE),
        "verification_uri": Put(PLACE),
        "verification_uri_complete": Put(f"{PLACE}?user_code={CODE}"),
    },
    replies={"device_token": Reply(400, '{"error": "authorization_pending"}')},
)
DARK = "--blink-settings=preferredColorScheme=0"


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/device_story.py", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the picture to write, a PNG")
    parser.add_argument("--dark", action="store_true", help="as on a desktop with dark colours")
    args = parser.parse_args()
    with ProgrammableProvider() as op, private_screen() as screen:
        paint_sky(screen)
        os.environ.update(screen.env, PYWRY_AUTH_GUI="qt")
        if args.dark:
            os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = DARK
        provider = GenericOIDCProvider("rp-client", issuer_url=op.add("desk", NOBODY_YET))
        flow = DeviceFlow(provider, app_name="Acme Notes", window="webview")
        waiting = threading.Thread(target=_wait, args=(flow,), daemon=True)
        waiting.start()
        window = screen.window("Sign")
        Person(screen, None).settled(window)
        screen.picture(args.out)
        flow.cancel()
        waiting.join(30)


def _wait(flow: DeviceFlow) -> None:
    try:
        flow.run()
    except AuthFlowCancelled:
        return


if __name__ == "__main__":
    main()
