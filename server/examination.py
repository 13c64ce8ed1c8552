"""What `stackvote check` looks at: settings, secret, store, machine, and the way in."""

import os
import resource
import tempfile
import time
from pathlib import Path

from server import disk, secret, tls
from server.addresses import public_base
from server.log.embedded import EmbeddedStore, is_held
from server.log.inspection import (
    SLOW,
    Finding,
    StoreUnfitError,
    Weight,
    compare_secret,
    faults,
    inspect_rights,
    inspect_store,
    probe_store,
)
from server.log.store import StoreAwayError
from server.offered import TemplatesError, offered, require_first
from server.passage import inspect_passage
from server.settings import Settings

LITTLE = 512 << 20
"""Bytes below which a disk is called full soon."""
OTHER_FILES = 300
"""Files that a worker needs beside `max_connections`, which counts live connections only. So it is
more than the door keeps free (`KEPT_FREE`): who loads a page needs a file too.
"""
PROBES = 5
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs", "fuse.sshfs"}
FLEETING = {"tmpfs", "ramfs"}


def examine(settings: Settings) -> list[Finding]:
    """Look at all that a server with these settings would need, and leave nothing behind."""
    found = [
        *_check_addresses(settings),
        _check_secret(settings),
        *_check_boards(settings),
        *_check_store(settings),
        *_check_data(settings),
        _check_files(settings),
    ]
    if settings.public_url:
        found += inspect_passage(settings)
    return found


def _check_addresses(settings: Settings) -> list[Finding]:
    findings = [Finding(Weight.FINE, f"Links will begin with {public_base(settings)}.")]
    try:
        tls.context(settings)
    except tls.TlsError as error:
        findings.append(Finding(Weight.FAULT, str(error)))
    https = (settings.public_url or "").startswith("https://")
    if https and not settings.tls_cert and not settings.proxy_headers:
        findings.append(
            Finding(
                Weight.ADVICE,
                "The public address is https, which needs a proxy in front; then also give "
                "--proxy-headers, else all visitors seem to come from the proxy.",
            )
        )
    return findings


def _check_secret(settings: Settings) -> Finding:
    path = settings.secret_path
    try:
        secret.read(path)
    except FileNotFoundError:
        return Finding(Weight.FINE, f"A secret will be made at {path}.")
    except secret.SecretError as error:
        return Finding(Weight.FAULT, str(error))
    return Finding(Weight.FINE, f"The secret at {path} is closed to others and long enough.")


def _check_boards(settings: Settings) -> list[Finding]:
    """Read all templates, as each worker does."""
    try:
        require_first(settings)
    except TemplatesError as error:
        return [Finding(Weight.FAULT, str(error))]
    templates, wrong = offered(settings)
    return [
        Finding(Weight.FINE, f"{len(templates)} boards are offered to start from."),
        *(Finding(Weight.ADVICE, f"A board would not be offered: {fault}") for fault in wrong),
    ]


def _check_store(settings: Settings) -> list[Finding]:
    url = settings.redis_url
    if url is None:
        if not is_held(settings.data_dir):
            return []
        url = EmbeddedStore(settings.data_dir).url
    try:
        found = inspect_store(url, settings.durability, settings.replicas)
        # One that is not fit is not written to.
        if faults(found):
            return found
        found += inspect_rights(url, settings.durability)
        if faults(found):
            return found
        found += _check_same_secret(settings, url)
        return found + probe_store(url, settings.durability, settings.replicas)
    except StoreUnfitError as error:
        return [Finding(Weight.FAULT, str(error))]
    except StoreAwayError as error:
        return [Finding(Weight.FAULT, f"The store cannot be reached: {error}")]


def _check_same_secret(settings: Settings, url: str) -> list[Finding]:
    try:
        fingerprint = secret.fingerprint(secret.read(settings.secret_path))
    except (FileNotFoundError, secret.SecretError):
        return []
    return compare_secret(url, fingerprint, change=False)


def _check_data(settings: Settings) -> list[Finding]:
    folder = disk.existing(settings.data_dir)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return [Finding(Weight.FAULT, f"The data folder cannot be made or written to: {folder}.")]
    if settings.redis_url is not None:
        return []
    return [_check_room(settings, folder), *_check_kind(folder), *_check_speed(folder)]


def _check_room(settings: Settings, folder: Path) -> Finding:
    free = disk.free_bytes(folder) or 0
    words = f"The embedded store keeps its data in {settings.data_dir} ({free >> 20} MiB are free"
    if free > LITTLE:
        return Finding(Weight.FINE, f"{words}).")
    return Finding(
        Weight.ADVICE, f"{words}: make room. On a full disk the store stops until there is some)."
    )


def _check_kind(folder: Path) -> list[Finding]:
    kind = disk.file_system(folder)
    if kind in REMOTE:
        words = (
            f"The data folder is on a network file system ({kind}), which may answer before it has "
            "written, and hang. Take a local disk."
        )
    elif kind in FLEETING:
        words = (
            f"The data folder is in memory ({kind}): after a restart of the machine all boards are "
            "gone. Take a disk."
        )
    elif kind == "overlay":
        words = (
            "The data folder is in a container's own layer: with the container all boards are "
            "gone. Mount a volume there."
        )
    else:
        return []
    return [Finding(Weight.ADVICE, words)]


def _check_speed(folder: Path) -> list[Finding]:
    """Write a few bytes to the disk as the store would, into a file that has no name."""
    took = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(PROBES):
                began = time.perf_counter()
                file.write(b"x" * 300)
                file.flush()
                os.fsync(file.fileno())
                took.append(time.perf_counter() - began)
    except OSError as error:
        return [Finding(Weight.FAULT, f"Nothing can be written to {folder}: {error.strerror}.")]
    middle = sorted(took)[PROBES // 2]
    words = f"Writing to its disk takes {1000 * middle:.1f} ms"
    if middle < SLOW:
        return [Finding(Weight.FINE, f"{words}.")]
    return [Finding(Weight.ADVICE, f"{words}, and each vote waits for that. Take a faster one.")]


def _check_files(settings: Settings) -> Finding:
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.max_connections + OTHER_FILES
    if limit == resource.RLIM_INFINITY or limit >= needed:
        return Finding(
            Weight.FINE, f"A worker may open enough files for {settings.max_connections} people."
        )
    return Finding(
        Weight.ADVICE,
        f"A worker may open {limit} files, and {settings.max_connections} people need {needed}. "
        "Raise the limit (LimitNOFILE, ulimit -n), or say --max-connections "
        f"{max(1, limit - OTHER_FILES)}.",
    )
