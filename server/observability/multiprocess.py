"""The shared folder of the metrics of all processes of a server, as managed by its parent."""

import contextlib
import fcntl
import logging
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    write_to_textfile,
)
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

from server.observability.logs import event
from server.observability.metrics import PARENT_FILE, held

log = logging.getLogger("stackvote.workers")

MEMORY = Path("/dev/shm")  # noqa: S108 # nosec B108 # a folder of our own in it, closed to others
_PREFIX = "stackvote-metrics-"
_ENDED = "ended"
_YOUNG = 60.0
"""Seconds in which a folder may belong to a server that has not locked it yet."""


class SharedMetrics:
    """Metrics outlive the worker that counted them, but not the server.

    The parent adds its own: the number of live workers, and of restarts.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self._registry = CollectorRegistry()
        self.workers = Gauge(
            "stackvote_workers",
            "Workers that are running; if fewer than configured, see the log.",
            registry=registry,
        )
        self.workers_wanted = Gauge(
            "stackvote_workers_wanted", "Workers that are configured.", registry=registry
        )
        self.worker_ends = Counter(
            "stackvote_worker_ends_total",
            "Workers that stopped without being told to; another was started for each.",
            registry=registry,
        )
        self.store_ends = Counter(
            "stackvote_store_ends_total",
            "Times that the embedded store stopped without being told to; it is restarted.",
            registry=registry,
        )
        self.faults = Counter(
            "stackvote_parent_faults_total",
            "Faults of the parent process; its traceback is in the log: report it.",
            registry=registry,
        )
        self.renewals = Counter(
            "stackvote_renewals_total", "Workers that were replaced on SIGHUP.", registry=registry
        )
        self._started = Gauge(
            "stackvote_start_time_seconds", "When the server was started.", registry=registry
        )

    def __enter__(self) -> Self:
        _clear_up()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
        self._alive = _locked(self.folder)
        self._last_logged = ""
        self._started.set(time.time())
        self.write()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._alive)
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self) -> None:
        """Write the parent's metrics to where the workers expose them."""
        with _never_fatal():
            write_to_textfile(str(self.folder / PARENT_FILE), self._registry)

    def repair(self) -> None:
        """Recreate the folder if it was deleted; the workers then write their metrics again."""
        try:
            if os.path.samestat(self.folder.lstat(), os.fstat(self._alive)):
                return
        except OSError:
            pass
        try:
            self.folder.mkdir(mode=0o700)
            alive = _locked(self.folder)
        except OSError as error:
            self._log_fault(f"and cannot be recreated ({error.strerror})")
            return
        os.close(self._alive)
        self._alive = alive
        self.write()
        self._log_fault("and was recreated; workers that have ended no longer count")
        self._last_logged = ""

    def _log_fault(self, words: str) -> None:
        if words != self._last_logged:
            self._last_logged = words
            log.warning(
                "The folder with this server's metrics, %s, was deleted, %s.",
                *(self.folder, words),
                extra=event("figures_lost", path=str(self.folder)),
            )

    def archive_counters(self, pid: int) -> None:
        """Remove an ended worker from the current values, and keep what it had counted.

        Its counters are merged into one file for all ended workers: each scrape reads every file,
        and must not become slower with each worker that died.
        """
        with _never_fatal(), held(self.folder, alone=True):
            mark_process_dead(pid, str(self.folder))  # type: ignore[no-untyped-call]
            for file in self.folder.glob(f"*_{pid}.db"):
                _move(file, file.with_name(f"{file.name.partition('_')[0]}_{_ENDED}.db"))


def _locked(folder: Path) -> int:
    """Open a folder and lock it, to mark it as in use.

    Then the next start leaves it alone, and so does systemd-tmpfiles, which would otherwise delete
    it from /tmp after ten days.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _place() -> Path:
    """Return where such folders are created: in memory if a file system there is available.

    The workers write to mapped files. A full disk would kill them (SIGBUS), and a busy one would
    make them wait.
    """
    return MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _move(file: Path, to: Path) -> None:
    """Add the values of one file to those of another, and remove the file."""
    try:
        # Everything is read before anything is written, because a truncated file is useless.
        values = _values(file)
    finally:
        file.unlink()
    ended = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    for key, value, _, _ in values:
        ended.write_value(key, ended.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
    ended.close()  # type: ignore[no-untyped-call]


def _values(file: Path) -> list[tuple[str, float, float, int]]:
    if not file.stat().st_size:
        return []  # Its process was killed while it started.
    return list(MmapedDict.read_all_values_from_file(str(file)))  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _never_fatal() -> Iterator[None]:
    """Log a failure of metrics and continue: they must not end the process that they measure."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, struct.error) as error:
        log.warning("The metrics of this server are incomplete: %s", error)


def _clear_up() -> None:
    """Remove the folders of servers that were killed before they could do so."""
    for folder in _place().glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # It belongs to another user, or has just disappeared.
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(lock).st_mtime > _YOUNG:
                shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
