import asyncio
import logging

import pytest
from tornado.web import RequestHandler

from server import app
from server.app import make_application, make_site
from server.concurrency import tasks
from server.live.create_board import DEFAULT_TEMPLATE
from server.settings import Settings
from server.web import health
from support.wait import eventually
from support.worker import KEY, embedded, worker

__all__ = ["embedded"]


@pytest.fixture
def site(tmp_path):
    async def make():
        return make_site(Settings(redis_url=f"unix://{tmp_path}/none"), KEY)

    return make


async def test_the_first_template_is_the_one_of_the_first_board(site):
    made = await site()
    assert next(iter(made.templates)) == DEFAULT_TEMPLATE
    assert len(made.templates) >= 4
    await made.hub.close()


async def test_a_forgotten_access_rule_stops_the_start(site, monkeypatch):
    class Forgotten(RequestHandler):
        pass

    made = await site()
    make_application(made, KEY)
    monkeypatch.setattr(health, "routes", [*health.routes, ("/forgotten", Forgotten)])
    with pytest.raises(TypeError, match="Forgotten declares no access rule"):
        make_application(made, KEY)
    await made.hub.close()


async def test_a_limit_below_one_board_a_minute_still_allows_one(tmp_path):
    made = make_site(Settings(redis_url=f"unix://{tmp_path}/none", board_rate=0.5), KEY)
    assert [made.creation_limit.allows("192.0.2.7") for _ in range(2)] == [True, False]
    await made.hub.close()


async def test_the_first_board_is_opened_again_after_it_expired(embedded, monkeypatch, caplog):
    monkeypatch.setattr(app, "EXPIRY_SECONDS", 0.02)
    caplog.set_level(logging.INFO, logger="server")
    async with worker(embedded, own=True) as server:
        open_board = app.default_board_opener(server.site, KEY)
        reopening = asyncio.create_task(app.reopen_after_expiry(open_board))
        try:
            await eventually(lambda: caplog.text.count("The board FRAMEWORKS is open.") == 1)
            await server.hub.store.nodes[0].client.delete(
                "sv:{FRAMEWORKS}:log", "sv:{FRAMEWORKS}:meta"
            )
            await eventually(lambda: caplog.text.count("The board FRAMEWORKS is open.") == 2)
        finally:
            await tasks.end((reopening,))
        assert (await server.api("/api/boards/FRAMEWORKS"))[0] == 200


async def test_nothing_runs_before_the_start_and_the_store_counts_as_away(site):
    made = await site()
    assert not made.hub.ready
    assert made.hub.rooms == {}
    await made.hub.close()


async def test_cookies_are_signed_with_a_key_made_for_them(site):
    made = await site()
    application = make_application(made, KEY)
    assert application.settings["cookie_secret"] not in {KEY, b""}
    assert application.settings["cross_origin_protection"] is True
    await made.hub.close()
