"""A relay as an operator starts it: its process, a server that is replaced, and its end."""

import asyncio
import json
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

from support.client import LiveClient, connect
from support.server import launched
from support.wait import until


@contextmanager
def relay_of(address, folder):
    log = folder / "relay"
    command = [*(sys.executable, "-m", "server", "relay", address), "--host", "127.0.0.1"]
    with log.open("w") as errors:
        process = subprocess.Popen([*command, "--port", "0"], stderr=errors)
    try:
        port = until(lambda: re.search(r"on port (\d+)", log.read_text()))[1]
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def new_board(server):
    body = json.dumps({"title": "Which?", "options": [{"name": "A"}, {"name": "B"}]}).encode()
    with urllib.request.urlopen(f"{server.address}/api/boards", body) as answer:
        made = json.load(answer)
    return made["code"], made["host_key"]


def rename(server, code, key, title):
    message = {"type": "set_board", "id": title, "title": title}
    headers = {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request(
        f"{server.address}/api/boards/{code}/actions", json.dumps(message).encode(), headers
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["seq"]


async def test_a_relay_outlives_the_workers_and_ends_when_told_to(tmp_path):
    with launched(tmp_path / "server", "--processes", "2") as server:
        server.await_greeting()
        code, key = await asyncio.to_thread(new_board, server)
        with relay_of(server.address, tmp_path) as (process, base):
            page = LiveClient(await connect(base, code))
            welcome = await page.hello("screen")
            assert welcome["board"]["title"] == "Which?"
            seq = await asyncio.to_thread(rename, server, code, key, "Before")
            await page.receive("board", lambda f: f["seq"] >= seq)
            server.signal(signal.SIGHUP)
            anew = await page.receive("welcome", after=1)
            assert anew["board"]["title"] == "Before"
            seq = await asyncio.to_thread(rename, server, code, key, "After")
            await page.receive("board", lambda f: f["seq"] >= seq)
            process.send_signal(signal.SIGTERM)
            assert (await page.closed())[0] == 1012
            assert await asyncio.to_thread(process.wait, 20) == 0
            await page.forget()
        log = (tmp_path / "relay").read_text()
        assert "Traceback" not in log
        assert "fault" not in log
