"""Real Redis servers in company: a master that Sentinels watch, or a Cluster of six."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import randbelow

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.redis_server import ADMIN_PASSWORD, APP_PASSWORD


DEADLINE = 30.0  # seconds for servers to come up, to agree, or to end
SERVICE = "the-master"
WATCH_PASSWORD = "watchpw"
#: no command but those that the documentation of the store names
APP = (
    f"user app on >{APP_PASSWORD} ~pywry:* -@all +get +set +del +pttl +scan"
    " +watch +multi +exec +unwatch +wait +asking +cluster|slots"
)
COMMON = f"""bind 127.0.0.1
daemonize no
save ""
appendonly no
requirepass {ADMIN_PASSWORD}
masterauth {ADMIN_PASSWORD}
repl-diskless-sync yes
repl-diskless-sync-delay 0
repl-ping-replica-period 1
{APP}
"""


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def admin(self) -> Redis:
        """A client that may do everything; close it."""
        return Redis(
            port=self.port, password=ADMIN_PASSWORD, retry=Retry(NoBackoff(), 0), socket_timeout=5
        )

    def info(self, section: str) -> dict[str, object]:
        with self.admin() as client:
            return client.info(section)

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self.process.kill()
        self.process.wait(DEADLINE)


@dataclass
class Company:
    """Servers in one folder; all end with it."""

    folder: Path
    servers: list[Server] = field(default_factory=list)
    sentinels: list[Server] = field(default_factory=list)

    def start(self, config: str, *, sentinel: bool = False) -> Server:
        port = free_port()
        place = self.folder / str(port)
        place.mkdir()
        (place / "redis.conf").write_text(f"port {port}\ndir {place}\n{config}")
        kind = ["--sentinel"] if sentinel else []
        server = Server(port, self._run(place, kind))
        (self.sentinels if sentinel else self.servers).append(server)
        return server

    def restart(self, server: Server) -> None:
        """Start a killed server again, with what it has on the disk: its name, no records."""
        server.process = self._run(self.folder / str(server.port), [])

    @staticmethod
    def _run(place: Path, kind: list[str]) -> subprocess.Popen[bytes]:
        with (place / "log").open("ab") as log:
            return subprocess.Popen(
                ["redis-server", str(place / "redis.conf"), *kind],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        for server in (*self.servers, *self.sentinels):
            if server.process.poll() is None:
                server.process.kill()
                server.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def alive(self) -> list[Server]:
        return [one for one in self.servers if one.process.poll() is None]

    def masters(self) -> list[Server]:
        return [one for one in self.alive if one.info("replication")["role"] == "master"]

    def replicas_of(self, master: Server) -> list[Server]:
        return [
            one for one in self.alive if one.info("replication").get("master_port") == master.port
        ]

    def flush(self) -> None:
        for master in self.masters():
            with master.admin() as client:
                client.flushall()


class Watched(Company):
    """A master with two replicas, and three Sentinels that watch it."""

    @property
    def app_url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return (
            f"redis+sentinel://app:{APP_PASSWORD}@{hosts}/{SERVICE}"
            f"?sentinel_username=watcher&sentinel_password={WATCH_PASSWORD}"
        )

    def master(self) -> Server:
        """Whom the first Sentinel calls the master."""
        with Redis(port=self.sentinels[0].port) as client:
            port = int(client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])
        return next(one for one in self.servers if one.port == port)

    def master_of(self, name: str) -> Server:
        del name
        return self.master()

    def agreed(self) -> bool:
        for sentinel in self.sentinels:
            with Redis(port=sentinel.port) as client:
                seen = client.sentinel_master(SERVICE)
                replicas = client.sentinel_slaves(SERVICE)
            if seen["num-other-sentinels"] != 2 or len(replicas) < 2:
                return False
        return self.master().info("replication")["connected_slaves"] == len(self.alive) - 1


class Sharded(Company):
    """Three masters, each with a third of the slots, each with one replica."""

    @property
    def app_url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.servers[:2])
        return f"redis+cluster://app:{APP_PASSWORD}@{hosts}"

    def agreed(self) -> bool:
        for server in self.alive:
            with server.admin() as client:
                text = client.execute_command("CLUSTER", "INFO")
            if "cluster_state:ok" not in (text if isinstance(text, str) else text.decode()):
                return False
        return all(
            len(self.replicas_of(one)) == one.info("replication")["connected_slaves"]
            for one in self.masters()
        )

    def master_of(self, name: str) -> Server:
        with self.alive[0].admin() as client:
            slot = client.execute_command("CLUSTER", "KEYSLOT", name)
            lines = client.execute_command("CLUSTER", "SLOTS")
        port = next(master[1] for first, last, master, *_ in lines if first <= slot <= last)
        return next(one for one in self.servers if one.port == port)


def wait_until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while True:
        with suppress(RedisError):
            if done():
                return
        assert time.monotonic() < end, f"in {DEADLINE} s not {what}"
        time.sleep(0.03)


def _answers(server: Server) -> bool:
    with server.admin() as client:
        return bool(client.ping())


@contextmanager
def watched() -> Iterator[Watched]:
    company = Watched(Path(tempfile.mkdtemp(prefix="redis-")))
    try:
        master = company.start(COMMON)
        for _ in range(2):
            company.start(f"{COMMON}replicaof 127.0.0.1 {master.port}\n")
        for server in company.servers:
            wait_until(lambda one=server: _answers(one), "up")
        wait_until(lambda: master.info("replication")["connected_slaves"] == 2, "replicated")
        for _ in range(3):
            company.start(_sentinel_config(master.port), sentinel=True)
        wait_until(company.agreed, "agreed on a master")
        yield company
    finally:
        company.stop()


def _sentinel_config(port: int) -> str:
    return f"""bind 127.0.0.1
daemonize no
user watcher on >{WATCH_PASSWORD} -@all +sentinel|get-master-addr-by-name
sentinel resolve-hostnames no
sentinel monitor {SERVICE} 127.0.0.1 {port} 2
sentinel auth-pass {SERVICE} {ADMIN_PASSWORD}
sentinel down-after-milliseconds {SERVICE} 400
sentinel failover-timeout {SERVICE} 3000
"""


@contextmanager
def cluster() -> Iterator[Sharded]:
    company = Sharded(Path(tempfile.mkdtemp(prefix="redis-")))
    config = f"{COMMON}cluster-enabled yes\ncluster-config-file nodes.conf\n"
    try:
        for _ in range(6):
            company.start(f"{config}cluster-node-timeout 800\n")
        for server in company.servers:
            wait_until(lambda one=server: _answers(one), "up")
        hosts = [f"127.0.0.1:{one.port}" for one in company.servers]
        client = ["redis-cli", "-a", ADMIN_PASSWORD, "--no-auth-warning"]
        subprocess.run(
            [*client, "--cluster", "create", *hosts, "--cluster-replicas", "1", "--cluster-yes"],
            check=True,
            capture_output=True,
            timeout=DEADLINE,
        )
        wait_until(lambda: len(company.masters()) == 3 and company.agreed(), "a whole cluster")
        wait_until(
            lambda: all(len(company.replicas_of(one)) == 1 for one in company.masters()),
            "replicated",
        )
        yield company
    finally:
        company.stop()


def free_port() -> int:
    """Give a port that is free with the one 10000 above it, which a Cluster uses as well."""
    while True:
        port = 20_000 + randbelow(12_000)
        with socket.socket() as one, socket.socket() as other, suppress(OSError):
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 10_000))
            return port
