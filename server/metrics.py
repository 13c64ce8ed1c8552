"""What the server counts. Over several processes the numbers are added up where they are read."""

import os

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONNECTIONS = Gauge(
    "stackvote_connections", "Live connections.", ["view"], multiprocess_mode="livesum"
)
ROOMS = Gauge("stackvote_rooms", "Boards open in memory.", multiprocess_mode="livesum")
STORE_PRESENT = Gauge(
    "stackvote_store_present", "1 where the store answers.", multiprocess_mode="livemin"
)
REQUESTS = Counter("stackvote_requests_total", "Messages that clients sent.", ["type"])
REFUSALS = Counter("stackvote_refusals_total", "Messages that were refused.", ["code"])
CLOSES = Counter("stackvote_closes_total", "Connections that the server closed.", ["code"])
SENT_AWAY = Counter(
    "stackvote_sent_away_total",
    "Connections closed because they were slow to ask or to read, or took the last room.",
    ["why"],
)
FRAMES = Counter("stackvote_frames_total", "Frames handed to connections.")
OVERFLOWS = Counter("stackvote_overflows_total", "Outboxes that ran over.")
APPEND_SECONDS = Histogram(
    "stackvote_append_seconds",
    "From the first entry of a batch to its place in the log, as durable as asked for.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BOARDS = Counter("stackvote_boards_created_total", "Boards made.")

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


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them, of all processes of this server."""
    flush()
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
