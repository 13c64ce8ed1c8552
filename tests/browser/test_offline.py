"""A ballot that was open once opens again without a connection, and its vote is sent later."""

import pytest
from playwright.sync_api import expect

from browser import pages
from browser.pages import CUT, card, comment, is_chosen, saved, tap
from browser.server import Server
from support import wait
from support.ports import free_port

PATIENCE = 30
"""Seconds: a page is kept some seconds after it was opened, and a machine may be slow."""

KEPT = """new Promise((resolve) => {
    const opening = indexedDB.open("stackvote ROOT");
    opening.onerror = () => resolve([]);
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onsuccess = () => {
        const reading = opening.result.transaction("STORE").objectStore("STORE").getAll();
        reading.onsuccess = () => { opening.result.close(); resolve(reading.result); };
    };
})"""
"""What the device keeps; a database that is not there yet is not made."""

STORED = """caches.keys()
    .then((names) => Promise.all(names.map((name) => caches.open(name))))
    .then((found) => Promise.all(found.map((cache) => cache.keys())))
    .then((found) => found.flat().map(({ url }) => new URL(url).pathname))"""
OLD_STATE = "This is how the board stood at"


def until(page, condition):
    pages.until(page, condition, within=PATIENCE)


def kept(store, root=""):
    return KEPT.replace("STORE", store).replace("ROOT", root)


def await_kept(page, code, root="", says="true", at=None):
    """Wait until the device could show the board without a connection; `says`: what it knows; `at`:
    the code in the page's address, where it is another one.
    """
    path = f"{root}/b/{at or code}"
    until(page, f"{kept('pages', root)}.then((all) => all.some(({{ path }}) => path === '{path}'))")
    found = f"all.some(({{ code, frame }}) => code === '{code}' && {says})"
    until(page, f"{kept('states', root)}.then((all) => {found})")


