"""Stackvote as the system under test: a running server, a board with an open round, cookies."""

import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import machine
from bench.generator import BenchError, Board

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "python-web-frameworks"
BROWSERS = 4
"""Browsers that open pages at once, so that several workers have something to do."""


class InUse(NamedTuple):
    """What the workers have allocated, after garbage collection."""

    blocks: int
    """Of the interpreter's allocator: one for each small object, at least."""
    malloc_bytes: int
    """Of the C library's, for what is larger; 0 where it does not tell."""


class Stackvote:
    """One `stackvote run` with its workers and, unless it was given one, its own store."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        port: int,
        workers: int,
        in_use: Path,
        *,
        own_store: bool = True,
    ) -> None:
        self.port = port
        self._process = process
        self._in_use = in_use
        self.pids = self._children("server worker", workers)
        self.store_pid = self._children("valkey-server", 1)[0] if own_store else 0

    def _children(self, name: str, count: int) -> list[int]:
        children = machine.children(self._process.pid)
        found = [pid for pid, command in children.items() if name in command]
        if len(found) != count:
            raise BenchError(f"There are {len(found)} child processes named {name!r}, not {count}.")
        return found

    def open_board(self) -> Board:
        """Create a board of the seven frameworks, and open a round shown live."""
        created = self.call("POST", "/api/boards", {"template": TEMPLATE})
        code, key = created["code"], created["host_key"]
        self.call(
            "POST",
            f"/api/boards/{code}/actions",
            {
                "type": "open_round",
                "id": "bench",
                "method": "approval",
                "settings": {"visibility": "live", "names": "open"},
            },
            {"Authorization": f"Bearer {key}"},
        )
        current = self.call("GET", f"/api/boards/{code}")["round"]
        return Board(f"/b/{code}/live", current["options"], current["n"])

    def write_cookies(self, board: Board, count: int, path: Path) -> None:
        """Open the ballot page as `count` browsers, and write their cookies, one per line."""
        page = board.path.removesuffix("/live")
        with ThreadPoolExecutor(BROWSERS) as browsers:
            shares = [count // BROWSERS + (n < count % BROWSERS) for n in range(BROWSERS)]
            found = browsers.map(partial(self._cookies, page), shares)
            path.write_text("".join(f"{cookie}\n" for share in found for cookie in share))

    def _cookies(self, page: str, count: int) -> list[str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = []
        for _ in range(count):
            connection.request("GET", page)
            answer = connection.getresponse()
            answer.read()
            cookie = answer.headers["Set-Cookie"]
            if answer.status != http.client.OK or not cookie:
                raise BenchError(f"{page} answered {answer.status} and set no cookie.")
            cookies.append(cookie.partition(";")[0])
        connection.close()
        return cookies

    def connected(self, board: Board) -> int:
        """Return the number of people connected to a board."""
        code = board.path.split("/")[2]
        return int(self.call("GET", f"/api/boards/{code}")["people"]["here"])

    def resident_kib(self) -> int:
        """Return the workers' resident memory after garbage collection, once stable, in KiB."""
        if (found := machine.stable_kib(self.pids, self._collect)) is None:
            raise BenchError("The server's memory does not become stable.")
        return found

    def in_use(self) -> InUse:
        """Return what the workers had allocated at the last call of `resident_kib`."""
        found = [(self._in_use / str(pid)).read_text().split() for pid in self.pids]
        return InUse(*(sum(map(int, column)) for column in zip(*found, strict=True)))

    def _collect(self) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGUSR2)
        # A worker answers only after it has handled the signal. If there are two, the other one has
        # handled it by the time memory is stable.
        self.call("GET", "/healthz")

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, json.dumps(body) if body else None, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise BenchError(f"{method} {path} answered {answer.status}: {content[:200]!r}")
        return json.loads(content) if content.startswith(b"{") else None


def source_hash() -> str:
    """Return a hash of the server's files as they are now, committed or not."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "server").rglob("*")):
        if path.suffix in {".py", ".lua"}:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def commit() -> str:
    """Return the commit that is checked out, if there is one."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "rev-parse", "--short", "HEAD"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"


@contextmanager
def running(
    folder: Path,
    name: str,
    cores: machine.Cores,
    workers: int = 1,
    *,
    tally_window: int = 0,
    callback_timing: Path | None = None,
    store_url: str | None = None,
) -> Iterator[Stackvote]:
    """Run a server on a free port for the duration. Raises BenchError.

    The data is fresh unless a server has used this name before. A single worker has a core to
    itself; several, and their store, run wherever the system schedules them. `tally_window` is in
    milliseconds; 0 adapts it to the load. The secret is next to the data, so that cookies are valid
    for every server of a benchmark. `callback_timing` is where a worker reports its longest
    callback on SIGUSR2, see `bench/callback_timing`. With `store_url`, it uses a store that runs
    already, and the system schedules its worker, too.
    """
    # Settings in the environment must not affect the measurement.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STACKVOTE_")}
    environment["PYTHONPATH"] = str(
        ROOT / "bench" / ("callback_timing" if callback_timing else "gc_on_signal")
    )
    environment["BENCH_CALLBACK_TIMING"] = str(callback_timing)
    in_use = folder / f"{name}-in-use"
    in_use.mkdir(exist_ok=True)
    environment["BENCH_IN_USE"] = str(in_use)
    command = [
        *(sys.executable, "-m", "server", "run"),
        *("--host", "127.0.0.1", "--port", "0", "--processes", str(workers)),
        *("--data", str(folder / name), "--secret-file", str(folder / "secret")),
        *("--message-rate", "10000", "--message-burst", "100000", "--board-rate", "10000"),
        *("--drain-seconds", "1"),
        *("--tally-window", str(tally_window)),
        *(("--redis-url", store_url) if store_url else ()),
    ]
    log = folder / f"{name}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        port = _port(process, log)
        server = Stackvote(process, port, workers, in_use, own_store=store_url is None)
        if workers == 1 and server.store_pid:
            machine.pin(server.pids[0], cores.server)
            machine.pin(server.store_pid, cores.store)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    greeting = ""
    for line in process.stdout or ():
        greeting += line
        if "Ctrl-C" in line:
            break
    found = re.search(r"127\.0\.0\.1:(\d+)/", greeting)
    if found is None:
        raise BenchError(f"The server does not start:\n{log.read_text()}")
    return int(found[1])
