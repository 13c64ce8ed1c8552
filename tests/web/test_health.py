import socket

import pytest
from tornado.netutil import bind_sockets
from websockets.exceptions import InvalidStatus

from server.network.addresses import network_address
from support.wait import eventually
from support.worker import worker


async def test_alive_and_ready_and_not(embedded):
    async with worker(embedded, public_url="http://other.example") as server:
        assert await server.api("/healthz") == (200, {"status": "alive"})
        assert await server.api("/readyz") == (200, {"status": "ready"})
        server.hub.store.nodes[0].set_present(value=False, why="it was pulled out")
        assert await server.api("/readyz") == (503, {"status": "store_away"})
        assert (await server.api("/healthz"))[0] == 200
        await eventually(lambda: server.hub.ready)
        server.hub.draining = True
        assert await server.api("/readyz") == (503, {"status": "draining"})


async def test_numbers_for_prometheus(embedded):
    async with worker(embedded) as server:
        code, _ = await server.board()
        page = await server.page(code)
        await page.done("rename", name="Ann")
        got = await server.fetch("/metrics")
        assert got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = got.body.decode()
        for line in (
            'stackvote_connections{view="ballot"}',
            'stackvote_requests_total{type="rename"}',
            "stackvote_store_present 1.0",
            "stackvote_append_seconds_count",
            "stackvote_boards_created_total",
        ):
            assert line in text


@pytest.mark.parametrize(
    ("networks", "status"),
    [
        (("127.0.0.0/8",), 200),
        (("::1/128", "127.0.0.1/32"), 200),
        (("10.0.0.0/8", "::/0"), 403),
    ],
)
async def test_numbers_may_be_kept_to_some_networks(embedded, networks, status):
    async with worker(embedded, metrics_from=networks) as server:
        got = await server.fetch("/metrics", headers={"X-Forwarded-For": "10.0.0.1"})
        assert got.code == status
        assert (b"stackvote_rooms" in got.body) is (status == 200)
        assert (await server.fetch("/healthz")).code == 200


async def test_numbers_are_for_this_machine_alone_unless_it_is_said_otherwise(embedded):
    async with worker(embedded) as server:
        port = server.port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "[::1]"):
            got = await server.fetch("/metrics", headers={"Host": host})
            assert got.code == 200, host
        # A proxy on this machine, whose visitors come from anywhere, shows itself.
        for headers in (
            {"X-Forwarded-For": "203.0.113.5"},
            {"X-Forwarded-For": "127.0.0.1"},
            {"X-Real-IP": "127.0.0.1"},
            {"Forwarded": "for=127.0.0.1"},
            {"X-Forwarded-Proto": "https"},
            {"Via": "1.1 proxy"},
            {"Host": "192.0.2.7"},
            {"Host": socket.gethostname()},
        ):
            got = await server.fetch("/metrics", headers=headers)
            assert got.code == 403, headers
            assert b"stackvote_" not in got.body
            assert "metrics_from" in got.body.decode()


@pytest.mark.parametrize(
    ("networks", "headers", "status"),
    [
        ((), {"X-Forwarded-For": "127.0.0.1"}, 403),
        ((), {"X-Forwarded-For": "10.0.0.1"}, 403),
        ((), {}, 200),
        (("10.0.0.0/8",), {"X-Forwarded-For": "10.0.0.1"}, 200),
        (("10.0.0.0/8",), {"X-Forwarded-For": "203.0.113.5"}, 403),
        (("10.0.0.0/8",), {"X-Forwarded-For": "10.0.0.1, 203.0.113.5"}, 403),
        (("127.0.0.0/8",), {"X-Forwarded-For": "203.0.113.5"}, 403),
        (("127.0.0.0/8",), {"Host": "vote.example.org"}, 403),
        (("127.0.0.0/8",), {"Host": "localhost"}, 200),
    ],
)
async def test_behind_a_proxy_the_visitors_address_decides(embedded, networks, headers, status):
    settings = {"proxy_headers": True, "public_url": "https://vote.example.org"}
    async with worker(embedded, metrics_from=networks, **settings) as server:
        assert (await server.fetch("/metrics", headers=headers)).code == status


async def test_from_another_machine_numbers_are_closed(embedded):
    address = network_address()
    if address is None or ":" in address:
        pytest.skip("this machine has no network of IPv4")
    for networks, status in (((), 403), ((f"{address}/32",), 200)):
        async with worker(embedded, metrics_from=networks) as server:
            outside = bind_sockets(0, address)
            server.server.add_sockets(outside)
            port = outside[0].getsockname()[1]
            got = await server.http.fetch(f"http://{address}:{port}/metrics", raise_error=False)
            assert got.code == status


async def test_a_full_server_says_so(embedded):
    async with worker(embedded, max_connections=1) as server:
        code, _ = await server.board()
        await server.page(code)
        with pytest.raises(InvalidStatus) as caught:
            await server.connect(code)
        assert caught.value.response.status_code == 503
