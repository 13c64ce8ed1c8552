"""No metric is idle: each moves when what it shows happens, over three workers."""

import asyncio
import contextlib
import os
import signal
import socket
import sys

import pytest

from integration.scraping import Scraper, files_of
from support.client import connect
from support.connections import spread
from support.deployments import Embedded, deployments
from support.metrics import families
from support.wait import eventually, until

FEW_FILES = ("prlimit", "--nofile=240:240", sys.executable, "-P", "-m", "server")
"""A server that a crowd fills."""
# Moved by faults of the server itself: test_faults_inside.py, test_supervisor.py.
FAULTS = {"stackvote_faults", "stackvote_parent_faults"}
UNCHANGING = {"stackvote_workers_wanted", "stackvote_start_time_seconds"} | FAULTS
OF_THE_PARENT = {
    "stackvote_workers",
    "stackvote_worker_ends",
    "stackvote_store_ends",
    "stackvote_renewals",
} | UNCHANGING - {"stackvote_faults"}
OF_WORKERS = {family.name for family in families()}
ALL = OF_WORKERS | OF_THE_PARENT

tested = set()
"""The metrics that a test of this file moves."""


def moves(*names):
    """Declare the metrics that a test moves, without `stackvote_`."""
    names = {f"stackvote_{name}" for name in names}
    tested.update(names)
    return pytest.mark.parametrize("names", [pytest.param(names, id="")])


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("metrics")
    with deployments(folder) as deploy_on:
        yield deploy_on(Embedded(folder / "store"))


@pytest.fixture(scope="module")
def server(deployment):
    return deployment.serve(program=FEW_FILES)


@pytest.fixture
def scraper(server):
    with Scraper(server) as scraper:
        until(lambda: scraper.shown)
        yield scraper
    assert not scraper.fallen
    assert not scraper.moved & UNCHANGING
    assert scraper.last("stackvote_workers_wanted") == 3


@contextlib.asynccontextmanager
async def meeting(deployment, server, people=12):
    """A board with an open round whose result is shown, a host and people in every process."""
    async with deployment.crowd() as crowd:
        await crowd.create_board(server)
        host = await crowd.join_host(server)
        await host.send(
            "open_round", method="approval", settings={"visibility": "live", "names": "open"}
        )
        await crowd.join(server, people)
        await spread(crowd, server)
        yield crowd


def during_a_meeting(deployment, server, event):
    """Hold a meeting in which people vote and comment until `event(crowd)` is over."""

    async def hold():
        async with meeting(deployment, server) as crowd:
            await crowd.busy(event(crowd))

    asyncio.run(asyncio.wait_for(hold(), 100))


def test_metrics_that_stay_the_same_are_shown_too(scraper):
    until(lambda: scraper.shown >= UNCHANGING)


def test_every_metric_is_moved_by_a_test():
    assert tested == ALL - UNCHANGING


@moves(
    *("connections", "seats", "boards_open", "rooms", "boards_created"),
    *("hellos", "requests", "http_seconds", "frames", "frame_bytes", "window_seconds"),
    *("append_seconds", "store_round_trip_seconds", "line_silence_seconds"),
    *("store_memory_bytes", "store_clock_skew_seconds"),
    *("loop_delay_seconds", "worker_memory_bytes", "worker_load_ratio", "worker_cpu_seconds"),
)
def test_a_meeting_moves_the_metrics_of_people_messages_and_load(
    deployment, server, scraper, names
):
    during_a_meeting(deployment, server, lambda _: scraper.moves(*names))


@moves("refusals")
def test_a_refusal_is_counted_by_its_code(deployment, server, scraper, names):
    async def refuse(crowd):
        answer = await crowd.all[0].send("lock_round", round=99)
        assert answer.code == "no_such_round"
        await scraper.rises("stackvote_refusals_total", code="no_such_round")
        await scraper.moves(*names)

    during_a_meeting(deployment, server, refuse)


