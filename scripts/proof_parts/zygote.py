"""
A process that has imported everything and done nothing, and forks a worker for each line it reads.

A fresh interpreter takes half a second to import what a session needs; a fork takes milliseconds.
No thread, no loop, no connection exists here, so each worker begins like a fresh process.
"""

import gc
import importlib
import json
import logging
import os
import pkgutil
import signal
import socket
import sys
import traceback
from pathlib import Path


sys.path[:0] = [str(Path(__file__).resolve().parent)]

import chaos_worker  # noqa: E402
import grants_worker  # noqa: E402
import storm_worker  # noqa: E402
from words import Words  # noqa: E402


WORK = {"chaos": chaos_worker.work, "grants": grants_worker.work, "storm": storm_worker.work}


#: what a session imports on first use
USED = ("http", "session", "providers", "protocol", "token_store", "alarm", "off_loop")


def _warm() -> None:
    for part in USED:
        package = importlib.import_module(f"pywry_auth.{part}")
        inside = getattr(package, "__path__", ())
        for module in pkgutil.iter_modules(inside, f"pywry_auth.{part}."):
            importlib.import_module(module.name)
    importlib.import_module("anyio._backends._asyncio")  # httpx does so with its first request
    # Reading the trust store of the system takes longer than all else; it is made once a process.
    importlib.import_module("pywry_auth.http")._trust()  # noqa: SLF001


def main() -> None:
    address = sys.argv[1]
    if "--cold" not in sys.argv:
        _warm()
    gc.freeze()  # what was imported is not looked at, so not copied, in each worker
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    logging.disable()  # what is logged is told as events as well
    print("ready", flush=True)
    for line in sys.stdin:
        if os.fork() == 0:
            _be(json.loads(line), address)
            return  # this worker ends as every program does


def _be(job: dict, address: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # The answers of the zygote go to whoever reads its output; ours do not.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    words = Words(connection)
    words.say(id=job["id"], pid=os.getpid())
    try:
        WORK[job["work"]](job, words)
    except Exception:  # noqa: BLE001 - told, then the process ends
        words.say(crashed=traceback.format_exc()[-3000:])
    if not job.get("exits"):
        os._exit(0)  # an interpreter that is taken down touches, so copies, everything


if __name__ == "__main__":
    main()
