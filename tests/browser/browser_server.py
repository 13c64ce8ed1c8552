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
from types import SimpleNamespace

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
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def new_board(self, **draft):
        """Make a board over HTTP: `code`, `host_key`, `links`."""
        request = urllib.request.Request(
            f"{self.address}/api/boards",
            data=json.dumps(draft or {"template": "python-web-frameworks"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return SimpleNamespace(**json.load(answer))

    def act(self, board, **action):
        """One action as the host, over HTTP."""
        request = urllib.request.Request(
            f"{self.address}/api/boards/{board.code}/actions",
            data=json.dumps({"id": f"{time.monotonic_ns()}", **action}).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {board.host_key}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def open_round(self, board, method="approval", **settings):
        return self.act(board, type="open_round", method=method, settings=settings)
