"""The figures of what a person sees."""

from places import signed_in_desk, ticking_desk, wizard_desk
from programs import WHOLE, program
from shape import Figure, Row, Target


OURS_STORED = ("pywry-auth:acme-notes", "oidc/248289761001")

SILENT_START = Figure(
    "silent_start",
    "a new process in which somebody is signed in already, with a real keyring",
    {
        "ours": program("ours_silent", inside=False),
        "keyring": program("peer_keyring_get", *OURS_STORED, inside=False),
        "renewal": program("ours_silent_renewal", rest=0.6),
    },
    (
        Row("silent() / keyring", "ours", "cpu_ms", "keyring", target=Target(1.3), note=WHOLE),
        Row("silent() / keyring, by the clock", "ours", "wall_ms", "keyring", target=Target(1.3)),
        Row(
            "silent() that renews / keyring",
            "renewal",
            "wall_ms",
            "keyring",
            less="wire_ms",
            note="less what the provider took to answer; it finds the provider first",
        ),
        Row("the same, processor time", "renewal", "cpu_ms", "keyring"),
    ),
    signed_in_desk,
)

SILENT_MEMORY = Figure(
    "silent_memory",
    "what a program in which somebody is signed in holds in memory",
    {
        "ours": program("ours_silent_memory", "keyring"),
        "file": program("ours_silent_memory", "file"),
        "signed_in": program("ours_sign_in_memory"),
        "keyring": program("peer_memory", *OURS_STORED),
        "stack": program("peer_memory", "stack"),
        "bare": program("peer_memory", "bare"),
    },
    (
        Row(
            "silent() - importing httpx, pydantic, joserfc, keyring",
            "ours",
            "rss_MB",
            "stack",
            "difference",
            Target(12.0),
            "resident memory, in 1,000,000 bytes; private is what nobody else shares",
        ),
        Row(
            "silent() - keyring",
            "ours",
            "rss_MB",
            "keyring",
            "difference",
            Target(15.0, strictly=True),
        ),
        Row("the same, private", "ours", "private_MB", "keyring", "difference"),
        Row(
            "silent(), tokens in a file - bare",
            "file",
            "rss_MB",
            "bare",
            "difference",
            Target(15.0, strictly=True),
        ),
        Row("the same, private", "file", "private_MB", "bare", "difference"),
        Row("silent() - bare", "ours", "rss_MB", "bare", "difference"),
        Row("after a sign-in - bare", "signed_in", "rss_MB", "bare", "difference"),
        Row("the same, private", "signed_in", "private_MB", "bare", "difference"),
        Row("after a sign-in - importing the four", "signed_in", "rss_MB", "stack", "difference"),
    ),
    signed_in_desk,
)

WIZARD_PAINT = Figure(
    "wizard_paint",
    "until the wizard's first page is painted, as the page itself says",
    {
        f"{side}_{gui}": program(f"{side}_wizard_paint", gui)
        for gui in ("qt", "gtk")
        for side in ("ours", "peer")
    },
    tuple(
        Row(
            f"wizard / bare pywebview {since}, {gui}",
            f"ours_{gui}",
            measure,
            f"peer_{gui}",
            target=Target(1.25),
            note="the same page, from the same server as a bare program would write"
            if gui == "qt" and measure == "painted_ms"
            else "",
        )
        for gui in ("qt", "gtk")
        for measure, since in (("painted_ms", "from the call"), ("from_start_ms", "from the start"))
    ),
    wizard_desk,
)

HOST_TICKS = Figure(
    "host_ticks",
    "a clock that ticks every 5 ms in the application's window, while its person signs in",
    {
        f"{side}_{toolkit}": program(f"{side}_host_ticks", toolkit)
        for toolkit in ("tk", "qt")
        for side in ("ours", "peer")
    },
    tuple(
        row
        for toolkit in ("tk", "qt")
        for row in (
            Row(
                f"99th gap, signing in / bare window, {toolkit}",
                f"ours_{toolkit}",
                "p99_ms",
                f"peer_{toolkit}",
                target=Target(1.2),
                note="window, sign-in, keyring, one silent renewal; beside a child with a page"
                if toolkit == "tk"
                else "",
            ),
            Row(f"longest gap, {toolkit}", f"ours_{toolkit}", "longest_ms", f"peer_{toolkit}"),
            Row(
                f"longest call on the window's thread, {toolkit}",
                f"ours_{toolkit}",
                "call_ms",
                kind="value",
                target=Target(5.0),
                note="of begin_*, status, watch, cancel, open_again" if toolkit == "tk" else "",
            ),
        )
    ),
    ticking_desk,
)
