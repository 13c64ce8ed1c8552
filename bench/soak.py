"""Measure whether memory grows as clients connect and disconnect: `make bench-soak`, or `python -m
bench.soak --help`.
"""

import http.client
import itertools
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from bench import machine
from bench.generator import BenchError, Board, FailedError
from bench.harness import Bench, Measured, Sampling, Scenario, options_parser, run_scenarios
from bench.results import SOAK, Measure
from bench.stackvote import Stackvote, running

WORKERS = 2
CLIENTS = 4000
"""Per wave."""
VOTERS = 500
"""Clients that vote, and return with every wave: each keeps one ballot on the board."""
WARMUP_WAVES, WARMUP_VOTES = 10, 80_000
"""Waves and votes before memory is measured. By then everything with a limit is full: a board
remembers its last 65,536 messages, and each worker the rates of the last 10,000 seats.
"""

RESTS = 4
"""How often memory is measured at rest after that, at equal intervals."""

REFUSED_PER_MINUTE = 10_000
"""Refused requests of each kind."""
CONNECTIONS, ADDRESSES = 16, 8
"""Connections for each kind of request, and source addresses for unknown codes."""
FORGED_COOKIE = "stackvote_browser=2|1:0|10:1700000000|17:stackvote_browser|8:Zm9yZ2Vk|" + "0" * 64
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class RefusedRequest(NamedTuple):
    """A request that is refused, and the expected statuses."""

    path: str
    body: str | None
    headers: dict[str, str]
    statuses: set[int]


