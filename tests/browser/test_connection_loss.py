"""What happens to a vote when the line, the server or everything goes away."""

import json

import pytest
import redis
from playwright.sync_api import expect

from browser.pages import CUT, STAGE, card, comment, is_chosen, saved, tap, until

OUTBOX = """Object.keys(localStorage).filter((key) => key.includes(":out:"))
    .map((key) => JSON.parse(localStorage[key]))"""


def put_into_outbox(page, board, messages):
    """Leave on this device what was done while there was no line."""
    page.evaluate(
        """([code, messages]) => messages.forEach((content, order) => {
            const id = `made-offline-${order}`;
            localStorage.setItem(`stackvote:${code}:out:${id}`, JSON.stringify({ order, message: { ...content, id } }));
        })""",
        [board.code, messages],
    )
    assert len(page.evaluate(OUTBOX)) == len(messages)


def vote_on_line(person, board, overhear):
    """Give a page on a line that is overheard, when it has sent its first vote."""
    page = person("about:blank", forgive=CUT)
    page.route_web_socket("**/live", overhear)
    page.goto(board.address)
    tap(page, "Flask")
    until(page, f"{OUTBOX}.filter((letter) => letter.tried).length === 1")
    return page


@pytest.fixture
def board(own_server):
    made = own_server.new_board()
    own_server.open_round(made, visibility="live", names="open")
    return made


def test_a_server_that_was_killed_gets_what_was_done_meanwhile(own_server, board, person):
    mina = person(board.address, forgive=CUT)
    screen = person(board.screen, STAGE, forgive=CUT)
    tap(mina, "Django")
    saved(mina).to_have_text("✓ saved")

    own_server.kill()
    tap(mina, "Tornado")
    comment(mina, "Tornado", "Written in the dark.")
    saved(mina).to_have_text("offline, will send")
    expect(mina.get_by_text("No connection.")).to_be_visible()
    expect(screen.get_by_text("Reconnecting…")).to_be_visible()
    expect(card(mina, "Tornado").locator(".comment")).to_contain_text("sending…")
    mina.wait_for_timeout(10_000)
    is_chosen(mina, "Tornado").to_be_checked()

    own_server.start()
    saved(mina).to_have_text("✓ saved", timeout=30_000)
    expect(mina.get_by_text("No connection.")).to_have_count(0)
    expect(screen.get_by_text("Written in the dark.")).to_have_count(1, timeout=30_000)
    rows = screen.locator(".ranking .bar")
    expect(rows.filter(has_text="Django").locator("[data-part=total]")).to_have_text("1")
    expect(rows.filter(has_text="Tornado").locator("[data-part=total]")).to_have_text("1")


def test_a_server_that_stands_still_is_noticed_and_gets_the_vote_once(own_server, board, person):
    """The line stays open, and nothing comes on it: a pulse is missed, which the page notices."""
    page = person(board.address, forgive=CUT)
    other = person(board.address, forgive=CUT)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    with own_server.standing_still():
        tap(page, "Gradio")
        saved(page).not_to_have_text("✓ saved")
        # A pulse is due every 10 s; half as long again, and some seconds of trying.
        expect(page.get_by_text("No connection.")).to_be_visible(timeout=25_000)
        until(page, f"{OUTBOX}.length === 1")
    saved(page).to_have_text("✓ saved", timeout=30_000)
    expect(page.get_by_text("No connection.")).to_have_count(0)
    expect(card(other, "Gradio").get_by_text("1 of 1 voter")).to_be_visible(timeout=30_000)
    until(page, f"{OUTBOX}.length === 0")


def test_what_was_done_offline_survives_a_reload(own_server, board, person):
    page = person(board.address, forgive=CUT)
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()
    # The page can still be loaded; its live connection can't be made.
    page.route_web_socket("**/live", lambda socket: socket.close())
    page.reload()
    put_into_outbox(page, board, [{"type": "vote", "round": 1, "ballot": {"approve": ["reflex"]}}])
    again = page.context.new_page()
    again.goto(board.address)
    is_chosen(again, "Reflex").to_be_checked()
    saved(again).to_have_text("✓ saved")
    expect(card(again, "Reflex").get_by_text("1 of 1 voter")).to_be_visible()
    until(again, f"{OUTBOX}.length === 0")


