import pytest
from one_process import KEY
from tornado.web import RequestHandler

from server.app import make_application, make_site
from server.live.founding import DEFAULT_TEMPLATE
from server.settings import Settings
from server.web import ops


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
    monkeypatch.setattr(ops, "routes", [*ops.routes, ("/forgotten", Forgotten)])
    with pytest.raises(TypeError, match="Forgotten declares no access rule"):
        make_application(made, KEY)
    await made.hub.close()


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