class RefusedTraffic:
    """Requests that are refused while others vote, each kind at a fixed rate.

    Those for unknown codes come from several addresses: beyond sixty per minute, the server refuses
    everything from an address, including new clients.
    """

    def __init__(self, port: int, board: Board, cookies: Sequence[str], per_minute: int) -> None:
        """`cookies` are valid and used in turn: a request waits for the previous one with the same
        cookie.
        """
        self.responses: Counter[str] = Counter()
        self._port = port
        self._interval = 60 * CONNECTIONS / per_minute
        self._stopped = threading.Event()
        self._failed = ""
        self._started_at = 0.0
        self._actions = f"/api/boards/{board.path.split('/')[2]}/actions"
        self._cookies = cookies
        kinds = (self._unknown_code, self._forged_cookie, self._refusal)
        self._threads = [
            threading.Thread(target=self._keep_requesting, args=[kind, n])
            for kind in kinds
            for n in range(CONNECTIONS)
        ]

    def __enter__(self) -> Self:
        self._started_at = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop. Raises FailedError if a response was not as expected."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        minutes = (time.monotonic() - self._started_at) / 60
        self.per_minute = {name: count / minutes for name, count in sorted(self.responses.items())}
        if self._failed and error is None:
            raise FailedError(self._failed)

    def _keep_requesting(
        self, kind: Callable[[int], tuple[str, RefusedRequest]], connection_number: int
    ) -> None:
        source = (
            ("127.0.1.1", 0)
            if kind != self._unknown_code
            else (f"127.0.2.{connection_number % ADDRESSES + 1}", 0)
        )
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=60, source_address=source
        )
        try:
            for number in itertools.count():
                # All connections of a kind send in turn; one that was delayed catches up.
                due = self._started_at + (number + connection_number / CONNECTIONS) * self._interval
                if self._stopped.wait(due - time.monotonic()):
                    return
                name, request = kind(number * CONNECTIONS + connection_number)
                method = "POST" if request.body else "GET"
                connection.request(method, request.path, request.body, request.headers)
                response = connection.getresponse()
                response.read()
                self.responses[name] += 1
                if response.status not in request.statuses:
                    self._failed = f"{name}: {method} {request.path} got {response.status}."
                    return
        except (OSError, http.client.HTTPException) as error:
            self._failed = f"{kind.__name__}: {error!r}"
        finally:
            connection.close()

    def _unknown_code(self, number: int) -> tuple[str, RefusedRequest]:
        code = "".join(CODE_ALPHABET[number // 30**place % 30] for place in range(6))
        return "unknown codes", RefusedRequest(f"/api/boards/{code}", None, {}, {404, 429})

    def _forged_cookie(self, number: int) -> tuple[str, RefusedRequest]:
        headers = {"Cookie": FORGED_COOKIE}
        return "forged cookies", RefusedRequest(
            self._actions, self._vote(1, number), headers, {403}
        )

    def _refusal(self, number: int) -> tuple[str, RefusedRequest]:
        headers = {"Cookie": self._cookies[number % len(self._cookies)]}
        return "refusals", RefusedRequest(self._actions, self._vote(999, number), headers, {404})

    def _vote(self, round_number: int, number: int) -> str:
        ballot = {"approve": ["flask"]}
        return json.dumps(
            {"type": "vote", "id": f"refused-{number}", "round": round_number, "ballot": ballot}
        )


class Rest(NamedTuple):
    """The memory of the workers once no one is connected."""

    mib: float
    """Resident; it includes what was freed and is kept for later."""
    blocks: int
    malloc_mib: float
    """What is in use, in both allocators; see `InUse`. This grows with a leak, and only with one,
    once all that has a limit is full.
    """


class Soak:
    """Waves of clients that open the page, connect, and disconnect."""

    def __init__(self, bench: Bench, server: Stackvote) -> None:
        self._bench = bench
        self._server = server
        self._board = server.open_board()
        self._voter_cookies = bench.cookies.read_text()
        self.votes = 0

    def wave(self, seconds: float) -> None:
        """Connect a wave of clients, all new except for the voters, which vote for some seconds."""
        cookies = self._bench.folder / "cookies-wave"
        self._server.write_cookies(self._board, CLIENTS - VOTERS, cookies)
        cookies.write_text(self._voter_cookies + cookies.read_text())
        run = self._bench.generator.run(
            self._server,
            self._board,
            cookies,
            clients=CLIENTS,
            voters=VOTERS,
            loop="ack",
            first_vote=self.votes,
            warmup=0.2,
            seconds=seconds,
        )
        self.votes += run.votes

    def refused_traffic(self) -> RefusedTraffic:
        """Return the refused requests that are sent while waves connect and disconnect."""
        cookies = self._voter_cookies.splitlines()[:CONNECTIONS]
        return RefusedTraffic(self._server.port, self._board, cookies, REFUSED_PER_MINUTE)

    def rest(self) -> Rest:
        """Measure once no one is connected. Raises BenchError."""
        # A worker takes a while to release thousands of connections.
        for _ in range(300):
            if not self._server.connected(self._board):
                mib = self._server.resident_kib() / 1024
                blocks, malloc_bytes = self._server.in_use()
                return Rest(mib, blocks, malloc_bytes / 2**20)
            time.sleep(0.1)
        raise BenchError("Some connections are not released.")


def soak(bench: Bench, waves: int, seconds: float) -> Measured:
    with running(bench.folder, "soak", bench.cores, WORKERS) as server:
        soak_test = Soak(bench, server)
        with soak_test.refused_traffic():
            for number in itertools.count(1):
                soak_test.wave(1.0)
                if number >= WARMUP_WAVES and soak_test.votes >= WARMUP_VOTES:
                    break
        rests, store, started_at = [soak_test.rest()], _store_mib(server), time.monotonic()
        rates: dict[str, list[float]] = {}
        number = 0
        for part in range(1, RESTS + 1):
            with soak_test.refused_traffic() as refused_traffic:
                while number < waves * part // RESTS:
                    number += 1
                    soak_test.wave(1.0)
                    # Spread over the available time; a wave takes longer on a slow machine.
                    due = number / waves * seconds
                    time.sleep(max(0.0, due - (time.monotonic() - started_at)))
            for name, rate in refused_traffic.per_minute.items():
                rates.setdefault(name, []).append(rate)
            rests.append(soak_test.rest())
        measures = [
            Measure("connections that came and went", "", [waves * CLIENTS]),
            Measure("votes", "", [soak_test.votes]),
            Measure("in", "s", [time.monotonic() - started_at]),
            *(Measure(f"{name}, all answered so", "/min", of) for name, of in rates.items()),
            *memory(rests),
            Measure("memory of the store, which keeps all votes, before", "MiB", [store]),
            Measure(
                "memory of the store, which keeps all votes, after", "MiB", [_store_mib(server)]
            ),
        ]
    return Measured(measures)


def memory(rests: Sequence[Rest]) -> Iterator[Measure]:
    """Return the memory at each rest, and by how much it changed: in all, and in the last half."""
    for name, unit, values in (
        ("memory of the workers", "MiB", [rest.mib for rest in rests]),
        ("of that in use, small objects", "blocks", [rest.blocks for rest in rests]),
        ("of that in use, all that is larger", "MiB", [rest.malloc_mib for rest in rests]),
    ):
        yield Measure(f"{name}, at rest after the warm-up", unit, [values[0]])
        for part, value in enumerate(values[1:], 1):
            yield Measure(f"{name}, at rest after {part}/{RESTS}", unit, [value])
        for start, since in ((0, "since the warm-up"), (RESTS // 2, "in the second half")):
            change = 100 * (values[-1] - values[start]) / values[start] if values[start] else 0.0
            yield Measure(f"{name}, change {since}", "%", [change])


def _store_mib(server: Stackvote) -> float:
    if server.store_pid is None:
        raise BenchError("The server has no store of its own.")
    return machine.resident_kib(server.store_pid) / 1024


def main() -> int:
    options = options_parser("bench.soak", __doc__).parse_args()
    waves, seconds = (4, 20.0) if options.quick else (25, 600.0)

    def scenarios(folder: Path) -> Iterator[Scenario]:
        bench = Bench(folder, Sampling(1, 0, 0, 0), VOTERS)
        title = f"Waves of {CLIENTS:,} people, {WORKERS} workers"
        yield Scenario("soak", title, partial(soak, bench, waves, seconds))

    return run_scenarios(SOAK, scenarios, options)


if __name__ == "__main__":
    sys.exit(main())
