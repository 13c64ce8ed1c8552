"""Tools of an attacker: raw requests, and identities."""

import asyncio
import contextlib
import json
import time
from typing import NamedTuple

from tornado.web import create_signed_value

from server.security import secret
from support.worker import KEY

PATIENCE = 10.0
SIGNING = secret.derive(KEY, "cookies")
BROWSER = "stackvote_browser"


class Answer(NamedTuple):
    """What a raw connection returned until the server closed it."""

    whole: bytes

    @property
    def status(self):
        return int(self.whole.split(b" ", 2)[1]) if self.whole.startswith(b"HTTP/") else 0

    @property
    def head(self):
        return self.whole.partition(b"\r\n\r\n")[0].decode("latin1")

    @property
    def body(self):
        return self.whole.partition(b"\r\n\r\n")[2]


async def raw(server, sent, patience=PATIENCE):
    """Send raw bytes, and read until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    got = b""
    try:
        with contextlib.suppress(ConnectionError):
            writer.write(sent)
            await writer.drain()
            async with asyncio.timeout(patience):
                while data := await reader.read(65536):
                    got += data
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return Answer(got)


def request(line, *headers, body=b"", host="127.0.0.1"):
    """Build a request that closes its connection."""
    head = [line.encode("latin1") if isinstance(line, str) else line, f"Host: {host}".encode()]
    head += [each if isinstance(each, bytes) else each.encode("latin1") for each in headers]
    if body:
        head.append(f"Content-Length: {len(body)}".encode())
    head.append(b"Connection: close")
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def signed(value="made-up", *, key=SIGNING, name=BROWSER, version=2, age=0):
    """Sign a cookie as this server would, except for the given deviations."""
    now = time.time() - age
    return create_signed_value(key, name, value, version=version, clock=lambda: now).decode()


def named(cookie):
    """Split a cookie into its name and its value."""
    name, _, value = cookie.partition("=")
    return name, value


async def act(server, code, message, **headers):
    """Make a request over HTTP; return status and answer."""
    message = {"id": "attempt"} | message
    return await server.api(f"/api/boards/{code}/actions", message, headers=headers)


async def state(server, code):
    """Return what anyone can see of a board, except who is here."""
    shown = (await server.api(f"/api/boards/{code}"))[1]
    shown.pop("people")
    return json.dumps(shown, sort_keys=True)
