"""A server as a person starts it, for tests that kill, stop and renew its processes."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import NamedTuple

PATIENCE = 30.0
GONE = {"Z", "X"}


class Process(NamedTuple):
    pid: int
    parent: int
    state: str
    command: str


def processes():
    """All processes of this machine that have not ended."""
    shown = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 3) for line in shown.stdout.splitlines())
    found = (Process(int(row[0]), int(row[1]), row[2][0], row[3]) for row in rows if len(row) > 3)
    return [process for process in found if process.state not in GONE]


def until(condition, patience=PATIENCE):
    """Wait until a condition holds, and give what it gave."""
    deadline = time.monotonic() + patience
    while not (met := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return met


class Server:
    """One `stackvote run`."""

    def __init__(self, process, folder, host):
        self.process = process
        self.host = host
        self.folder = folder
        self.greeting = ""

    @property
    def pid(self):
        return self.process.pid

    @property
    def port(self):
        return int(re.search(r"127\.0\.0\.1:(\d+)/", self.greeting)[1])

    @property
    def log(self):
        return (self.folder / "stderr").read_text()

    def await_greeting(self):
        """Wait until it says where to go, and takes people."""
        self.read_greeting()
        until(self.is_ready)
        return self

    def read_greeting(self):
        for line in self.process.stdout:
            self.greeting += line
            if "Ctrl-C" in line:
                return
        raise AssertionError(f"it ended: {self.log}")

    def children(self, word):
        return {
            each.pid for each in processes() if each.parent == self.pid and word in each.command
        }

    def workers(self):
        return self.children("server worker")

    def store(self):
        (pid,) = self.children("valkey-server")
        return pid

    def get(self, path):
        """Ask for a page, and give status and text; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.port}{path}", timeout=10) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self):
        return self.get("/readyz")[0] == 200

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """Kill the server and its workers, not the store."""
        for pid in (self.pid, *self.workers()):
            os.kill(pid, signal.SIGKILL)

    def ended(self):
        return self.process.wait(PATIENCE)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.ended()


@contextmanager
def launched(
    folder,
    *arguments,
    prelude="",
    program=None,
    cwd=None,
    stdin=subprocess.DEVNULL,
    inside=(),
    host="127.0.0.1",
    **environment,
):
    """Start a server on a data folder and a free port, and end it whatever happens.

    `inside` is the command that starts it on another machine, `host` its address there.
    """
    code = f"{prelude}\nimport sys\nfrom server.cli import main\nsys.exit(main())"
    folder.mkdir(exist_ok=True)
    with (folder / "stderr").open("ab") as log:
        process = subprocess.Popen(
            [
                *inside,
                *(program or (sys.executable, "-c", code)),
                *("run", "--data", str(folder / "data")),
                *arguments,
            ],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=cwd,
            env=os.environ | {"STACKVOTE_PORT": "0", "STACKVOTE_DRAIN_SECONDS": "1"} | environment,
        )
    server = Server(process, folder, host)
    try:
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def wait_gone(pids):
    """Wait until processes have ended that need not be our children."""
    until(lambda: not pids & {each.pid for each in processes()})
