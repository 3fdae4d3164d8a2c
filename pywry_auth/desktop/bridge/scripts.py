"""The scripts that are run in the application's page."""

import json
from functools import cache

from pywry_auth.desktop.bridge.origins import Origins
from pywry_auth.ui.assets import asset


#: the key of ``pywebview.state`` over which a page speaks; nothing stays under it
CHANNEL = "pywry_auth"

# The first statement looks where it is with nothing a page can replace: between the question where
# the window is and this, the window may have gone elsewhere. The nonce stays in the closure, and
# strict code shows its source to nobody.
_BOOT = """(function () {{
  "use strict";
  if (!({test})) return "elsewhere";
  {element}
  let count = 0;
  const send = (verb, key) => {{
    const bytes = new TextEncoder().encode(key);
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    const safe = text.replace(/\\+/g, "-").replace(/\\//g, "_");
    count += 1;
    window.pywebview.state.{channel} = {nonce} + " " + count + " " + verb + " " + safe;
  }};
  customElements.get("pywry-sign-in").connect(send, {marks});
  return "here";
}})();"""

_PUSH = """(function () {{
  "use strict";
  if (!({test})) return "elsewhere";
  const element = customElements.get("pywry-sign-in");
  if (element) element.take({world});
  return "here";
}})();"""


@cache
def element_source() -> str:
    """
    Give the JavaScript of ``<pywry-sign-in>``, for pages that want to include it themselves.

    Without it the element appears with the first contact to the application.
    """
    return asset("desktop/pywry-sign-in.js").read_text(encoding="utf-8")


def boot_script(origins: Origins, *, nonce: str, marks: dict[str, object]) -> str:
    """Make the script that brings the element to life, and tells this page alone the nonce."""
    return _BOOT.format(
        test=origins.test_in_page,
        element=_ascii(element_source()),
        channel=CHANNEL,
        nonce=_data(nonce),
        marks=_data(marks),
    )


def push_script(origins: Origins, world: dict[str, object]) -> str:
    """Make the script that tells the page what to show."""
    return _PUSH.format(test=origins.test_in_page, world=_data(world))


def _data(value: object) -> str:
    # Parsed and not evaluated: no name in it, __proto__ for example, means anything. In ASCII,
    # because WebKitGTK is told the length in characters where it wants bytes.
    return f"JSON.parse({json.dumps(json.dumps(value))})"


def _ascii(source: str) -> str:
    return source.encode("ascii", "backslashreplace").decode("ascii")
