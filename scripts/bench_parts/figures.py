"""Every figure: what is run, against what, with which target."""

import sys
from pathlib import Path

from desktop_figures import HOST_TICKS, SILENT_MEMORY, SILENT_START, WIZARD_PAINT
from grant_figures import AUTHORIZATION_HEADER, FIRST_HEADER, REQUESTS, WORKING_SESSION
from places import plain, real_desktop, screen, signed_in_cli
from programs import WHOLE, program
from shape import Figure, Part, Row, Target


SCRIPT = str(Path(sys.executable).parent / "pywry-auth")


IMPORT_ROOT = Figure(
    "import_root",
    "import pywry_auth, over a bare interpreter",
    {"ours": program("ours_import_root", inside=False), "bare": program("peer_bare", inside=False)},
    (
        Row(
            "import pywry_auth - bare", "ours", "cpu_ms", "bare", "difference", Target(15.0), WHOLE
        ),
        Row("the same, by the clock", "ours", "wall_ms", "bare", "difference"),
    ),
    plain,
)

IMPORT_PARTS = Figure(
    "import_parts",
    "import flow, session, provider and keyring store",
    {
        "ours": program("ours_import_parts", inside=False),
        "httpx": program("peer_import_httpx", inside=False),
        "msal": program("peer_import_msal", inside=False),
    },
    (
        Row("parts / import httpx", "ours", "cpu_ms", "httpx", target=Target(1.25), note=WHOLE),
        Row("parts / import msal", "ours", "cpu_ms", "msal", target=Target(1.0, strictly=True)),
        Row("parts / httpx, by the clock", "ours", "wall_ms", "httpx"),
        Row("parts / msal, by the clock", "ours", "wall_ms", "msal"),
    ),
    plain,
)

GET_ACCESS_TOKEN = Figure(
    "get_access_token",
    "await get_access_token() with a valid token",
    {
        "ours": program("ours_get_access_token"),
        "compare": program("peer_compare_clock"),
        "msal": program("peer_msal_silent"),
    },
    (
        Row("get_access_token / comparison", "ours", "call_us", "compare", target=Target(2.4)),
        Row("get_access_token / msal silent", "ours", "call_us", "msal"),
    ),
    plain,
)

REDIRECT = Figure(
    "redirect_to_return",
    "from the redirect to the return of run_native, second sign-in",
    {"ours": program("ours_redirect_to_return")},
    (
        Row(
            "redirect to return, own time",
            "ours",
            "own_ms",
            kind="value",
            target=Target(10.0),
            note=(
                "from just before the browser connects; "
                "less what the token and userinfo requests took on the wire"
            ),
        ),
        Row("the same, with the provider's time", "ours", "whole_ms", kind="value"),
    ),
    plain,
)

REDIRECT_REAL = Figure(
    "redirect_to_return_real",
    "the same with the native window and a real keyring",
    {gui: program("ours_redirect_to_return", gui) for gui in ("qt", "gtk")},
    tuple(
        Row(f"redirect to return, {gui} and keyring", gui, "own_ms", kind="value")
        for gui in ("qt", "gtk")
    ),
    real_desktop,
)

ID_TOKEN = Figure(
    "id_token",
    "check an ID token with the keys at hand",
    {
        "ours": program("ours_verify_id_token"),
        "joserfc": program("peer_joserfc_decode"),
        "pyjwt": program("peer_pyjwt_decode"),
        "raw": program("peer_raw_rsa"),
    },
    (
        Row("verify_id_token / joserfc", "ours", "call_us", "joserfc", target=Target(1.4)),
        Row("verify_id_token / PyJWT", "ours", "call_us", "pyjwt"),
        Row("verify_id_token / raw RSA-2048", "ours", "call_us", "raw"),
    ),
    plain,
)

WINDOW = Figure(
    "window",
    "from the call to the page being loaded, as the page itself says",
    {
        f"{side}_{gui}": program(f"{side}_window", gui)
        for gui in ("qt", "gtk")
        for side in ("ours", "peer")
    },
    tuple(
        Row(
            f"WebviewWindow / bare pywebview, {gui}",
            f"ours_{gui}",
            "loaded_ms",
            f"peer_{gui}",
            target=Target(1.25),
        )
        for gui in ("qt", "gtk")
    ),
    screen,
)

CLI_TOKEN = Figure(
    "cli_token",
    "pywry-auth token with a valid token and a real keyring",
    {
        "module": Part((sys.executable, "-m", "pywry_auth", "token"), says="the-access-token"),
        "script": Part((SCRIPT, "token"), says="the-access-token"),
        "keyring": program("peer_keyring_get", inside=False),
    },
    (
        Row(
            "python -m pywry_auth token / keyring",
            "module",
            "wall_ms",
            "keyring",
            target=Target(1.7),
        ),
        Row("pywry-auth token / keyring", "script", "wall_ms", "keyring", target=Target(1.7)),
        Row("python -m, processor time", "module", "cpu_ms", "keyring"),
    ),
    signed_in_cli,
)

LOCK = Figure(
    "lock",
    "renew a session, at a provider that answers at once",
    {"across": program("ours_refresh", "across"), "alone": program("ours_refresh", "alone")},
    (
        Row(
            "lock across processes - lock in the process",
            "across",
            "refresh_ms",
            "alone",
            "difference",
            Target(5.0),
            "what it costs that no other process renews at the same time",
        ),
    ),
    plain,
)

WAITERS = Figure(
    "waiters",
    "10,000 tasks of one loop wait for one renewal that takes 100 ms",
    {"ours": program("ours_waiters"), "asyncio": program("peer_waiters")},
    (
        Row(
            "until the last has its token",
            "ours",
            "served_ms",
            kind="value",
            target=Target(400.0),
            note="one request, over HTTP; the target is twice the latency plus 200 ms",
        ),
        Row("the same / one shared asyncio task", "ours", "served_ms", "asyncio"),
    ),
    plain,
)

SESSION_MEMORY = Figure(
    "session_memory",
    "10,000 sessions with 2 KiB of tokens each, at one provider, in one store in memory",
    {"ours": program("ours_session_memory"), "texts": program("peer_session_memory")},
    (
        Row(
            "a session, signed in",
            "ours",
            "session_bytes",
            kind="value",
            target=Target(2 * 2048 + 1024),
            note="the target is twice the text plus 1 KiB",
        ),
        Row(
            "a session, renewed",
            "ours",
            "renewed_bytes",
            kind="value",
            target=Target(2 * 2048 + 1024),
        ),
        Row("signed in / the texts in a dictionary", "ours", "session_bytes", "texts"),
    ),
    plain,
)

FIGURES = (
    IMPORT_ROOT,
    IMPORT_PARTS,
    GET_ACCESS_TOKEN,
    REDIRECT,
    REDIRECT_REAL,
    ID_TOKEN,
    WINDOW,
    CLI_TOKEN,
    SILENT_START,
    SILENT_MEMORY,
    WIZARD_PAINT,
    HOST_TICKS,
    LOCK,
    WAITERS,
    SESSION_MEMORY,
    AUTHORIZATION_HEADER,
    FIRST_HEADER,
    REQUESTS,
    WORKING_SESSION,
)
