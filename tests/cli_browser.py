"""What BROWSER names in tests of the command line: signs alice in, reads the last page."""

import os
import sys
from urllib.parse import urlsplit

import httpx

from tests.web_walker import Walker


def destination(address: str) -> str:
    """Where the one-time address of this computer leads, which is what a browser is given."""
    return httpx.get(address, trust_env=False).headers["location"]


def main(url: str) -> None:
    parts = urlsplit(url)
    issuer = f"{parts.scheme}://{parts.netloc}"
    deny = "CLI_BROWSER_DENIES" in os.environ
    with Walker(issuer, user="alice", password="correct horse", deny=deny) as walker:
        answer = walker.to_callback(url)
    # A person's browser takes its time; the program must still be there.
    last = httpx.get(httpx.URL(str(answer.request.url)).join(answer.headers["location"]))
    with open(os.environ["CLI_BROWSER_LOG"], "a", encoding="utf-8") as log:  # noqa: PTH123
        log.write(last.text)


if __name__ == "__main__":
    main(destination(sys.argv[1]))
