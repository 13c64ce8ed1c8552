"""Peers as systems under test: servers that do the same job as Stackvote with other software."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import redis

from bench import machine
from bench.generator import BenchError, Board, FailedError
from server.store.embedded import EmbeddedStore

FOLDER = Path(__file__).resolve().parent / "peers"
PYTHON = FOLDER / ".venv" / "bin" / "python"
APPEND = FOLDER.parent.parent / "server" / "store" / "lua" / "append.lua"
START_TIMEOUT = 20.0


class Peer(NamedTuple):
    """How a peer is started, and which protocol adapter its clients need."""

    title: str
    packages: Sequence[str]
    """The packages that its speed depends on."""
    command: Sequence[str]
    store: str = ""
    """`fast`: without persistence; `durable`: syncs every write; empty: the peer has no store."""
    adapter: str = "plain"


def _python(*arguments: str) -> Sequence[str]:
    return (str(PYTHON), *arguments)


PEERS = {
    "tornado": Peer("Tornado, `write_message`", ["tornado"], _python("tornado_server.py")),
    "websockets": Peer("websockets, `broadcast`", ["websockets"], _python("websockets_server.py")),
    "aiohttp": Peer("aiohttp", ["aiohttp"], _python("aiohttp_server.py")),
    "fastapi": Peer(
        "FastAPI on uvicorn", ["fastapi", "uvicorn", "uvloop"], _python("fastapi_server.py")
    ),
    "channels": Peer(
        "Django Channels, channels_redis",
        ["Django", "channels", "channels-redis", "daphne"],
        _python(
            *("-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0"),
            "channels_server:application",
        ),
        store="fast",
    ),
    "flask-socketio": Peer(
        "Flask-SocketIO on gevent",
        ["Flask-SocketIO", "gevent"],
        _python("flask_socketio_server.py"),
        adapter="socket.io",
    ),
    "python-socketio": Peer(
        "python-socketio, Redis manager",
        ["python-socketio", "uvicorn"],
        _python("python_socketio_server.py"),
        store="fast",
        adapter="socket.io",
    ),
    "ws": Peer("Node `ws`", ["ws"], ("node", "--expose-gc", "ws_server.js")),
    "socket.io": Peer(
        "Node socket.io, Redis adapter",
        ["socket.io", "@socket.io/redis-adapter"],
        ("node", "socketio_server.js"),
        store="fast",
        adapter="socket.io",
    ),
    "c": Peer("C, a loop of `send()`", [], ("{folder}/send_loop_server",)),
    "tornado-redis": Peer(
        "Tornado and redis-py, one awaited call per vote",
        ["tornado", "redis"],
        _python("tornado_redis_server.py"),
        store="durable",
    ),
    "ws-redis": Peer(
        "Node `ws` and ioredis, auto-pipelining",
        ["ws", "ioredis"],
        ("node", "ws_redis_server.js"),
        store="durable",
    ),
}


class RunningPeer:
    """The process of a peer, and its store's."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, store_pid: int | None) -> None:
        self.pids = (process.pid,)
        self.port = port
        self.store_pid = store_pid

    def resident_kib(self) -> int:
        """Return the resident memory after garbage collection, once it is stable, in KiB."""
        if (found := machine.stable_kib(self.pids, self._collect)) is None:
            raise BenchError("The peer's memory does not become stable.")
        return found

    def _collect(self) -> None:
        os.kill(self.pids[0], signal.SIGUSR2)
        time.sleep(0.1)  # Peers have no request that shows when they are done.


def board(peer: Peer, options: Sequence[str]) -> Board:
    path = "/live" if peer.adapter == "plain" else "/socket.io/?EIO=4&transport=websocket"
    return Board(path, options, 1, protocol="", adapter=peer.adapter)


def prepare(folder: Path) -> None:
    """Compile the peer in C, and check that the others are installed. Raises BenchError."""
    if not PYTHON.exists() or not (FOLDER / "node_modules").exists():
        raise BenchError("The peers are not installed. First: make bench-peers")
    compiler = os.environ.get("CC", "cc")
    source, program = FOLDER / "send_loop_server.c", folder / "send_loop_server"
    subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)


def versions() -> dict[str, str]:
    """Return the versions of all packages that the peers name, and of Node."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    found = {}
    for pattern in ("*/package.json", "@*/*/package.json"):
        for manifest in (FOLDER / "node_modules").glob(pattern):
            package = json.loads(manifest.read_text())
            found[package["name"]] = package["version"]
    # Node and Python both have a `redis`; the one in `PEERS` is Python's.
    found |= {each["name"].replace("_", "-"): each["version"] for each in json.loads(listed.stdout)}
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    wanted = [name for peer in PEERS.values() for name in peer.packages]
    return {name: found[name] for name in wanted} | {"Node": node.stdout.strip()}


@contextmanager
def running(
    peer: Peer, folder: Path, cores: machine.Cores, settings: Mapping[str, str]
) -> Iterator[RunningPeer]:
    """Run a peer on a free port for the duration. Raises BenchError."""
    port = _free_port()
    environment = {
        **os.environ,
        **settings,
        "PORT": str(port),
        "APPEND": str(APPEND),
        "PYTHONPATH": os.pathsep.join((str(FOLDER), str(FOLDER.parent / "gc_on_signal"))),
    }
    command = [part.format(port=port, folder=folder) for part in peer.command]
    with ExitStack() as stack:
        store = stack.enter_context(_store(peer.store, folder, cores)) if peer.store else None
        if store:
            environment["STORE"] = str(store.socket_path)
        log = stack.enter_context((folder / "peer.log").open("w"))
        process = subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=log, stderr=log)
        stack.callback(_kill, process)
        _wait_until(lambda: _accepts(port), process, folder / "peer.log")
        machine.pin(process.pid, cores.server)
        try:
            yield RunningPeer(process, port, store.pid if store else None)
        except FailedError as error:
            raise with_last_output(error, folder / "peer.log") from error


def with_last_output(error: FailedError, log: Path) -> FailedError:
    """Add the last line of the server's output to the error."""
    lines = log.read_text().replace(str(log.parent), "…").splitlines()
    return FailedError(f"{error} ({lines[-1]})") if lines else error


@contextmanager
def _store(kind: str, folder: Path, cores: machine.Cores) -> Iterator[EmbeddedStore]:
    """Run Stackvote's embedded store, on the core that it has when Stackvote is measured."""
    data = folder / "peer-store"
    with EmbeddedStore(data) as store:
        if kind == "fast":
            with redis.Redis(unix_socket_path=str(store.socket_path)) as client:
                client.config_set("appendonly", "no")
        machine.pin(store.pid, cores.store)
        yield store
    shutil.rmtree(data)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"The peer does not start:\n{log.read_text()}")
        time.sleep(0.02)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Some take long to close thousands of connections, and nothing they still do matters.
    process.kill()
    process.wait()
