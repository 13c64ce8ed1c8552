"""A server of two processes that browsers use, and what a host does over HTTP."""

import json
import os
import signal
import time
import urllib.request
from contextlib import contextmanager
from types import SimpleNamespace

from support import server
from support.wait import until


class Server(server.Server):
    """`stackvote run`; it keeps its port and data when it is killed and restarted."""

    def __init__(self, folder, *arguments, **environment):
        # All tests make their boards from one address.
        environment = {"STACKVOTE_BOARD_RATE": "10000"} | environment
        super().__init__(folder, "--processes", "2", *arguments, **environment)

    def start(self):
        return super().start().await_greeting()

    def kill(self):
        """Kill everything at once, as when the power fails."""
        store = self.store()
        super().kill()
        os.kill(store, signal.SIGKILL)
        self.close()

    @contextmanager
    def store_away(self):
        """Freeze the embedded store: it neither answers nor exits."""
        with _frozen({self.store()}):
            yield

    @contextmanager
    def standing_still(self):
        """Freeze all workers: connections stay open, but do not respond."""
        with _frozen(self.workers()):
            yield

    def new_board(self, **draft):
        """Create a board over HTTP: `code`, `host_key`, `links`, and its pages on this machine."""
        request = urllib.request.Request(
            f"{self.address}/api/boards",
            data=json.dumps(draft or {"template": "python-web-frameworks"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            made = SimpleNamespace(seq=0, **json.load(answer))
        made.address = f"{self.address}/b/{made.code}"
        made.host = f"{made.address}/host?key={made.host_key}"
        made.screen = f"{made.address}/screen"
        return made

    def act(self, board, **action):
        """Act as the host over HTTP."""
        return self._act(board, action, {"Authorization": f"Bearer {board.host_key}"})

    def vote(self, board, *ballots, n=1):
        """Cast ballots in round n, each from its own seat."""
        for ballot in ballots:
            page = f"{self.address}/b/{board.code}"
            with urllib.request.urlopen(page, timeout=10) as answer:
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
            self._act(board, {"type": "vote", "round": n, "ballot": ballot}, {"Cookie": cookie})

    def propose(self, board, name, strapline=""):
        """Propose an option, from a seat of its own; return the proposal's id."""
        page = f"{self.address}/b/{board.code}"
        with urllib.request.urlopen(page, timeout=10) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        made = {"proposal": f"p{time.monotonic_ns()}", "name": name, "strapline": strapline}
        self._act(board, {"type": "propose", **made}, {"Cookie": cookie})
        return made["proposal"]

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
        """The board as an observer sees it, including everything done through this object."""

        def shown():
            # Each answer may come from another process, which may be a moment behind.
            with urllib.request.urlopen(
                f"{self.address}/api/boards/{board.code}", timeout=10
            ) as got:
                state = json.load(got)
            return state if state["seq"] >= board.seq else None

        return until(shown)

    def reveal(self, board):
        """Reveal the current round without what leads up to it, and return its result."""
        n = self.state(board)["round"]["n"]
        self.act(board, type="reveal_round", round=n, at_once=True)
        return self.state(board)["tally"]["result"]


@contextmanager
def _frozen(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