@moves("closes")
def test_a_close_is_counted_by_its_code(deployment, server, scraper, names):
    async def misbehave(crowd):
        stranger = await crowd.all[0].connect()
        await scraper.rises("stackvote_connections", view="none")
        await stranger.send("?")
        await stranger.wait_closed()
        await scraper.rises("stackvote_closes_total", code="4000")
        await scraper.moves(*names)

    during_a_meeting(deployment, server, misbehave)


@moves("outbox_bytes", "outbox_worst_bytes", "backlog_bytes", "overflows")
def test_a_client_that_reads_nothing_fills_its_outbox_and_is_closed(
    deployment, server, scraper, names
):
    async def say_much(host):
        closed = scraper.last("stackvote_overflows_total")
        for turn in range(100):
            # When names are shown or hidden, everyone is sent all comments once more.
            await host.send("set_board", settings={"show_names": bool(turn % 2)})
            if scraper.last("stackvote_overflows_total") > closed:
                break

    async def hold():
        async with meeting(deployment, server, people=3) as crowd:
            await asyncio.gather(
                *(talker.comment("ant", "x" * 900) for talker in crowd.voters for _ in range(60))
            )
            # What waits for a client is looked at from time to time: perhaps not for this one.
            while not scraper.moved >= set(names):
                async with reading_nothing(crowd, server):
                    await say_much(crowd.all[0])

    asyncio.run(asyncio.wait_for(hold(), 100))


