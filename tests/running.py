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

import psutil

PATIENCE = 30.0


def command_of(pid):
    """Return the command of a process as everybody on the machine sees it; "" once it is gone."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def children_of(pid, word):
    """Return the pids of the children of a process that have a word in their command."""
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return set()
    return {child.pid for child in children if word in command_of(child.pid)}


def is_running(pid):
    """Tell whether a process, which need not be our child, has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


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
        return children_of(self.pid, word)

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
    until(lambda: not any(map(is_running, pids)))
