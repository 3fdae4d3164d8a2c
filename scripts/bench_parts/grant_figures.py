"""The figures of programs that ask for things with a token."""

from places import plain, resource
from programs import WHOLE, program
from shape import Figure, Row, Target


HOWS = ("sync", "async")
OURS = {"session": "HttpxAuth(session)", "manager": "BearerAuth(manager)"}
OTHERS = {"authlib": "Authlib", "httpx_auth": "httpx-auth"}
NOTE = "requests in a second, one after the other, to a server on this machine; both in turn"
STORES = {"memory": "in memory", "file": "in a file", "sealed": "in a sealed file"}

AUTHORIZATION_HEADER = Figure(
    "authorization_header",
    "authorization_header() with a valid token",
    {"ours": program("ours_authorization_header"), "compare": program("peer_lock_compare")},
    (
        Row(
            "authorization_header / comparison with a lock",
            "ours",
            "call_us",
            "compare",
            target=Target(2.0),
        ),
    ),
    plain,
)

FIRST_HEADER = Figure(
    "first_header",
    "import pywry_auth.grants and get the first header, beside httpx alone",
    {
        "ours": program("ours_first_header", inside=False),
        "httpx": program("peer_first_header", inside=False),
    },
    (
        Row("first header - httpx alone", "ours", "cpu_ms", "httpx", "difference", note=WHOLE),
        Row("the same, by the clock", "ours", "wall_ms", "httpx", "difference"),
    ),
    resource,
)

WORKING_SESSION = Figure(
    "working_session",
    "AuthManager.session with ten providers whose credentials are stored",
    {
        f"{side}_{kind}": program(name, kind)
        for kind in STORES
        for side, name in (("ours", "ours_working_session"), ("reads", "peer_store_reads"))
    },
    tuple(
        Row(
            f"session / its ten reads at once, {words}",
            f"ours_{kind}",
            "call_us",
            f"reads_{kind}",
            target=Target(1.5),
        )
        for kind, words in STORES.items()
    ),
    plain,
)

REQUESTS = Figure(
    "requests",
    "requests of httpx with a valid token, beside a header that never changes",
    {
        f"{who}_{how}": program(f"{side}_requests", who, how)
        for how in HOWS
        for side, names in (("ours", OURS), ("peer", OTHERS))
        for who in names
    },
    tuple(
        Row(
            f"{name} / a header, {how}",
            f"{who}_{how}",
            "share_x",
            kind="value",
            target=target,
            note=NOTE if target else "",
        )
        for how in HOWS
        for names, target in ((OURS, Target(0.95, at_least=True)), (OTHERS, None))
        for who, name in names.items()
    )
    + tuple(
        Row(
            f"{name} - a header, {how}",
            f"{who}_{how}",
            "more_us",
            kind="value",
            note="processor time of one request",
        )
        for how in HOWS
        for who, name in OURS.items()
    ),
    resource,
)
