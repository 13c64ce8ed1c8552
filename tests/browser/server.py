"""A server of two processes that browsers use, and what a host does over HTTP."""

import json
import os
import re
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
        answer = self._post("boards", draft or {"template": "python-web-frameworks"})
        made = SimpleNamespace(seq=0, **answer)
        made.address = f"{self.address}/b/{made.code}"
        made.host = f"{made.address}/host?key={made.host_key}"
        made.screen = f"{made.address}/screen"
        return made

    def add_question(self, lead, **draft):
        """Add a question to the meeting that a board leads, and return its board."""
        answer = self._post(f"boards/{lead.code}/questions", draft, _as_host(lead))
        return SimpleNamespace(seq=0, host_key=lead.host_key, **answer)

    def invitation(self, board):
        """Make an invitation, and return its link on this machine."""
        made = self._post(f"boards/{board.code}/invites", {"count": 1}, _as_host(board))
        return self.address + re.sub("^https?://[^/]+", "", made["invites"][0]["link"])

    def act(self, board, **action):
        """Act as the host over HTTP."""
        return self._act(board, action, _as_host(board))

    def vote(self, board, *ballots, n=1):
        """Cast ballots in round n, each from its own seat."""
        for ballot in ballots:
            self._act_from_seat(board, type="vote", round=n, ballot=ballot)

    def propose(self, board, name, strapline=""):
        """Propose an option, from a seat of its own; return the proposal's id."""
        id_ = f"p{time.monotonic_ns()}"
        self._act_from_seat(board, type="propose", proposal=id_, name=name, strapline=strapline)
        return id_

    def comment(self, board, option, text, **more):
        """Comment on an option, from a seat of its own; return the comment's id."""
        id_ = f"c{time.monotonic_ns()}"
        content = {"comment": id_, "option": option, "kind": "pro", "text": text, **more}
        self._act_from_seat(board, type="comment", **content)
        return id_

    def _act_from_seat(self, board, **action):
        with urllib.request.urlopen(f"{self.address}/b/{board.code}", timeout=10) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self._act(board, action, {"Cookie": cookie})

    def _act(self, board, action, who):
        action = {"id": f"{time.monotonic_ns()}", **action}
        done = self._post(f"boards/{board.code}/actions", action, who)
        board.seq = done["seq"]
        return done

    def _post(self, path, content, who=None):
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            data=json.dumps(content).encode(),
            headers={"Content-Type": "application/json", **(who or {})},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

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


def _as_host(board):
    return {"Authorization": f"Bearer {board.host_key}"}


@contextmanager
def _frozen(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