def test_a_phone_without_network_for_ten_seconds_loses_nothing(own_server, board, person):
    page = person(board.address, forgive=CUT)
    other = person(board.address, forgive=CUT)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    page.context.set_offline(True)
    tap(page, "Gradio")
    comment(page, "Gradio", "From the lift.")
    page.wait_for_timeout(10_000)
    page.context.set_offline(False)
    saved(page).to_have_text("✓ saved", timeout=30_000)
    expect(card(other, "Gradio").get_by_text("1 of 1 voter")).to_be_visible(timeout=30_000)
    expect(card(other, "Flask").get_by_text("1 of 1 voter")).to_be_visible()
    expect(card(other, "Gradio").locator("[data-part=talk-count]")).to_have_text("1 comment")


def test_votes_without_an_answer_go_again_in_the_order_in_which_they_were_cast(board, person):
    lines = []

    def overhear(socket):
        """Let no answer through on the first two lines."""
        server, sent, is_deaf = socket.connect_to_server(), [], len(lines) < 2
        lines.append(sent)

        def to_server(message):
            sent.append(json.loads(message))
            server.send(message)

        def to_page(message):
            if not (is_deaf and json.loads(message)["type"] in {"ack", "ballot"}):
                socket.send(message)

        socket.on_message(to_server)
        server.on_message(to_page)

    page = vote_on_line(person, board, overhear)
    page.reload()
    is_chosen(page, "Flask").to_be_checked()
    tap(page, "Gradio")
    until(page, f"{OUTBOX}.filter((letter) => letter.tried).length === 2")
    page.reload()
    saved(page).to_have_text("✓ saved")
    flask, both = (m["ballot"]["approve"] for m in lines[-1] if m["type"] == "vote")
    assert (flask, sorted(both)) == (["flask"], ["flask", "gradio"])
    expect(card(page, "Gradio").get_by_text("1 of 1 voter")).to_be_visible()


def test_a_vote_that_was_put_off_does_not_undo_a_newer_one(board, person):
    votes, pulses = [], []

    def overhear(socket):
        """Put the first vote off, when the second comes."""
        server = socket.connect_to_server()

        def to_server(said):
            message = json.loads(said)
            if message["type"] == "vote":
                votes.append(message)
                if len(votes) == 1:
                    return
                put_off = {"type": "refused", "id": votes[0]["id"], "code": "store_away"}
                socket.send(json.dumps(put_off | {"message": "Nothing can be saved right now."}))
            server.send(said)

        def to_page(said):
            pulses.extend([said] if json.loads(said)["type"] == "pulse" else [])
            socket.send(said)

        socket.on_message(to_server)
        server.on_message(to_page)

    page = vote_on_line(person, board, overhear)
    tap(page, "Gradio")
    saved(page).to_have_text("✓ saved")
    until(page, f"{OUTBOX}.length === 0")
    before = len(pulses)
    while len(pulses) == before:
        page.wait_for_timeout(100)
    assert [sorted(vote["ballot"]["approve"]) for vote in votes] == [["flask"], ["flask", "gradio"]]
    expect(card(page, "Gradio").get_by_text("1 of 1 voter")).to_be_visible()


def test_a_vote_that_comes_too_late_is_undone_in_words(own_server, board, person):
    page = person(board.address, forgive=CUT)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    own_server.kill()
    tap(page, "Gradio")
    saved(page).to_have_text("offline, will send")
    context = page.context
    page.close()
    own_server.start()
    own_server.act(board, type="lock_round", round=1)
    page = context.new_page()
    page.goto(board.address)
    expect(page.get_by_text("Your vote was not saved.")).to_be_visible()
    is_chosen(page, "Flask").to_be_checked()
    is_chosen(page, "Gradio").not_to_be_checked()
    expect(page.locator("[data-part=chosen]")).to_have_text("Voting is closed · 1 of 7 chosen")


