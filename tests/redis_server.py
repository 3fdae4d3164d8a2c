"""A real Redis on a free loopback port, with a password; its user `app` may use `pywry:*` only."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry


ADMIN_PASSWORD = "topsecret"
APP_PASSWORD = "apppw"
DEADLINE = 10.0  # seconds for the server to come up or to end


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    @property
    def app_url(self) -> str:
        return f"redis://app:{APP_PASSWORD}@127.0.0.1:{self.port}/0"

    def admin(self) -> Redis:
        """A client that may do everything; close it."""
        return Redis(
            port=self.port, password=ADMIN_PASSWORD, retry=Retry(NoBackoff(), 0), socket_timeout=5
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE)


def lacks() -> str:
    """Give why there can be no Redis here, or ""."""
    return "" if shutil.which("redis-server") else "not installed: redis-server"


@contextmanager
def redis_server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="redis-"))
    port = _free_port()
    config = folder / "redis.conf"
    config.write_text(
        f'dir {folder}\nbind 127.0.0.1\nport {port}\ndaemonize no\nsave ""\nappendonly no\n'
        f"requirepass {ADMIN_PASSWORD}\n"
        f"user app on >{APP_PASSWORD} ~pywry:* &pywry:* +@all -@dangerous -flushall\n"
    )
    process = subprocess.Popen(
        ["redis-server", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    server = Server(port, process)
    try:
        _wait_for(server)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: Server) -> None:
    end = time.monotonic() + DEADLINE
    with server.admin() as client:
        while True:
            try:
                client.ping()
            except RedisConnectionError:
                assert time.monotonic() < end, "redis-server did not come up"
                time.sleep(0.01)
            else:
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
