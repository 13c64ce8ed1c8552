"""The server's metrics. Those of several processes are added up when they are read.

An operator reads the names and help texts at night, so they say what it means when a number is bad.
`docs/operations.md` says what to do then.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
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
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_DELETED = " (deleted)"
"""What Linux appends to the name of an open file that was deleted."""
_turns = 0


def _identity() -> int | str:
    # The library reopens its files when this value changes; their names stay the same.
    return str(os.getpid()) if _turns % 2 else os.getpid()


if _FOLDER in os.environ:
    values.ValueClass = values.MultiProcessValue(_identity)  # type: ignore[no-untyped-call]

PARENT_FILE = "parent.prom"
"""Where the parent writes its own metrics, in the folder that its workers share."""

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
    "Connections that all workers together accept; further clients are told that the server is "
    "full.",
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
LOBBY = Gauge(
    "stackvote_door_waiting",
    "Connections not admitted yet, the most in the last minute; high while a crowd reaches a "
    "worker.",
    multiprocess_mode="livemax",
)
HELLOS = Counter(
    "stackvote_hellos_total",
    "Connections that said hello; a high rate without new people means lost connections.",
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
    "`upload` that would not end, the server `full`, or `tls` on a port without it; many may "
    "mean an attack.",
    ["why"],
)
for _why in ("slow", "unread", "upload", "full", "tls"):
    SENT_AWAY.labels(_why)  # Exported from the start, so that the first increase is visible.
BOARDS = Counter("stackvote_boards_created_total", "Boards made.")
HTTP_SECONDS = Histogram(
    "stackvote_http_seconds",
    "HTTP responses by class of status; 5xx is a fault of this server, 503 a store that is away, "
    "or a server that is stopping or full.",
    ["status"],
    buckets=SHORT,
)

FAULTS = Counter(
    "stackvote_faults_total",
    "Faults of this server; each was contained, and the log has its traceback: report it.",
)

# Output.
FRAMES = Counter("stackvote_frames_total", "Frames that told people what is new.")
FRAME_BYTES = Counter(
    "stackvote_frame_bytes_total",
    "Bytes of these frames, if everyone may see what they contain; what is hidden is not counted.",
)
WINDOW = Gauge(
    "stackvote_window_seconds",
    "The longest time from one tally to the next, on any board; at 0.25 a worker is at its limit.",
    multiprocess_mode="livemax",
)
OUTBOX_BYTES = Gauge(
    "stackvote_outbox_bytes",
    "Bytes waiting for slow connections; when it grows, the network does not take them.",
    multiprocess_mode="livesum",
)
OUTBOX_WORST = Gauge(
    "stackvote_outbox_worst_bytes",
    "Bytes that waited for one connection, the most within the last minute.",
    multiprocess_mode="livemax",
)
BACKLOG_BYTES = Gauge(
    "stackvote_backlog_bytes",
    "Memory held for slow readers, each piece counted once; at 64 MiB a worker closes the worst.",
    multiprocess_mode="livesum",
)
OVERFLOWS = Counter(
    "stackvote_overflows_total",
    "Outboxes that overflowed; these people got a fresh start instead of every frame.",
)

# The store, and how closely it is followed.
STORE_PRESENT = Gauge(
    "stackvote_store_present",
    "1 while all workers can reach the store, each node of it; 0 if one cannot: its people cannot "
    "vote.",
    multiprocess_mode="livemin",
)
STORE_NODE_PRESENT = Gauge(
    "stackvote_store_node_present",
    "The same for each node of a cluster; 0: no one can vote on its boards. NaN: it is no primary "
    "any more. Without a cluster there is one node, and it has no name.",
    ["node"],
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
    "A request to the store and its answer, without its disk; if slow, the store or the network "
    "is.",
    buckets=SHORT,
)
SILENCE = Gauge(
    "stackvote_line_silence_seconds",
    "The longest time in the last minute without a sign of life from pub/sub; above 3 the "
    "connection is reopened.",
    multiprocess_mode="livemax",
)
LAG = Gauge(
    "stackvote_lag_positions",
    "How far a board was behind its log, the most within the last minute; it should be near 0.",
    multiprocess_mode="livemax",
)
HOLES = Counter(
    "stackvote_holes_total",
    "Times that pub/sub missed something, which was then read from the log.",
)
CATCH_UPS = Counter(
    "stackvote_catch_ups_total",
    "Comparisons with the log, by what they found; `another_history` is a store that was replaced.",
    ["found"],
)
DECISIONS_DUE = Gauge(
    "stackvote_decisions_due",
    "Boards whose decision was to be looked at again by today (UTC); counted once an hour.",
    multiprocess_mode="livemax",
)
NEXT_DECISION_DUE = Gauge(
    "stackvote_next_decision_due_timestamp_seconds",
    "Start of the next day (UTC) on which to look at a decision again; 0: none is set.",
    multiprocess_mode="livemax",
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
    "The most memory that the store may use; 0: all there is.",
    multiprocess_mode="livemax",
)
STORE_SKEW = Gauge(
    "stackvote_store_clock_skew_seconds",
    "How far this machine's clock is off the store's; votes follow only the store's, logs do not.",
    multiprocess_mode="livemax",
)

# The machine.
LOOP_DELAY = Histogram(
    "stackvote_loop_delay_seconds",
    "How late a worker gets to what is due; above 0.1 everyone on it waits.",
    buckets=SHORT,
)
WORKER_MEMORY = Gauge(
    "stackvote_worker_memory_bytes",
    "Memory of a worker; one that only grows will be killed by the system.",
    multiprocess_mode="liveall",
)
WORKER_LOAD = Gauge(
    "stackvote_worker_load_ratio",
    "The share of one core that a worker uses; at 1 it is at its limit.",
    multiprocess_mode="liveall",
)
WORKER_CPU = Counter("stackvote_worker_cpu_seconds_total", "Processor time of all workers.")
DATA_FREE = Gauge(
    "stackvote_data_free_bytes",
    "Free space where the data folder is; without any, an embedded store stops.",
    multiprocess_mode="livemin",
)
BUILD = Gauge(
    "stackvote_build_info",
    "Workers of each version, with the version of the rules; two versions while they are being "
    "replaced.",
    ["version", "rules"],
    multiprocess_mode="livesum",
)

FINE, COARSE = 1 << 16, 1 << 20
"""Step in bytes to which memory, disk and backlog metrics are rounded: no metric may change with
the content of a single ballot.
"""


def coarsely(bytes_: int, step: int) -> int:
    """Round bytes up to a multiple of a step."""
    return -(-bytes_ // step) * step


# Each write to a metric of several processes costs about as much as a vote. Frequent events are
# counted here, and written when `flush` is called.
_counted: dict[tuple[Counter, tuple[str, ...]], int] = {}


def count(counter: Counter, *labels: str, by: int = 1) -> None:
    """Count a frequent event."""
    key = (counter, labels)
    _counted[key] = _counted.get(key, 0) + by


def flush() -> None:
    """Write what was counted to the metrics."""
    counted = _counted.copy()
    _counted.clear()
    for (counter, labels), number in counted.items():
        (counter.labels(*labels) if labels else counter).inc(number)


def shared_folder() -> Path | None:
    """Return the folder that the processes of this server share; None for a single process."""
    shared = os.environ.get(_FOLDER)
    return Path(shared) if shared else None


class _Shared(Collector):
    """The values of all files in a shared folder, merged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        # A process that starts creates its files empty, and then gives them their size.
        files = [str(file) for file in self._folder.glob("*.db") if file.stat().st_size]
        found: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return found


def exposition() -> bytes:
    """Return all metrics of all processes of this server, in the format of Prometheus."""
    flush()
    shared = shared_folder()
    if shared is None:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    registry.register(_Shared(shared))
    with held(shared):
        own = generate_latest(registry)
    try:
        return own + (shared / PARENT_FILE).read_bytes()
    except FileNotFoundError:
        return own


def repair() -> None:
    """Write this process's metrics to the shared folder again, if they were deleted there.

    The parent recreates the folder. The deleted files are still open here, and still hold all
    values.
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
            BOARDS.inc(0)  # Touching any metric reopens all files.


@contextmanager
def held(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Lock the files of a shared folder; `alone` is for moving values between them."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
