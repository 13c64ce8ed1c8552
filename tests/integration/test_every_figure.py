"""No figure that never changes: each is moved by what it is there to show, over three workers."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections import defaultdict

import pytest
from people import Letter, eventually
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families
from serving import spread
from stores import Embedded
from test_numbers import files_of
from websockets.asyncio.client import connect

from server import metrics

FEW_FILES = ("prlimit", "--nofile=240:240", sys.executable, "-P", "-m", "server")
"""A server that a crowd fills."""
# Moved by faults of the server itself: test_faults_inside.py, test_workers.py.
FAULTS = {"stackvote_faults", "stackvote_parent_faults"}
UNCHANGING = {"stackvote_workers_wanted", "stackvote_start_time_seconds"} | FAULTS
OF_THE_PARENT = {
    "stackvote_workers",
    "stackvote_worker_ends",
    "stackvote_store_ends",
    "stackvote_renewals",
} | UNCHANGING - {"stackvote_faults"}
OF_WORKERS = {
    metric._name for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)
}


def families(server):
    status, text = server.get("/metrics")
    if status == 0:
        return []  # A worker was killed while it answered.
    assert status == 200, text
    return list(text_string_to_metric_families(text))


class Watch:
    """Scrapes all the time, and keeps every value that a figure ever had."""

    def __init__(self, server):
        self.server = server
        self.values = defaultdict(set)
        self.fallen = []
        self._last = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._scrape)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    def _scrape(self):
        while not self._done.wait(0.2):
            for family in families(self.server):
                shown = []
                for name, labels, value, *_ in family.samples:
                    if name.endswith("_created"):
                        continue
                    key = (name, tuple(sorted(labels.items())))
                    shown.append((key, value))
                    # Sums over processes are rounded, now so and now so.
                    if family.type != "gauge" and value < self._last.get(key, 0) * (1 - 1e-9):
                        self.fallen.append((key, self._last[key], value))
                    self._last[key] = value
                self.values[family.name].add(tuple(sorted(shown)))

    def last(self, name, **labels):
        """Return the latest value; 0 where there is none."""
        return self._last.get((name, tuple(sorted(labels.items()))), 0)

    async def rises(self, name, **labels):
        await eventually(lambda: self.last(name, **labels) > 0)


async def read_nothing(person):
    """Open a connection with hardly any room for what comes, and read nothing of it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    host, port = person.base.removeprefix("http://").split(":")
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    line = await connect(
        f"{person.base}/b/{person._crowd.code}/live".replace("http", "ws", 1),
        sock=raw,
        subprotocols=["stackvote.v1"],
        compression=None,
        ping_interval=None,
    )
    await line.send(json.dumps({"type": "hello", "view": "screen"}))
    line.transport.pause_reading()
    return line


async def answer_to(person, **message):
    """Say something that no page would say, and give the answer."""
    letter = Letter(message)
    person._outbox[message["id"]] = letter
    person._post.set()
    return await asyncio.wait_for(letter.answer, 10)


async def somebody_too_slow(place, server, watch):
    """A lot is said on a board, and said anew, while one of its people takes nothing in."""
    async with place.crowd() as others:
        await others.found(server)
        host = await others.join_host(server)
        talkers = await others.join(server, 3)
        deaf = await read_nothing(host)
        texts = [talker.comment("ant", "x" * 900) for talker in talkers for _ in range(60)]
        await asyncio.gather(*texts)
        try:
            for turn in range(100):
                # When names are shown or hidden, everybody gets the whole talk once more.
                await host.say("set_board", settings={"show_names": bool(turn % 2)})
                await asyncio.gather(*(one.comment("bee", "y" * 900) for one in talkers))
                if watch.last("stackvote_overflows_total"):
                    break
            await watch.rises("stackvote_outbox_bytes")
            await watch.rises("stackvote_outbox_worst_bytes")
        finally:
            deaf.transport.abort()


async def crowd_at_the_door(server):
    """Connect as hundreds do at once, and ask for nothing."""
    lines = []
    for _ in range(300):
        raw = socket.socket()
        raw.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            raw.connect(("127.0.0.1", server.port))
        lines.append(raw)
    await asyncio.sleep(0.5)  # They stand there for a moment; this is the event itself.
    for raw in lines:
        raw.close()