def test_where_websockets_are_blocked_the_page_says_so(own_server, board, person):
    page = person("about:blank", forgive=CUT)
    page.route_web_socket("**/live", lambda socket: socket.close(code=1011))
    page.add_init_script(
        """window.WebSocket = class extends EventTarget {
            constructor() { super(); setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 }))); }
            close() {}
        };"""
    )
    page.goto(board.address)
    expect(page.get_by_text("Live updates are blocked on this network.")).to_be_visible(
        timeout=20_000
    )
    expect(page.get_by_role("heading", name="Django")).to_be_visible()


def test_a_long_list_of_what_was_done_offline_arrives_on_one_connection(own_server, board, person):
    """The server closes the line on a seat that says too much at once."""
    page = person(own_server.address)
    texts = [f"Thought {n} from the mountains." for n in range(150)]
    put_into_outbox(
        page,
        board,
        [
            {
                "type": "comment",
                "comment": f"thought-{n}",
                "option": "flask",
                "kind": "note",
                "text": text,
            }
            for n, text in enumerate(texts)
        ],
    )
    lines, unanswered, in_flight = [], set(), []

    def opened(line):
        lines.append(line)
        line.on("framesent", sent)
        line.on("framereceived", received)

    def sent(frame):
        message = json.loads(frame)
        if message["type"] == "comment":
            unanswered.add(message["id"])
            in_flight.append(len(unanswered))

    def received(frame):
        message = json.loads(frame)
        unanswered.discard(message.get("id"))
        board.seq = max(board.seq, message.get("seq", 0))

    page.on("websocket", opened)
    page.goto(board.address)
    until(page, f"{OUTBOX}.length === 0", within=30)
    assert len(lines) == 1
    assert not lines[0].is_closed()
    assert len(in_flight) == len(texts)
    assert max(in_flight) <= 30
    known = own_server.state(board)
    assert [comment["text"] for comment in known["comments"]] == texts


def test_a_connection_closed_for_a_message_too_large_stays_closed_and_the_page_says_why(
    board, person
):
    page = person(board.address, forgive=CUT)
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()
    put_into_outbox(
        page,
        board,
        [{"type": "comment", "option": "flask", "kind": "note", "text": "x" * 20_000}],
    )
    page.reload()
    expect(page.get_by_text("This page sent more than the server accepts")).to_be_visible()
    tap(page, "Flask")
    saved(page).to_have_text("offline, will send")


def test_a_store_that_is_away_is_said_and_waited_for(own_server, board, person):
    page = person(board.address)
    screen = person(board.screen, STAGE)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    with own_server.store_away():
        expect(page.get_by_text("The server cannot save right now.")).to_be_visible(timeout=30_000)
        expect(screen.get_by_text("The server cannot save right now")).to_be_visible()
        tap(page, "Gradio")
        saved(page).to_have_text("waiting, will send")
    saved(page).to_have_text("✓ saved", timeout=30_000)
    expect(page.get_by_text("The server cannot save right now.")).to_have_count(0)
    expect(card(page, "Gradio").get_by_text("1 of 1 voter")).to_be_visible()


def test_who_has_lost_a_saved_vote_and_a_comment_is_told(own_server, board, person):
    page = person(board.address, forgive=CUT)
    tap(page, "Django")
    saved(page).to_have_text("✓ saved")
    with redis.Redis(unix_socket_path=str(own_server.folder / "data" / "valkey.sock")) as store:
        # The board as it was before, put back in its place.
        keys = [f"sv:{{{board.code}}}:{part}" for part in ("log", "meta")]
        kept = {key: store.dump(key) for key in keys}
        tap(page, "Tornado")
        saved(page).to_have_text("✓ saved")
        comment(page, "Tornado", "Written just before.")
        expect(card(page, "Tornado").locator(".comment")).not_to_contain_text("sending…")
        with store.pipeline() as together:
            for key, value in kept.items():
                together.restore(key, 0, value, replace=True)
            together.execute()
    expect(page.get_by_text("your last vote was lost")).to_have_count(1, timeout=40_000)
    expect(page.get_by_text("one of your comments was lost")).to_have_count(1)
    is_chosen(page, "Tornado").not_to_be_checked()
    is_chosen(page, "Django").to_be_checked()
    tap(page, "Tornado")
    saved(page).to_have_text("✓ saved")
    page.reload()
    is_chosen(page, "Tornado").to_be_checked()
    expect(page.get_by_text("was lost")).to_have_count(0)
