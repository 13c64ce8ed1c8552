"""`stackvote run` as a person starts it, for tests that kill, stop and restart its processes."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

from support.processes import children_of
from support.wait import until

PATIENCE = 30.0
DEFAULTS = {"STACKVOTE_PORT": "0", "STACKVOTE_DRAIN_SECONDS": "1"}


class Server:
    """One `stackvote run` on a data folder and a free port, which it keeps when it is restarted.

    `prelude` is Python that runs before it, `program` another command than ours, and `inside` the
    command prefix that starts it on another machine, whose address is `host`.
    """

    def __init__(
        self,
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
        code = f"{prelude}\nimport sys\nfrom server.cli import main\nsys.exit(main())"
        self.folder = folder
        self.host = host
        self.greeting = ""
        self.process = None
        self._command = [*inside, *(program or (sys.executable, "-c", code))]
        self._command += ["run", "--data", str(folder / "data"), *arguments]
        self._options = {"cwd": cwd, "stdin": stdin}
        self._environment = DEFAULTS | environment

    def start(self):
        self.folder.mkdir(exist_ok=True)
        if self.greeting:
            self._environment["STACKVOTE_PORT"] = str(self.port)
            self.greeting = ""
        with (self.folder / "stderr").open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | self._environment,
                **self._options,
            )
        return self

    @property
    def pid(self):
        return self.process.pid

    @property
    def port(self):
        return int(re.search(r"127\.0\.0\.1:(\d+)/", self.greeting)[1])

    @property
    def address(self):
        return f"http://{self.host}:{self.port}"

    @property
    def log(self):
        return (self.folder / "stderr").read_text()

    def await_greeting(self):
        """Wait until it prints its address and accepts connections."""
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
        """Fetch a page; return status and text; 0 if there is no answer."""
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as got:
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
        """Kill the server and its workers, but not the store."""
        for pid in (self.pid, *self.workers()):
            os.kill(pid, signal.SIGKILL)

    def ended(self):
        return self.process.wait(PATIENCE)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.ended()

    def close(self):
        """Stop it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@contextmanager
def launched(folder, *arguments, **more):
    """Start a server, and always stop it; what `more` may be says `Server`."""
    server = Server(folder, *arguments, **more).start()
    try:
        yield server
    finally:
        server.close()
