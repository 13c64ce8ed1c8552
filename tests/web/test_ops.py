import pytest
from one_process import until, worker
from websockets.exceptions import InvalidStatus


async def test_alive_and_ready_and_not(embedded):
    async with worker(embedded, public_url="http://other.example") as server:
        assert await server.api("/healthz") == (200, {"status": "alive"})
        assert await server.api("/readyz") == (200, {"status": "ready"})
        server.hub.store.set_present(value=False, why="it was pulled out")
        assert await server.api("/readyz") == (503, {"status": "store_away"})
        assert (await server.api("/healthz"))[0] == 200
        await until(lambda: server.hub.ready)
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


async def test_a_full_server_says_so(embedded):
    async with worker(embedded, max_connections=1) as server:
        code, _ = await server.board()
        await server.page(code)
        with pytest.raises(InvalidStatus) as caught:
            await server.line(code)
        assert caught.value.response.status_code == 503
