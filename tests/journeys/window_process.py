"""The process of a sign-in window without a screen: its person walks through the real pages."""

import json
import os
import sys
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[2]))  # the kits, wherever this is started

from tests.web_walker import Walker  # found only now


LIMIT = 80.0  # seconds until somebody decides


def say(event, fact=""):
    sys.stdout.write(json.dumps({"event": event, "fact": fact}) + "\n")
    sys.stdout.flush()


def decision(folder):
    """Wait for what the test wants the person to do."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if (folder / "decision").exists():
            return (folder / "decision").read_text()
        time.sleep(0.02)
    return "close"


def main():
    issuer, folder = sys.argv[1], Path(sys.argv[2])
    url = json.loads(sys.stdin.readline())["url"]
    (folder / f"window.{os.getpid()}").write_text(str(os.getppid()))
    say("ready", "qtwebengine")
    say("painted")
    if decision(folder) == "close":
        say("closed", "user")
    else:
        with Walker(issuer, user="alice", password="any", deny=False) as walker:
            walker.to_callback(url)
    sys.stdin.read()


if __name__ == "__main__":
    main()
