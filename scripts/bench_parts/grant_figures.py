"""The figures of programs that ask for things with a token."""

from places import resource
from programs import program
from shape import Figure, Row, Target


HOWS = ("sync", "async")
OTHERS = {"authlib": "Authlib", "httpx_auth": "httpx-auth"}
ONE_AFTER_THE_OTHER = "one request after the other, on one connection, to a server on this machine"

REQUESTS = Figure(
    "requests",
    "requests of httpx with a valid token, beside a header that never changes",
    {
        f"{who}_{how}": program(f"{side}_requests", who, how)
        for how in HOWS
        for side, who in (
            ("peer", "header"),
            ("ours", "session"),
            ("peer", "authlib"),
            ("peer", "httpx_auth"),
        )
    },
    tuple(
        row
        for how in HOWS
        for row in (
            Row(
                f"HttpxAuth(session) / a header, {how}",
                f"session_{how}",
                "asked_rps",
                f"header_{how}",
                target=Target(0.95, at_least=True),
                note=ONE_AFTER_THE_OTHER,
            ),
            *(
                Row(f"{name} / a header, {how}", f"{who}_{how}", "asked_rps", f"header_{how}")
                for who, name in OTHERS.items()
            ),
            Row(
                f"HttpxAuth(session) - a header, {how}",
                f"session_{how}",
                "request_us",
                f"header_{how}",
                "difference",
                note="processor time of the client",
            ),
        )
    ),
    resource,
)
