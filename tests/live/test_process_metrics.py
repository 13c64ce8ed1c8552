import asyncio
import re

from server.live import process_metrics
from server.live.process_metrics import ProcessMetrics, RollingMax
from server.observability import metrics
from support.wait import eventually
from support.worker import worker


def number(name):
    text = metrics.exposition().decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def test_the_worst_of_a_minute_is_shown_until_it_is_a_minute_old(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(process_metrics.time, "monotonic", lambda: clock[0])
    worst = RollingMax()
    shown = []
    for second, value in enumerate([1, 9, 3, 2, *[0] * 70]):
        clock[0] = 100.0 + second
        shown.append(worst.of(value))
    assert shown[:4] == [1, 9, 9, 9]
    assert shown[60] == 9
    # Afterwards the next largest, as long as that is young enough.
    assert shown[61:63] == [3, 2]
    assert shown[-1] == 0


async def test_people_are_counted_once_however_many_pages_and_workers(embedded):
    async with worker(embedded, own=True) as one, worker(embedded, own=True) as two:
        code, _ = await one.board()
        cookie = await one.cookie(code)
        for place, who in ((one, cookie), (one, cookie), (two, cookie), (two, None)):
            await place.page(code, cookie=who)
        rooms = [place.hub.rooms[code] for place in (one, two)]
        # Each speaks of its people; when both have heard, one of them counts them all.
        await eventually(lambda: sorted(room.headcount() for room in rooms) == [0, 2])


async def test_a_measure_that_fails_does_not_end_the_others(embedded, caplog, monkeypatch):
    async with worker(embedded) as server:
        looks = ProcessMetrics(server.hub, server.site.settings, lambda: 1 // 0)
        monkeypatch.setattr(process_metrics, "TICK", 0.001)
        measuring = asyncio.create_task(looks.run())
        await eventually(lambda: caplog.text.count("A fault in vitals: ZeroDivisionError") > 2)
        assert not measuring.done()
        measuring.cancel()
        caplog.clear()


async def test_slow_and_silent_connections_are_seen(embedded):
    async with worker(embedded, own=True) as server:
        code, _ = await server.board()
        looks = ProcessMetrics(server.hub, server.site.settings, lambda: 7)
        await server.connect(code)
        await eventually(lambda: server.hub.clients)
        looks.measure()
        await looks.measure_seldom()
        assert number("stackvote_door_waiting") == 7
        assert number('stackvote_connections{view="none"}') == 1
        assert number("stackvote_store_memory_bytes") > 0
        assert number("stackvote_data_free_bytes") > 0
        assert number("stackvote_line_silence_seconds") < 3
