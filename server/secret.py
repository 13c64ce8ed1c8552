"""The secret of an installation: one file, and the keys that are made from it.

All machines that serve the same boards share the same secret. It signs seats, hides
voters' names from the log and gives the host key of the board that opens by itself.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import stat
from pathlib import Path

from server.redaction import hide

SIZE = 32
# A group may read it: that is how orchestrators hand a secret to a process that is not root.
_TOO_OPEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


class SecretError(Exception):
    """The secret file cannot be used; the message says why and what to do."""


def load(path: Path) -> bytes:
    """Read the secret, and make it first where there is none.

    Raises SecretError when the file is too short, or readable by other users.
    """
    try:
        return read(path)
    except FileNotFoundError:
        _make(path)
        return read(path)


def read(path: Path) -> bytes:
    """Read a secret that exists. Raises FileNotFoundError or SecretError."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            secret = file.read().strip()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SecretError(f"The secret file {path} cannot be read: {error.strerror}.") from None
    if mode & _TOO_OPEN:
        raise SecretError(
            f"The secret file {path} is open to other users (mode {stat.S_IMODE(mode):o}). "
            f"Close it with: chmod 600 {path}"
        )
    hide(secret.decode(errors="replace"))
    if len(secret) < SIZE:
        raise SecretError(
            f"The secret file {path} holds {len(secret)} bytes; at least {SIZE} are needed. "
            f"Make one with: openssl rand -hex 32 > {path}"
        )
    return secret


def put(path: Path, secret: bytes) -> None:
    """Put a secret in the place of another, in one step. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, secret)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def put_back(path: Path, secret: bytes) -> bool:
    """Write a secret again where its file was deleted; say whether it was. Raises OSError."""
    if path.exists():
        return False
    put(path, secret)
    return True


def _write(path: Path, secret: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _make(path: Path) -> None:
    """Put a new secret in place in one step.

    It is written whole beside its place and then linked there, which fails where another
    start was faster: whoever comes second reads the first one's secret.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(draft, secrets.token_hex(SIZE).encode())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise SecretError(f"No secret can be made at {path}: {error.strerror}.") from None


def derive(secret: bytes, purpose: str, *parts: str) -> bytes:
    """Make a key of 32 bytes for one purpose; other purposes and parts give unrelated keys.

    Keyed BLAKE2b (RFC 7693). The secret is hashed first because a key may have 64 bytes at
    most; each part goes in with its length, so that ("ab", "c") differs from ("a", "bc").
    """
    digest = hashlib.blake2b(key=hashlib.blake2b(secret).digest(), digest_size=32)
    for part in (purpose, *parts):
        text = part.encode()
        digest.update(len(text).to_bytes(8, "big"))
        digest.update(text)
    return digest.digest()


def host_key(secret: bytes, code: str) -> str:
    """Give the host key of a board that opens by itself: 256 bits, safe in an address.

    It is derived, so that it is the same after a restart and on every machine.
    """
    key = base64.urlsafe_b64encode(derive(secret, "host key", code)).rstrip(b"=").decode()
    hide(key)
    return key


def fingerprint(secret: bytes) -> str:
    """Name a secret, so that two servers can be told whether they have the same."""
    return derive(secret, "fingerprint").hex()[:32]


def looking_glass(secret: bytes) -> str:
    """Give the key with which `stackvote check` is told how its requests arrive."""
    return derive(secret, "looking glass").hex()
