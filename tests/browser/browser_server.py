# ruff: noqa: S310 - the addresses are our own server's
"""`stackvote run` as a person starts it, with what a host does over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from types import SimpleNamespace

from running import children_of

READY_WITHIN = 30


class Server:
    """`stackvote run` on a port of its own; killed and started again it keeps its data."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log.txt"
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "server", "run", "--port", str(self.port)]
        command += ["--processes", "2", "--data", str(self.folder / "data")]
        with self.log.open("ab") as log:
            # A group of its own, so that all its processes can be killed at one blow.
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def kill(self):
        """Everything at once, as when somebody pulls the plug."""
        os.kill(self.store(), signal.SIGKILL)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def store(self):
        """The process of the embedded store, which has a group of its own."""
        (store,) = children_of(self.process.pid, "valkey-server")
        return store

    @contextmanager
    def store_away(self):
        """Hold the embedded store still: it neither answers nor goes."""
        store = self.store()
        os.kill(store, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(store, signal.SIGCONT)

    @contextmanager
    def standing_still(self):
        """Hold all workers still: lines stay open, and nobody answers."""
        workers = children_of(self.process.pid, "server worker")
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGCONT)

    def new_board(self, **draft):
        """Make a board over HTTP: `code`, `host_key`, `links`."""
        request = urllib.request.Request(
            f"{self.address}/api/boards",
            data=json.dumps(draft or {"template": "python-web-frameworks"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return SimpleNamespace(seq=0, **json.load(answer))

    def act(self, board, **action):
        """One action as the host, over HTTP."""
        return self._act(board, action, {"Authorization": f"Bearer {board.host_key}"})

    def vote(self, board, *ballots, n=1):
        """Cast ballots in round n, each from a seat of its own."""
        for ballot in ballots:
            page = f"{self.address}/b/{board.code}"
            with urllib.request.urlopen(page, timeout=10) as answer:
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
            self._act(board, {"type": "vote", "round": n, "ballot": ballot}, {"Cookie": cookie})

    def _act(self, board, action, who):
        request = urllib.request.Request(
            f"{self.address}/api/boards/{board.code}/actions",
            data=json.dumps({"id": f"{time.monotonic_ns()}", **action}).encode(),
            headers={"Content-Type": "application/json", **who},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            done = json.load(answer)
        board.seq = done["seq"]
        return done

    def open_round(self, board, method="approval", **settings):
        return self.act(board, type="open_round", method=method, settings=settings)

    def state(self, board):
        """The board as an observer sees it, with all that was done to it through us."""
        address = f"{self.address}/api/boards/{board.code}"
        while True:  # Each answer comes from another process, which may be a moment behind.
            with urllib.request.urlopen(address, timeout=10) as answer:
                state = json.load(answer)
            if state["seq"] >= board.seq:
                return state
            time.sleep(0.02)

    def reveal(self, board):
        """Reveal the round that is on; what then is its result."""
        self.act(board, type="reveal_round", round=self.state(board)["round"]["n"])
        return self.state(board)["tally"]["result"]