async def trouble(place, server, crowd, watch):
    """People do what they should not, and fare as they should not."""
    host = crowd.all[0]
    assert (await answer_to(host, type="lock_round", id="x", round=99)).code
    stranger = await host.connect()
    await watch.rises("stackvote_connections", view="none")
    await stranger.send("?")
    await stranger.wait_closed()
    await watch.rises("stackvote_refusals_total", code="no_such_round")
    await watch.rises("stackvote_closes_total", code="4000")
    await somebody_too_slow(place, server, watch)
    await crowd_at_the_door(server)
    await watch.rises("stackvote_door_waiting")
    await watch.rises("stackvote_sent_away_total", why="full")


async def faults(place, server, watch):
    """The store, its line, a worker and the disk fail, and all workers are renewed."""
    with place.store.client() as client:
        client.config_set("maxmemory", 1 << 30)
        # What is said while the line is cut is missed, and read from the log.
        while not (watch.last("stackvote_lag_positions") and watch.last("stackvote_holes_total")):
            client.client_kill_filter(_type="pubsub")
            await asyncio.sleep(0.3)  # It takes a moment to be missed.
        await eventually(lambda: len(watch.values["stackvote_store_memory_limit_bytes"]) > 1)
        whole = client.dump("sv:{FRAMEWORKS}:log")
        client.xadd("sv:{FRAMEWORKS}:log", {"foo": "bar"})
        while not watch.last("stackvote_boards_withheld"):
            await asyncio.to_thread(server.get, "/b/FRAMEWORKS")
        await watch.rises("stackvote_damage_total", key="log")
        client.restore("sv:{FRAMEWORKS}:log", 0, whole, replace=True)
        await eventually(lambda: watch.last("stackvote_boards_withheld") == 0, 60)
    await watch.rises("stackvote_catch_ups_total", found="entries")
    os.kill(max(server.workers()), signal.SIGKILL)
    await watch.rises("stackvote_worker_ends_total")
    os.kill(server.store(), signal.SIGKILL)
    await watch.rises("stackvote_store_ends_total")
    await watch.rises("stackvote_catch_ups_total", found="another_history")
    with (server.folder / "data" / "filler").open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, 64 << 20)
    await eventually(lambda: len(watch.values["stackvote_data_free_bytes"]) > 1)
    server.signal(signal.SIGHUP)
    await eventually(lambda: watch.last("stackvote_renewals_total") == 3, 60)


async def evening(place, server, watch):
    """People vote, and everything happens that there is a figure for."""
    async with place.crowd() as crowd:
        await crowd.found(server)
        host = await crowd.join_host(server)
        await host.say("open_round", method="approval", settings={"visibility": "live"})
        await crowd.join(server, 12)
        await spread(crowd, server)
        await trouble(place, server, crowd, watch)
        await crowd.busy(faults(place, server, watch))
        # Soon after all this the figures are what they are to be; what a killed worker said of
        # its people lasts 25 s.
        people = len({person.seat for person in crowd.voters})
        await eventually(lambda: watch.last("stackvote_seats") == people, 40)
        await eventually(lambda: watch.last("stackvote_boards_open") == 1)
        await eventually(lambda: watch.last("stackvote_workers") == 3)
        await eventually(lambda: watch.last("stackvote_store_present") == 1)


@pytest.mark.timeout(240)
def test_each_figure_is_moved_by_what_it_shows(place_on, tmp_path):
    place = place_on(Embedded(tmp_path / "store"))
    server = place.serve(program=FEW_FILES)
    with Watch(server) as watch:
        asyncio.run(asyncio.wait_for(evening(place, server, watch), 200))
    assert not watch.fallen
    assert set(watch.values) >= OF_WORKERS | OF_THE_PARENT
    still = {name for name, values in watch.values.items() if len(values) < 2}
    assert still == UNCHANGING
    assert watch.last("stackvote_workers_wanted") == 3
    # Nothing is left of those who are gone but what they had counted.
    pids = {file.stem.rpartition("_")[2] for file in files_of(server).glob("*.db")}
    assert pids - {"ended"} == {str(pid) for pid in server.workers()}