def wake_worker(page):
    """Have the browser do what it does when there is a connection again, now."""
    devtools = page.context.new_cdp_session(page)
    known = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    wait.until(lambda: known, PATIENCE, pause=lambda seconds: page.wait_for_timeout(1000 * seconds))
    devtools.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": "/".join(known[0]["scopeURL"].split("/")[:3]),
            "registrationId": known[0]["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )
    devtools.detach()


def stored_paths(page):
    """The paths of all pages and files that the device keeps."""
    return page.evaluate(STORED)


def come_back(server, context):
    """Open a page of the server that is no ballot, and send from there what a ballot left."""
    page = context.new_page()
    page.goto(f"{server.address}/healthz")
    wake_worker(page)
    until(page, f"{kept('outbox')}.then((all) => all.length === 0)")
    return page


def nothing_is_kept(page):
    for store in ("pages", "states", "outbox"):
        until(page, f"{kept(store)}.then((all) => all.length === 0)")
    assert page.evaluate("caches.keys()") == []


def version_of(page):
    return page.locator("script[type=module]").get_attribute("src").split("/")[2]


@pytest.fixture
def board(own_server):
    made = own_server.new_board()
    own_server.open_round(made, visibility="live", names="open")
    return made


def test_a_ballot_opens_without_a_line_and_its_vote_is_counted_once(own_server, board, person):
    page = person(board.address, forgive=CUT)
    comment(page, "Django", "Seen before the lift.")
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    await_kept(
        page, board.code, says="frame.ballot?.approve[0] === 'flask' && frame.comments.length === 1"
    )

    own_server.kill()
    page.reload()
    expect(page.get_by_text(OLD_STATE)).to_be_visible()
    is_chosen(page, "Flask").to_be_checked()
    expect(card(page, "Django").locator("[data-part=talk-count]")).to_have_text("1 comment")
    tap(page, "Tornado")
    saved(page).to_have_text("offline, will send")
    until(page, f"{kept('outbox')}.then((all) => all.length === 1)")
    context = page.context
    page.close()

    own_server.start()
    elsewhere = come_back(own_server, context)
    # Another process may answer, a moment behind.
    wait.until(lambda: totals(own_server, board)["tornado"] == 1)

    elsewhere.goto(board.address)
    saved(elsewhere).to_have_text("✓ saved")
    is_chosen(elsewhere, "Tornado").to_be_checked()
    expect(elsewhere.get_by_text(OLD_STATE)).to_have_count(0)
    found = totals(own_server, board)
    assert (found["flask"], found["tornado"]) == (1, 1)
    assert own_server.state(board)["tally"]["voters"] == 1


def test_a_board_that_is_gone_leaves_nothing_on_the_device(own_server, board, person):
    page = person(board.address)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    await_kept(page, board.code)
    own_server.act(board, type="delete_board", code=board.code)
    expect(page.get_by_text("This board no longer exists.")).to_be_visible()
    nothing_is_kept(page)


def test_a_vote_on_a_question_of_a_meeting_is_counted_there_when_the_meeting_has_moved_on(
    own_server, board, person
):
    machines = [{"name": "Our own machines"}, {"name": "A cloud"}]
    second = own_server.add_question(board, title="Where does it run?", options=machines)
    own_server.open_round(second, visibility="live", names="open")
    own_server.act(board, type="go_to_question", question=second.code, leaving=board.code)
    page = person(board.address, forgive=CUT)
    title = page.locator("[data-part=title]")
    expect(title).to_have_text("Where does it run?")
    tap(page, "A cloud")
    saved(page).to_have_text("✓ saved")
    await_kept(page, second.code, at=board.code, says="frame.ballot?.approve[0] === 'a-cloud'")

    own_server.kill()
    page.reload()
    expect(page.get_by_text(OLD_STATE)).to_be_visible()
    expect(title).to_have_text("Where does it run?")
    expect(page.locator("[data-part=meeting-words]")).to_have_text("Question 2 of 2")
    is_chosen(page, "A cloud").to_be_checked()
    tap(page, "Our own machines")
    saved(page).to_have_text("offline, will send")
    until(page, f"{kept('outbox')}.then((all) => all.length === 1)")
    context = page.context
    page.close()

    own_server.start()
    own_server.act(board, type="go_to_question", question=board.code, leaving=second.code)
    elsewhere = come_back(own_server, context)
    wait.until(lambda: totals(own_server, second) == {"our-own-machines": 1, "a-cloud": 1})
    assert own_server.state(second)["tally"]["voters"] == 1
    assert own_server.state(board)["tally"]["voters"] == 0
    elsewhere.goto(board.address)
    expect(elsewhere.locator("[data-part=meeting-words]")).to_have_text("Question 1 of 2")
    expect(elsewhere.locator("[data-part=chosen]")).to_have_text("Nothing chosen yet")


def test_a_vote_of_a_seat_that_has_moved_is_not_counted_and_leaves_nothing_on_the_device(
    own_server, person
):
    board = own_server.new_board(
        title="Which queue?", options=[{"name": "NATS"}, {"name": "Kafka"}]
    )
    own_server.act(board, type="set_board", settings={"entry": "invited"})
    own_server.open_round(board, "single", visibility="live", names="open")
    page = person(own_server.invitation(board), forgive=CUT)
    page.get_by_role("button", name="Take this seat").click()
    tap(page, "NATS")
    saved(page).to_have_text("✓ saved")
    await_kept(page, board.code, says="frame.ballot?.choice === 'nats'")
    context = page.context
    seat = context.new_page()
    seat.goto(f"{board.address}/seat")
    seat.get_by_role("button", name="Show the code").click()
    code = seat.locator(".code").inner_text()
    seat.close()

    context.set_offline(True)
    tap(page, "Kafka")
    saved(page).to_have_text("offline, will send")
    until(page, f"{kept('outbox')}.then((all) => all.length === 1)")
    page.close()
    laptop = person(f"{board.address}/seat")
    laptop.get_by_label("Code from your other device").fill(code)
    laptop.get_by_role("button", name="Continue").click()
    laptop.get_by_role("button", name="Move it here").click()
    is_chosen(laptop, "NATS").to_be_checked()

    context.set_offline(False)
    elsewhere = come_back(own_server, context)
    elsewhere.goto(board.address)
    moved = "You moved your seat to another device."
    expect(elsewhere.locator("[data-part=entry]")).to_contain_text(moved)
    expect(elsewhere.locator("[data-part=chosen]")).to_have_text("You are watching")
    nothing_is_kept(elsewhere)
    assert totals(own_server, board) == {"nats": 1, "kafka": 0}
    is_chosen(laptop, "NATS").to_be_checked()


def totals(server, board):
    return server.state(board)["tally"]["result"]["totals"]


def test_the_start_page_and_ballots_are_stored_and_no_other_page(own_server, board, person):
    page = person(board.address, forgive=CUT)
    await_kept(page, board.code)
    until(page, "Boolean(navigator.serviceWorker.controller)")
    for address in (board.host, board.screen, f"{board.address}/record", f"{board.address}?stay"):
        page.goto(address)
    page.goto(own_server.address)
    until(page, f"{kept('pages')}.then((all) => all.some(({{ path }}) => path === '/'))")
    paths = {path for path in stored_paths(page) if not path.startswith("/static/")}
    assert paths == {"/", f"/b/{board.code}"}
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("open without one")).to_be_visible()
    page.goto(board.address)
    expect(page.get_by_text(OLD_STATE)).to_be_visible()


