"""What the server counts. Over several processes the numbers are added up where they are read.

The name of each number, and the text with it, are what an operator reads at night: they say what
it means when it is bad. `docs/operations.md` says what to do then.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_DELETED = " (deleted)"
"""What Linux writes behind the name of a file that is open and has none any more."""
_turns = 0


def _identity() -> int | str:
    # The library opens its files anew when this is another than before; their names are the same.
    return str(os.getpid()) if _turns % 2 else os.getpid()


if _FOLDER in os.environ:
    values.ValueClass = values.MultiProcessValue(_identity)  # type: ignore[no-untyped-call]

PARENT_FILE = "parent.prom"
"""Where the parent writes what only it knows, in the folder that its workers share."""

SHORT = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# People.
CONNECTIONS = Gauge(
    "stackvote_connections",
    "Live connections by page; `none` has not said hello yet: many of these are no browsers.",
    ["view"],
    multiprocess_mode="livesum",
)
CONNECTIONS_LIMIT = Gauge(
    "stackvote_connections_limit",
    "Connections that all workers take together; whoever comes beyond is told the server is full.",
    multiprocess_mode="livesum",
)
SEATS = Gauge(
    "stackvote_seats",
    "People with a ballot open, each counted once, over all servers on this store.",
    multiprocess_mode="livesum",
)
BOARDS_OPEN = Gauge(
    "stackvote_boards_open",
    "Boards with people on them, each counted once, over all servers on this store.",
    multiprocess_mode="livesum",
)
ROOMS = Gauge(
    "stackvote_rooms",
    "Boards in memory; one that three workers hold counts three times.",
    multiprocess_mode="livesum",
)
DOOR = Gauge(
    "stackvote_door_waiting",
    "Connections not let in yet, the most in the last minute; a crowd is at the door of a worker.",
    multiprocess_mode="livemax",
)
HELLOS = Counter(
    "stackvote_hellos_total",
    "Connections that said hello; a high rate without new people is a crowd that loses its lines.",
)
REQUESTS = Counter("stackvote_requests_total", "Messages that clients sent, by type.", ["type"])
REFUSALS = Counter(
    "stackvote_refusals_total",
    "Messages that were refused, by code; `store_away` are votes that wait in the browsers.",
    ["code"],
)
CLOSES = Counter(
    "stackvote_closes_total",
    "Connections that the server closed, by code; 4008 could not keep up, 4029 sent too much.",
    ["code"],
)
SENT_AWAY = Counter(
    "stackvote_sent_away_total",
    "Connections closed before they were live: `slow` to ask or to read, many bytes `unread`, an "
    "`upload` that would not end, the server `full`, or `tls` on a port without; many are "
    "strangers who mean no good.",
    ["why"],
)
for _why in ("slow", "unread", "upload", "full", "tls"):
    SENT_AWAY.labels(_why)  # From 0 on, so that the first one is seen to come.
BOARDS = Counter("stackvote_boards_created_total", "Boards made.")
HTTP_SECONDS = Histogram(
    "stackvote_http_seconds",
    "Answers to HTTP requests by class of status; 5xx is a fault of this server, "
    "503 a store that is away, or a server that stops or is full.",
    ["status"],
    buckets=SHORT,
)

FAULTS = Counter(
    "stackvote_faults_total",
    "Faults of this server; each was kept from all else; the log has its traceback: report it.",
)

# What goes out.
FRAMES = Counter("stackvote_frames_total", "Frames that told people what is new.")
FRAME_BYTES = Counter(
    "stackvote_frame_bytes_total",
    "Bytes of these frames, where everybody may see what they hold; what is hidden is not counted.",
)
WINDOW = Gauge(
    "stackvote_window_seconds",
    "The longest time from one tally to the next, on any board; at 0.25 a worker is at its limit.",
    multiprocess_mode="livemax",
)
OUTBOX_BYTES = Gauge(
    "stackvote_outbox_bytes",
    "Bytes that wait for people with slow lines; when it grows, the network does not take them.",
    multiprocess_mode="livesum",
)
OUTBOX_WORST = Gauge(
    "stackvote_outbox_worst_bytes",
    "Bytes that waited for one connection, the most within the last minute.",
    multiprocess_mode="livemax",
)
BACKLOG_BYTES = Gauge(
    "stackvote_backlog_bytes",
    "Memory of what waits for slow readers, each piece once; at 64 MiB a worker closes the worst.",
    multiprocess_mode="livesum",
)
OVERFLOWS = Counter(
    "stackvote_overflows_total",
    "Outboxes that ran over; these people got a fresh start instead of every frame.",
)

# The store, and how well it is followed.
STORE_PRESENT = Gauge(
    "stackvote_store_present",
    "1 while all workers have the store; 0 where one has not: its people cannot vote.",
    multiprocess_mode="livemin",
)
STORE_LOSSES = Counter("stackvote_store_losses_total", "Times that a worker lost the store.")
APPEND_SECONDS = Histogram(
    "stackvote_append_seconds",
    "From the first entry of a batch to its place in the log, as durable as asked for; "
    "votes wait that long for their answer.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ROUND_TRIP = Histogram(
    "stackvote_store_round_trip_seconds",
    "A question to the store and its answer, without its disk; slow: the store or the network is.",
    buckets=SHORT,
)
SILENCE = Gauge(
    "stackvote_line_silence_seconds",
    "The longest time in the last minute without a sign of life by pub/sub; "
    "beyond 3 the line is made anew.",
    multiprocess_mode="livemax",
)
LAG = Gauge(
    "stackvote_lag_positions",
    "How far a board was behind its log, the most within the last minute; it is to be near 0.",
    multiprocess_mode="livemax",
)
HOLES = Counter(
    "stackvote_holes_total", "Times that pub/sub left something out, and the log was asked for it."
)
CATCH_UPS = Counter(
    "stackvote_catch_ups_total",
    "Comparisons with the log, by what they found; `another_history` is a store that was renewed.",
    ["found"],
)
BOARDS_WITHHELD = Gauge(
    "stackvote_boards_withheld",
    "Boards that cannot be read and are closed until they can; the log names each, and why.",
    multiprocess_mode="livemax",
)
DAMAGE = Counter(
    "stackvote_damage_total",
    "Times that a key of a board in the store was found damaged, by key; the log says which board.",
    ["key"],
)
for _key in ("log", "meta", "here", "lost", "live"):
    DAMAGE.labels(_key)
STORE_MEMORY = Gauge(
    "stackvote_store_memory_bytes",
    "Memory of the store; at its limit it refuses votes.",
    multiprocess_mode="livemax",
)
STORE_MEMORY_LIMIT = Gauge(
    "stackvote_store_memory_limit_bytes",
    "What the store may take at most; 0: all there is.",
    multiprocess_mode="livemax",
)
STORE_SKEW = Gauge(
    "stackvote_store_clock_skew_seconds",
    "How far this machine's clock is off the store's; votes follow the store's alone, logs do not.",
    multiprocess_mode="livemax",
)

# The machine.
LOOP_DELAY = Histogram(
    "stackvote_loop_delay_seconds",
    "How late a worker gets to what is due; above 0.1 everybody on it waits.",
    buckets=SHORT,
)
WORKER_MEMORY = Gauge(
    "stackvote_worker_memory_bytes",
    "Memory of a worker; one that only grows will be killed by the system.",
    multiprocess_mode="liveall",
)
WORKER_LOAD = Gauge(
    "stackvote_worker_load_ratio",
    "What a worker uses of one core; at 1 it has no more to give.",
    multiprocess_mode="liveall",
)
WORKER_CPU = Counter("stackvote_worker_cpu_seconds_total", "Processor time of all workers.")
DATA_FREE = Gauge(
    "stackvote_data_free_bytes",
    "Room left where the data folder is; without any, an embedded store stops.",
    multiprocess_mode="livemin",
)
BUILD = Gauge(
    "stackvote_build_info",
    "Workers of each version, with the version of the rules; two at a time while they are renewed.",
    ["version", "rules"],
    multiprocess_mode="livesum",
)

FINE, COARSE = 1 << 16, 1 << 20
"""Bytes in whose multiples memory, disk and what waits are shown: no number may change with what
stands in one ballot."""


def coarsely(bytes_: int, step: int) -> int:
    """Round bytes up to a multiple of a step."""
    return -(-bytes_ // step) * step


# Each write to a metric of several processes costs about as much as a vote. What happens
# often is counted here and written when `flush` is called.
_counted: dict[tuple[Counter, tuple[str, ...]], int] = {}


def count(counter: Counter, *labels: str, by: int = 1) -> None:
    """Count something that happens often."""
    key = (counter, labels)
    _counted[key] = _counted.get(key, 0) + by


def flush() -> None:
    """Write what was counted to where it is read."""
    counted = _counted.copy()
    _counted.clear()
    for (counter, labels), number in counted.items():
        (counter.labels(*labels) if labels else counter).inc(number)


def shared_folder() -> Path | None:
    """Return the folder that the processes of this server share; None where there is but one."""
    shared = os.environ.get(_FOLDER)
    return Path(shared) if shared else None


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them, of all processes of this server."""
    flush()
    shared = shared_folder()
    if shared is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    with held(shared):
        own = generate_latest(registry)
    try:
        return own + (shared / PARENT_FILE).read_bytes()
    except FileNotFoundError:
        return own


def mend() -> None:
    """Put what this process counts into the shared folder again, where it was deleted there.

    Its parent makes the folder again. The files are gone, but open here, and so still hold all.
    """
    global _turns  # noqa: PLW0603 - as the library asks for its process
    shared = shared_folder()
    if shared is None or (shared / f"counter_{os.getpid()}.db").exists():
        return
    with suppress(FileNotFoundError):
        for descriptor in Path("/proc/self/fd").glob("*"):
            with suppress(OSError):
                name = str(descriptor.readlink()).removesuffix(_DELETED)
                if Path(name).parent == shared and name.endswith(".db"):
                    draft = Path(f"{name}.draft")
                    shutil.copyfile(descriptor, draft)
                    draft.replace(name)
        if shared.is_dir():
            _turns += 1
            BOARDS.inc(0)  # Whichever is touched first has all of them opened anew.


@contextmanager
def held(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep the files of a shared folder as they are; `alone` is for whoever moves numbers in it."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
