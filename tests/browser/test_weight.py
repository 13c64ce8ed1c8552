"""What a phone loads before it can vote."""

import pytest
from playwright.sync_api import expect

from browser.pages import CUT, PHONE, saved, tap

MOST_BYTES = 60_000
MOST_REQUESTS = 15


@pytest.fixture
def board(server):
    return server.new_board(template="python-web-frameworks")


@pytest.fixture
def weighed(person):
    """Open a page and return what it loaded: addresses, and bytes with the headers of answers."""

    def weigh(address):
        page = person("about:blank", PHONE)
        requests, sizes = {}, []
        network = page.context.new_cdp_session(page)
        network.on(
            "Network.requestWillBeSent",
            lambda sent: requests.setdefault(sent["requestId"], sent["request"]["url"]),
        )
        network.on(
            "Network.loadingFinished", lambda loaded: sizes.append(loaded["encodedDataLength"])
        )
        network.send("Network.enable")
        page.goto(address)
        return page, requests, sizes

    return weigh


def test_the_first_ballot_is_light(server, weighed):
    page, requests, sizes = weighed(f"{server.address}/b/FRAMEWORKS")
    tap(page, "Django")
    saved(page).to_have_text("✓ saved")
    page.wait_for_load_state("networkidle")
    assert len(requests) <= MOST_REQUESTS, sorted(requests.values())
    assert 20_000 < sum(sizes) <= MOST_BYTES
    expect(page.locator("[data-part=cards] > li")).to_have_count(7)


def test_what_a_result_needs_comes_with_the_result(server, board, weighed):
    server.open_round(board, "score")
    page, requests, _ = weighed(board.address)
    expect(page.locator("[data-phase=open]").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not any("ballot-results" in address for address in requests.values())
    server.vote(board, {"scores": {"django": 5, "flask": 3}})
    server.reveal(board)
    expect(page.locator("[data-part=counted]")).to_be_visible()
    expect(page.locator("[data-part=evidence] summary").first).to_be_visible()
    assert any("ballot-results" in address for address in requests.values())


def test_a_result_whose_details_do_not_arrive_says_so(server, board, person):
    server.open_round(board, "score")
    # What a service worker asks for is not routed.
    forgiven = (*CUT, "Service Worker registration blocked")
    page = person(board.address, PHONE, forgive=forgiven, service_workers="block")
    expect(page.locator("[data-phase=open]").first).to_be_visible()
    page.route("**/ballot-results.js", lambda route: route.abort())
    server.vote(board, {"scores": {"django": 5, "flask": 3}})
    server.reveal(board)
    expect(page.get_by_text("The details of the result did not arrive.")).to_be_visible()
    expect(page.locator("[data-part=ranking] .bar").first).to_contain_text("Django")
    page.unroute_all()
    page.reload()
    expect(page.locator("[data-part=evidence] summary").first).to_be_visible()