def test_a_new_release_takes_over_at_once_and_leaves_no_file_of_the_old_one(
    own_server, board, person, monkeypatch
):
    page = person(board.address, forgive=CUT)
    await_kept(page, board.code)
    before = version_of(page)
    own_server.close()
    # It has other sentences, and so other scripts.
    monkeypatch.setenv("STACKVOTE_LANGUAGE", "en-XA")
    own_server.start()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en-XA")
    after = version_of(page)
    assert after != before
    until(page, f"{STORED}.then((paths) => !paths.some((path) => path.includes('{before}')))")
    assert any(after in path for path in stored_paths(page))
    own_server.kill()
    page.reload()
    expect(page.locator("html.scripted")).to_have_attribute("lang", "en-XA")
    assert version_of(page) == after


def test_it_works_under_a_path(tmp_path, person):
    port = free_port()
    address = f"http://127.0.0.1:{port}/vote"
    running = Server(tmp_path, STACKVOTE_PORT=f"{port}", STACKVOTE_PUBLIC_URL=address).start()
    try:
        page = person(f"{address}/b/FRAMEWORKS", forgive=CUT)
        tap(page, "Flask")
        saved(page).to_have_text("✓ saved")
        await_kept(page, "FRAMEWORKS", root="/vote", says="frame.ballot !== null")
        assert all(path.startswith("/vote/") for path in stored_paths(page))
        running.kill()
        page.reload()
        expect(page.get_by_text(OLD_STATE)).to_be_visible()
        is_chosen(page, "Flask").to_be_checked()
    finally:
        running.close()


def test_where_the_browser_refuses_it_all_is_as_without_it(own_server, board, person):
    page = person("about:blank", forgive=CUT)
    page.add_init_script(
        """navigator.serviceWorker.register = () => {
            document.documentElement.dataset.refused = "";
            return Promise.reject(new DOMException("The operation is insecure.", "SecurityError"));
        };"""
    )
    page.goto(board.address)
    expect(page.locator("html[data-refused]")).to_have_count(1, timeout=1000 * PATIENCE)
    page.context.set_offline(True)
    tap(page, "Flask")
    saved(page).to_have_text("offline, will send")
    page.context.set_offline(False)
    saved(page).to_have_text("✓ saved", timeout=30_000)
    assert stored_paths(page) == []