@contextlib.asynccontextmanager
async def reading_nothing(crowd, server):
    """A screen with hardly any room for what it is sent, which reads nothing of it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (server.host, server.port))
    connection = await connect(server.address, crowd.code, sock=raw, compression=None)
    try:
        await connection.send('{"type": "hello", "view": "screen"}')
        connection.transport.pause_reading()
        yield
    finally:
        connection.transport.abort()


@moves("door_waiting", "sent_away")
def test_a_crowd_that_fills_the_server_is_counted_as_waiting_and_sent_away(server, scraper, names):
    async def arrive():
        sockets = []
        for _ in range(300):
            raw = socket.socket()
            raw.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                raw.connect(("127.0.0.1", server.port))
            sockets.append(raw)
        await asyncio.sleep(0.5)  # They wait for a moment: this is the event itself.
        for raw in sockets:
            raw.close()
        await scraper.rises("stackvote_sent_away_total", why="full")
        await scraper.moves(*names)

    asyncio.run(arrive())


@moves("store_memory_limit_bytes")
def test_the_limit_of_the_stores_memory_is_read_again(deployment, server, scraper, names):
    async def limit():
        with deployment.store.client() as client:
            client.config_set("maxmemory", 1 << 30)
            await scraper.moves(*names)

    asyncio.run(limit())


@moves("lag_positions", "holes", "catch_ups")
def test_what_a_cut_subscription_misses_is_counted_and_read_from_the_log(
    deployment, server, scraper, names
):
    async def cut(_):
        with deployment.store.client() as client:
            while not scraper.moved >= {"stackvote_lag_positions", "stackvote_holes"}:
                client.client_kill_filter(_type="pubsub")
                await asyncio.sleep(0.3)  # It takes a moment to be missed.
        await scraper.moves(*names)
        await scraper.rises("stackvote_catch_ups_total", found="entries")

    during_a_meeting(deployment, server, cut)


@moves("boards_withheld", "damage")
def test_a_damaged_board_is_counted_until_it_is_whole_again(deployment, server, scraper, names):
    async def damage(crowd):
        log = f"sv:{{{crowd.code}}}:log"
        with deployment.store.client() as client:
            whole = client.dump(log)
            client.xadd(log, {"foo": "bar"})
            while not scraper.last("stackvote_boards_withheld"):
                await asyncio.to_thread(server.get, f"/b/{crowd.code}")
            await scraper.moves(*names)
            client.restore(log, 0, whole, replace=True)
            await eventually(lambda: scraper.last("stackvote_boards_withheld") == 0, 60)

    async def hold():
        async with meeting(deployment, server) as crowd:
            await damage(crowd)

    asyncio.run(asyncio.wait_for(hold(), 100))


def owners(folder):
    """The processes whose counts a folder has: their pids, and `ended` for all that ended."""
    return {file.stem.rpartition("_")[2] for file in folder.glob("*.db")}


@moves("worker_ends", "connections_limit", "build_info")
def test_a_killed_worker_is_counted_and_leaves_nothing_but_its_counts(
    deployment, server, scraper, names
):
    async def kill(crowd):
        os.kill(max(server.workers()), signal.SIGKILL)
        await scraper.rises("stackvote_worker_ends_total")
        await scraper.moves(*names)

    async def hold():
        async with meeting(deployment, server) as crowd:
            await crowd.busy(kill(crowd))
            # What a killed worker said of its people lasts 25 s.
            people = len({person.seat for person in crowd.voters})
            await eventually(lambda: scraper.last("stackvote_seats") == people, 40)
            await eventually(lambda: scraper.last("stackvote_workers") == 3)

    asyncio.run(asyncio.wait_for(hold(), 100))
    folder, workers = files_of(server), {str(pid) for pid in server.workers()}
    until(lambda: owners(folder) == workers | {"ended"})


@moves("store_ends", "store_present", "store_node_present", "store_losses")
def test_a_killed_store_is_counted_and_present_again(deployment, server, scraper, names):
    async def kill(_):
        await asyncio.to_thread(deployment.store.down)
        try:
            await eventually(lambda: scraper.last("stackvote_store_present") == 0)
        finally:
            await asyncio.to_thread(deployment.store.up)
        await scraper.rises("stackvote_store_ends_total")
        await scraper.moves(*names)
        await scraper.rises("stackvote_catch_ups_total", found="another_history")
        await eventually(lambda: scraper.last("stackvote_store_present") == 1)

    during_a_meeting(deployment, server, kill)


@moves("data_free_bytes")
def test_a_disk_that_fills_shows_less_free_space(server, scraper, names):
    async def fill():
        filler = server.folder / "data" / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 64 << 20)
        await scraper.moves(*names)
        filler.unlink()

    asyncio.run(fill())


@moves("decisions_due", "next_decision_due_timestamp_seconds")
def test_decisions_that_are_due_are_counted(deployment, server, scraper, names):
    meta = "sv:{ZZZZZZ}:meta"
    kept_for = 1000 * 366 * 86400
    with deployment.store.client() as client:
        seconds, _ = client.time()
        client.hset(meta, mapping={"epoch": "ab", "keep": 1000 * seconds + kept_for})
        later = "sv:{ZZZZZY}:meta"
        client.hset(later, mapping={"epoch": "ab", "keep": 1000 * seconds + 2 * kept_for})
        try:
            # A new worker counts soon after its start.
            server.signal(signal.SIGHUP)
            asyncio.run(eventually_due(scraper, names))
        finally:
            client.delete(meta, later)


async def eventually_due(scraper, names):
    await eventually(lambda: scraper.last("stackvote_decisions_due") == 1, 60)
    await scraper.moves(*names)


@moves("renewals", "workers")
def test_each_worker_that_is_renewed_is_counted(server, scraper, names):
    async def renew():
        before = scraper.last("stackvote_renewals_total")
        server.signal(signal.SIGHUP)
        # A renewal from a test before this one may still be under way.
        await eventually(lambda: scraper.last("stackvote_renewals_total") >= before + 3, 60)

    # For a moment both are there, the old worker and its successor; a scrape can miss that.
    for _ in range(5):
        asyncio.run(renew())
        if names <= scraper.moved:
            return
    asyncio.run(scraper.moves(*names))
