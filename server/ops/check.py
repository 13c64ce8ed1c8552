"""What `stackvote check` examines: settings, secret, store, machine, and the proxy."""

import os
import resource
import tempfile
import time
from pathlib import Path

from server.brand import BrandError, read_brand
from server.live.board_templates import TemplatesError, load_board_templates, require_first
from server.network.addresses import Addresses
from server.ops.check_proxy import check_proxy
from server.ops.check_rights import inspect_rights
from server.ops.check_store import SLOW, StoreUnfitError, compare_secret, inspect_store, probe_store
from server.ops.findings import Finding, Severity, faults
from server.security import secret, tls
from server.settings import Settings
from server.store import filesystem
from server.store.data_folder import is_held
from server.store.embedded import EmbeddedStore
from server.store.node import StoreAwayError

LITTLE = 512 << 20
"""Bytes of free space below which a disk is reported as nearly full."""
OTHER_FILES = 300
"""Files that a worker needs apart from `max_connections`, which counts only live connections. This
exceeds what the HTTP server reserves (`KEPT_FREE`), because loading a page needs a file too.
"""
PROBES = 5
REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs", "fuse.sshfs"}
FLEETING = {"tmpfs", "ramfs"}


def examine(settings: Settings) -> list[Finding]:
    """Examine all that a server with these settings would need, and leave nothing behind."""
    found = [
        *_check_addresses(settings),
        _check_secret(settings),
        *_check_boards(settings),
        *_check_brand(settings),
        *_check_store(settings),
        *_check_data(settings),
        _check_files(settings),
    ]
    if settings.public_url:
        found += check_proxy(settings)
    return found


def _check_addresses(settings: Settings) -> list[Finding]:
    addresses = Addresses(settings)
    findings = [Finding(Severity.FINE, f"Links will begin with {addresses.base()}.")]
    if others := [addresses.base_at(each) for each in addresses.hosts[1:]]:
        words = f"Hosts can choose other addresses of this machine: {', '.join(others)}."
        findings.append(Finding(Severity.FINE, words))
    try:
        tls.context(settings)
    except tls.TlsError as error:
        findings.append(Finding(Severity.FAULT, str(error)))
    https = (settings.public_url or "").startswith("https://")
    if https and not settings.tls_cert and not settings.proxy_headers:
        findings.append(
            Finding(
                Severity.ADVICE,
                "The public address is https, which needs a proxy in front; then also set "
                "--proxy-headers, otherwise all visitors seem to come from the proxy.",
            )
        )
    return findings


def _check_secret(settings: Settings) -> Finding:
    path = settings.secret_path
    try:
        secret.read(path)
    except FileNotFoundError:
        return Finding(Severity.FINE, f"A secret will be created at {path}.")
    except secret.SecretError as error:
        return Finding(Severity.FAULT, str(error))
    return Finding(Severity.FINE, f"The secret at {path} is private and long enough.")


def _check_boards(settings: Settings) -> list[Finding]:
    """Read all templates, as each worker does."""
    try:
        require_first(settings)
    except TemplatesError as error:
        return [Finding(Severity.FAULT, str(error))]
    templates, wrong = load_board_templates(settings)
    return [
        Finding(Severity.FINE, f"{len(templates)} boards are offered as templates."),
        *(Finding(Severity.ADVICE, f"A board would not be offered: {fault}") for fault in wrong),
    ]


def _check_brand(settings: Settings) -> list[Finding]:
    if settings.brand is None:
        return []
    try:
        brand = read_brand(settings.brand)
    except BrandError as error:
        return [Finding(Severity.FAULT, str(error))]
    return [Finding(Severity.FINE, f"Pages are named {brand.name}, and their colours can be read.")]


def _check_store(settings: Settings) -> list[Finding]:
    url = settings.redis_url
    if url is None:
        if not is_held(settings.data_dir):
            return []
        url = EmbeddedStore(settings.data_dir).url
    try:
        found = inspect_store(url, settings.durability, settings.replicas)
        # An unfit store is not written to.
        if faults(found):
            return found
        found += inspect_rights(url, settings.durability)
        if faults(found):
            return found
        found += _check_same_secret(settings, url)
        return found + probe_store(url, settings.durability, settings.replicas)
    except StoreUnfitError as error:
        return [Finding(Severity.FAULT, str(error))]
    except StoreAwayError as error:
        return [Finding(Severity.FAULT, f"The store cannot be reached: {error}")]


def _check_same_secret(settings: Settings, url: str) -> list[Finding]:
    try:
        fingerprint = secret.fingerprint(secret.read(settings.secret_path))
    except (FileNotFoundError, secret.SecretError):
        return []
    return compare_secret(url, fingerprint, change=False)


def _check_data(settings: Settings) -> list[Finding]:
    folder = filesystem.existing(settings.data_dir)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return [
            Finding(Severity.FAULT, f"The data folder cannot be created or written to: {folder}.")
        ]
    if settings.redis_url is not None:
        return []
    return [_check_room(settings, folder), *_check_kind(folder), *_check_speed(folder)]


def _check_room(settings: Settings, folder: Path) -> Finding:
    free = filesystem.free_bytes(folder) or 0
    words = f"The embedded store keeps its data in {settings.data_dir} ({free >> 20} MiB free)"
    if free > LITTLE:
        return Finding(Severity.FINE, f"{words}.")
    return Finding(
        Severity.ADVICE, f"{words}. Make room: on a full disk the store stops until there is some."
    )


def _check_kind(folder: Path) -> list[Finding]:
    kind = filesystem.file_system(folder)
    if kind in REMOTE:
        words = (
            f"The data folder is on a network file system ({kind}), which may answer before it "
            "has written, and may hang. Use a local disk."
        )
    elif kind in FLEETING:
        words = (
            f"The data folder is in memory ({kind}): after a restart of the machine all boards "
            "are gone. Use a disk."
        )
    elif kind == "overlay":
        words = (
            "The data folder is in a container's own layer: all boards disappear with the "
            "container. Mount a volume there."
        )
    else:
        return []
    return [Finding(Severity.ADVICE, words)]


def _check_speed(folder: Path) -> list[Finding]:
    """Write a few bytes to the disk as the store would, to an unnamed file."""
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
        return [Finding(Severity.FAULT, f"Nothing can be written to {folder}: {error.strerror}.")]
    middle = sorted(took)[PROBES // 2]
    words = f"Writing to its disk takes {1000 * middle:.1f} ms"
    if middle < SLOW:
        return [Finding(Severity.FINE, f"{words}.")]
    return [Finding(Severity.ADVICE, f"{words}, and each vote waits for that. Use a faster one.")]


def _check_files(settings: Settings) -> Finding:
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.max_connections + OTHER_FILES
    if limit == resource.RLIM_INFINITY or limit >= needed:
        return Finding(
            Severity.FINE, f"A worker may open enough files for {settings.max_connections} people."
        )
    return Finding(
        Severity.ADVICE,
        f"A worker may open {limit} files, and {settings.max_connections} people need {needed}. "
        "Raise the limit (LimitNOFILE, ulimit -n), or set --max-connections "
        f"{max(1, limit - OTHER_FILES)}.",
    )
