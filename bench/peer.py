"""A peer as a process: the same job as Stackvote's, done with something else."""

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
from server.log.embedded import EmbeddedStore

FOLDER = Path(__file__).resolve().parent / "peers"
PYTHON = FOLDER / ".venv" / "bin" / "python"
APPEND = FOLDER.parent.parent / "server" / "log" / "append.lua"
PATIENCE = 20.0


class Peer(NamedTuple):
    """How a peer is started, and spoken to."""

    title: str
    packages: Sequence[str]
    """What its speed depends on."""
    command: Sequence[str]
    store: str = ""
    """`fast` for one that keeps nothing on disk, `durable` for one that syncs every write."""
    dialect: str = "plain"


def _python(*words: str) -> Sequence[str]:
    return (str(PYTHON), *words)


PEERS = {
    "tornado": Peer("Tornado, `write_message`", ["tornado"], _python("plain_tornado.py")),
    "websockets": Peer(
        "websockets, `broadcast`", ["websockets"], _python("broadcasting_websockets.py")
    ),
    "aiohttp": Peer("aiohttp", ["aiohttp"], _python("serving_aiohttp.py")),
    "fastapi": Peer(
        "FastAPI on uvicorn", ["fastapi", "uvicorn", "uvloop"], _python("serving_fastapi.py")
    ),
    "channels": Peer(
        "Django Channels, channels_redis",
        ["Django", "channels", "channels-redis", "daphne"],
        _python(
            *("-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0"),
            "serving_channels:application",
        ),
        store="fast",
    ),
    "flask-socketio": Peer(
        "Flask-SocketIO on gevent",
        ["Flask-SocketIO", "gevent"],
        _python("serving_flask_socketio.py"),
        dialect="socket.io",
    ),
    "python-socketio": Peer(
        "python-socketio, Redis manager",
        ["python-socketio", "uvicorn"],
        _python("serving_python_socketio.py"),
        store="fast",
        dialect="socket.io",
    ),
    "ws": Peer("Node `ws`", ["ws"], ("node", "--expose-gc", "ws.js")),
    "socket.io": Peer(
        "Node socket.io, Redis adapter",
        ["socket.io", "@socket.io/redis-adapter"],
        ("node", "socketio.js"),
        store="fast",
        dialect="socket.io",
    ),
    "c": Peer("C, a loop of `send()`", [], ("{folder}/send_loop",)),
    "awaiting": Peer(
        "Tornado and redis-py, one awaited call a vote",
        ["tornado", "redis"],
        _python("awaiting_tornado.py"),
        store="durable",
    ),
}


class Started:
    """A running peer, and the board that is on it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, store_pid: int | None) -> None:
        self.pids = (process.pid,)
        self.port = port
        self.store_pid = store_pid

    def resident_kib(self) -> int:
        """Return the memory in use once garbage was collected."""
        if (found := machine.steady_kib(self.pids, self._collect)) is None:
            raise BenchError("The peer's memory does not come to rest.")
        return found

    def _collect(self) -> None:
        os.kill(self.pids[0], signal.SIGUSR2)
        time.sleep(0.1)  # Peers have no address that tells when it is done.


def board(peer: Peer, options: Sequence[str]) -> Board:
    path = "/live" if peer.dialect == "plain" else "/socket.io/?EIO=4&transport=websocket"
    return Board(path, options, 1, protocol="", dialect=peer.dialect)


def prepare(folder: Path) -> None:
    """Compile the peer in C, and see that the others are installed. Raises BenchError."""
    if not PYTHON.exists() or not (FOLDER / "node_modules").exists():
        raise BenchError("The peers are not installed. First: make bench-peers")
    compiler = os.environ.get("CC", "cc")
    source, program = FOLDER / "send_loop.c", folder / "send_loop"
    subprocess.run([compiler, "-O2", "-o", str(program), str(source)], check=True)


def versions() -> dict[str, str]:
    """Return the version of everything that was installed for the peers and is named there."""
    asked = subprocess.run(
        [str(PYTHON), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
        capture_output=True,
        check=True,
    )
    found = {}
    for pattern in ("*/package.json", "@*/*/package.json"):
        for described in (FOLDER / "node_modules").glob(pattern):
            package = json.loads(described.read_text())
            found[package["name"]] = package["version"]
    # There is a `redis` on both sides; the one that is named in `PEERS` is Python's.
    found |= {each["name"].replace("_", "-"): each["version"] for each in json.loads(asked.stdout)}
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    wanted = [name for peer in PEERS.values() for name in peer.packages]
    return {name: found[name] for name in wanted} | {"Node": node.stdout.strip()}


@contextmanager
def running(
    peer: Peer, folder: Path, cores: machine.Cores, settings: Mapping[str, str]
) -> Iterator[Started]:
    """Serve on a free port until this is closed. Raises BenchError."""
    port = _free_port()
    environment = {
        **os.environ,
        **settings,
        "PORT": str(port),
        "APPEND": str(APPEND),
        "PYTHONPATH": os.pathsep.join((str(FOLDER), str(FOLDER.parent / "collect"))),
    }
    command = [word.format(port=port, folder=folder) for word in peer.command]
    with ExitStack() as open_things:
        store = open_things.enter_context(_store(peer.store, folder, cores)) if peer.store else None
        if store:
            environment["STORE"] = str(store.socket_path)
        log = open_things.enter_context((folder / "peer.log").open("w"))
        process = subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=log, stderr=log)
        open_things.callback(_end, process)
        _await(lambda: _answers(port), process, folder / "peer.log")
        machine.pin(process.pid, cores.server)
        try:
            yield Started(process, port, store.pid if store else None)
        except FailedError as error:
            raise told(error, folder / "peer.log") from error


def told(error: FailedError, log: Path) -> FailedError:
    """Add what the server had to say of it last."""
    said = log.read_text().replace(str(log.parent), "…").splitlines()
    return FailedError(f"{error} ({said[-1]})") if said else error


@contextmanager
def _store(kind: str, folder: Path, cores: machine.Cores) -> Iterator[EmbeddedStore]:
    """Run the store that Stackvote brings along, on the core that Stackvote's would have."""
    data = folder / "peer-store"
    with EmbeddedStore(data) as store:
        if kind == "fast":
            with redis.Redis(unix_socket_path=str(store.socket_path)) as client:
                client.config_set("appendonly", "no")
        machine.pin(store.pid, cores.store)
        yield store
    shutil.rmtree(data)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _await(is_so: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if process.poll() is not None or time.monotonic() > until:
            raise BenchError(f"The peer does not start:\n{log.read_text()}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    # Nothing that it could still do matters, and some take long to say goodbye to thousands.
    process.kill()
    process.wait()
