"""Stackvote as a person starts it, with boards on which a round is open and people's cookies."""

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
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import machine
from bench.generator import BenchError, Board

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "python-web-frameworks"


class Stackvote:
    """One `stackvote run` with its workers and its own store."""

    def __init__(self, process: subprocess.Popen[str], port: int, workers: int) -> None:
        self.port = port
        self._process = process
        self.pids = self._children("server worker", workers)
        self.store_pid = self._children("valkey-server", 1)[0]

    def _children(self, word: str, count: int) -> list[int]:
        found = [pid for pid, line in machine.children(self._process.pid).items() if word in line]
        if len(found) != count:
            raise BenchError(f"Of child processes named {word!r} there are {len(found)}.")
        return found

    def open_board(self) -> Board:
        """Make a board of the seven frameworks, and open a round that all see live."""
        made = self.call("POST", "/api/boards", {"template": TEMPLATE})
        code, key = made["code"], made["host_key"]
        self.call(
            "POST",
            f"/api/boards/{code}/actions",
            {
                "type": "open_round",
                "id": "bench",
                "method": "approval",
                "settings": {"visibility": "live"},
            },
            {"Authorization": f"Bearer {key}"},
        )
        current = self.call("GET", f"/api/boards/{code}")["round"]
        return Board(f"/b/{code}/live", current["options"], current["n"])

    def write_cookies(self, board: Board, count: int, path: Path) -> None:
        """Open the ballot page as so many browsers, and keep the cookie of each, one a line."""
        page = board.path.removesuffix("/live")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with path.open("w") as file:
            for _ in range(count):
                connection.request("GET", page)
                answer = connection.getresponse()
                answer.read()
                cookie = answer.headers["Set-Cookie"]
                if answer.status != http.client.OK or not cookie:
                    raise BenchError(f"{page} answered {answer.status} and set no cookie.")
                print(cookie.partition(";")[0], file=file)
        connection.close()

    def people(self, board: Board) -> int:
        """Count who is on a board."""
        code = board.path.split("/")[2]
        return int(self.call("GET", f"/api/boards/{code}")["people"]["here"])

    def resident_kib(self) -> int:
        """Return the workers' memory when garbage is collected and they have come to rest."""
        if (found := machine.steady_kib(self.pids, self._collect)) is None:
            raise BenchError("The server's memory does not come to rest.")
        return found

    def _collect(self) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGUSR2)
        # A worker answers only when it has done what the signal asked for. Where there are two,
        # the other one has done it before memory has come to rest.
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


def code() -> str:
    """Name the server's files as they are now, whether or not they were committed."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "server").rglob("*")):
        if path.suffix in {".py", ".lua"}:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def commit() -> str:
    """Name the commit that is checked out, as far as there is one."""
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
    steps: Path | None = None,
) -> Iterator[Stackvote]:
    """Serve on a free port until this is closed. Raises BenchError.

    The data are fresh unless a server has had this name before. One worker has a core to itself;
    several, and their store, run where the system puts them. `tally_window` is in milliseconds, 0
    for one that adapts. The secret lies beside the data, so
    that cookies are good for every server of a bench. `steps` is where a worker writes its longest
    step when it gets SIGUSR2, see `bench/steps`.
    """
    # Settings of the person who measures must not change what is measured.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STACKVOTE_")}
    environment["PYTHONPATH"] = str(ROOT / "bench" / ("steps" if steps else "collect"))
    environment["BENCH_STEPS"] = str(steps)
    command = [
        *(sys.executable, "-m", "server", "run"),
        *("--host", "127.0.0.1", "--port", "0", "--processes", str(workers)),
        *("--data", str(folder / name), "--secret-file", str(folder / "secret")),
        *("--message-rate", "10000", "--message-burst", "100000", "--drain-seconds", "1"),
        *("--tally-window", str(tally_window)),
    ]
    log = folder / f"{name}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        server = Stackvote(process, _port(process, log), workers)
        if workers == 1:
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
