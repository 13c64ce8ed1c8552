"""The secret of an installation: one file, and the keys derived from it.

All machines that serve the same boards share the same secret. It signs browsers' cookies, hides
voters' identities from the log, and yields the host key of the board that opens by itself.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import stat
from pathlib import Path

from server.sanitize.redaction import hide

SIZE = 32
# A group may read it, because orchestrators pass secrets to non-root processes that way.
_TOO_OPEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


class SecretError(Exception):
    """The secret file cannot be used; the message says why and what to do."""


def load(path: Path) -> bytes:
    """Read the secret; create it first if there is none.

    Raises SecretError if the file is too short, or readable by other users.
    """
    try:
        return read(path)
    except FileNotFoundError:
        _make(path)
        return read(path)


def read(path: Path) -> bytes:
    """Read an existing secret. Raises FileNotFoundError or SecretError."""
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
            f"The secret file {path} is open to other users (mode {stat.S_IMODE(mode):o}). Fix "
            f"it with: chmod 600 {path}"
        )
    hide(secret.decode(errors="replace"))
    if len(secret) < SIZE:
        raise SecretError(
            f"The secret file {path} holds {len(secret)} bytes; at least {SIZE} are needed. "
            f"Create one with: openssl rand -hex 32 > {path}"
        )
    return secret


def put(path: Path, secret: bytes) -> None:
    """Replace a secret atomically. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write(draft, secret)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def put_back(path: Path, secret: bytes) -> bool:
    """Write a secret again if its file was deleted; return whether it was. Raises OSError."""
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
    """Create a new secret atomically.

    It is written to a temporary file and then linked to its path, which fails if another start was
    faster: the slower one reads the other's secret.
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
        raise SecretError(f"No secret can be created at {path}: {error.strerror}.") from None


def derive(secret: bytes, purpose: str, *parts: str) -> bytes:
    """Derive a key of 32 bytes for one purpose; other purposes and parts give unrelated keys.

    Keyed BLAKE2b (RFC 7693). The secret is hashed first because a key may have at most 64 bytes.
    Each part is preceded by its length, so that ("ab", "c") differs from ("a", "bc").
    """
    digest = hashlib.blake2b(key=hashlib.blake2b(secret).digest(), digest_size=32)
    for part in (purpose, *parts):
        text = part.encode()
        digest.update(len(text).to_bytes(8, "big"))
        digest.update(text)
    return digest.digest()


def host_key(secret: bytes, code: str) -> str:
    """Return the host key of a board that opens by itself: 256 bits, safe in a URL.

    It is derived, so it is the same after a restart and on every machine.
    """
    key = base64.urlsafe_b64encode(derive(secret, "host key", code)).rstrip(b"=").decode()
    hide(key)
    return key


def fingerprint(secret: bytes) -> str:
    """Return a keyed hash that shows whether two servers have the same secret."""
    return derive(secret, "fingerprint").hex()[:32]


def diagnostics_token(secret: bytes) -> str:
    """Return the key with which `stackvote check` may ask how its requests arrive."""
    return derive(secret, "looking glass").hex()
