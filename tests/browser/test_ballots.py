"""Every method's ballot: by touch on a phone, by keyboard alone, dragged, saved and undone."""

import re

import pytest
from playwright.sync_api import expect

from browser.elections import CRITERIA, TEAM
from browser.pages import CUT, DESK, PHONE, ballot_words, card, rank_row, ranks, read, saved, tap
from server.domain.methods import METHODS
from server.domain.shuffle import shuffled
from server.live.create_board import DEFAULT_CODE

TOUCH = {"has_touch": True, "is_mobile": True}


@pytest.fixture
def team(server):
    """A board of four, with a round open: `team(method, **settings)`."""

    def opened(method, **settings):
        board = server.new_board(**TEAM)
        server.open_round(board, method, **settings)
        return board

    return opened


def score(page, label, value):
    """Tap a score, or No opinion, on the scale with this name."""
    scale = page.get_by_role("radiogroup", name=label, exact=True)
    return scale.get_by_role("radio", name=value, exact=True)


# By touch


def test_one_choice_and_approval_by_touch(server, team, person):
    board = team("approval")
    page = person(board.address, PHONE, **TOUCH)
    card(page, "Tornado").locator(".vote").tap()
    card(page, "Flask").locator(".vote").tap()
    saved(page).to_have_text("✓ saved")
    ballot_words(page).to_contain_text("You could live with")
    ballot_words(page).to_contain_text(re.compile(r"Saved at .*\d"))
    assert server.reveal(board)["totals"] == {
        "django": 0,
        "flask": 1,
        "fastapi": 0,
        "tornado": 1,
    }


def test_dots_by_touch_stop_at_what_there_is(server, team, person):
    board = team("dots", dots=4, per_option=3)
    page = person(board.address, PHONE, **TOUCH)
    more = card(page, "FastAPI").get_by_role("button", name="One more dot for FastAPI")
    for left in (3, 2, 1):
        more.tap()
        expect(page.get_by_text(f"{left} of 4 dots left")).to_be_visible()
    expect(more).to_have_attribute("aria-disabled", "true")
    more.tap(force=True)
    card(page, "Django").get_by_role("button", name="One more dot for Django").tap()
    others = card(page, "Flask").get_by_role("button", name="One more dot for Flask")
    expect(others).to_have_attribute("aria-disabled", "true")
    card(page, "FastAPI").get_by_role("button", name="One fewer dot for FastAPI").tap()
    expect(others).to_have_attribute("aria-disabled", "false")
    saved(page).to_have_text("✓ saved")
    ballot_words(page).to_contain_text("FastAPI 2 dots")
    ballot_words(page).to_contain_text("1 dot is left to give.")
    totals = server.reveal(board)["totals"]
    assert totals == {"django": 1, "flask": 0, "fastapi": 2, "tornado": 0}


def test_scores_by_touch_know_no_opinion_from_zero(server, team, person):
    board = team("score")
    page = person(board.address, PHONE, **TOUCH)
    expect(page.get_by_text("What you leave blank counts 0.")).to_be_visible()
    score(page, "Score for FastAPI", "5").tap()
    score(page, "Score for Django", "0").tap()
    score(page, "Score for Flask", "3").tap()
    expect(page.get_by_text("3 of 4 scored")).to_be_visible()
    score(page, "Score for Flask", "No opinion").tap()
    expect(page.get_by_text("2 of 4 scored")).to_be_visible()
    saved(page).to_have_text("✓ saved")
    ballot_words(page).to_contain_text("You gave FastAPI 5 and Django 0.")
    ballot_words(page).to_contain_text(re.compile("No opinion on .*Flask.*"))
    ballot_words(page).to_contain_text("Left blank, which counts 0: Tornado.")
    page.reload()
    group = page.get_by_role("radiogroup", name="Score for Flask")
    expect(group.get_by_role("radio", name="No opinion")).to_be_checked()
    group = page.get_by_role("radiogroup", name="Score for Tornado")
    expect(group.get_by_role("radio", checked=True)).to_have_count(0)
    group = page.get_by_role("radiogroup", name="Score for Django")
    expect(group.get_by_role("radio", name="0")).to_be_checked()
    assert server.reveal(board)["no_opinion"] == {
        "django": 0,
        "flask": 1,
        "fastapi": 0,
        "tornado": 0,
    }


def test_a_ranking_by_buttons_with_a_tie_and_one_left_out(server, team, person):
    board = team("ranked")
    page = person(board.address, PHONE, **TOUCH)
    for name in ("Flask", "Django", "FastAPI"):
        page.get_by_role("button", name=f"Rank {name}").tap()
    page.get_by_role("button", name="FastAPI: up").tap()
    page.get_by_role("button", name="FastAPI: up").tap()
    expect(rank_row(page, "FastAPI").locator(".rank-place")).to_have_text("1")
    assert ranks(page) == ["1 FastAPI", "2 Flask", "3 Django"]
    page.get_by_role("button", name="Django: tie or leave out").tap()
    rank_row(page, "Django").get_by_role("button", name="Tie with Flask").tap()
    expect(rank_row(page, "Django").locator(".rank-place")).to_have_text("2=")
    expect(page.get_by_text("3 of 4 ranked")).to_be_visible()
    saved(page).to_have_text("✓ saved")
    ballot_words(page).to_contain_text("2. Flask and Django (tied)")
    ballot_words(page).to_contain_text("Below all: Tornado")
    page.locator(".receipt summary").tap()
    rank_row(page, "Django").get_by_role("button", name="Break the tie").tap()
    expect(rank_row(page, "Django").locator(".rank-place")).to_have_text("3")
    rank_row(page, "Django").get_by_role("button", name="Leave out", exact=True).tap()
    expect(rank_row(page, "Django")).to_have_attribute("data-out", "")
    expect(page.get_by_text("2 of 4 ranked")).to_be_visible()
    saved(page).to_have_text("✓ saved")
    pairwise = server.reveal(board)["pairwise"]
    assert [pairwise["fastapi"][o] for o in ("flask", "django", "tornado")] == [1, 1, 1]
    assert [pairwise["django"]["tornado"], pairwise["tornado"]["django"]] == [0, 0]


def test_the_matrix_by_touch_one_option_at_a_time(server, team, person):
    board = team("matrix", criteria=CRITERIA, shuffle=False)
    page = person(board.address, PHONE, **TOUCH)
    expect(page.get_by_role("heading", level=3)).to_have_text("Django")
    score(page, "Speed: score for Django", "2").tap()
    score(page, "Hiring: score for Django", "5").tap()
    page.get_by_role("button", name="Next").tap()
    expect(page.get_by_role("heading", level=3)).to_have_text("Flask")
    score(page, "Speed: score for Flask", "0").tap()
    saved(page).to_have_text("✓ saved")
    expect(page.locator("[data-part=chosen]")).to_have_text("3 of 8 scored")
    expect(page.get_by_role("button", name="Django ✓")).to_be_visible()
    expect(page.get_by_role("button", name="Flask 1/2")).to_have_attribute("aria-current", "true")
    ballot_words(page).to_contain_text("Django: Speed 2, Hiring 5")
    ballot_words(page).to_contain_text("No opinion so far on 5 scores; that is not the same as 0.")
    result = server.reveal(board)
    assert result["totals"]["django"] == pytest.approx(2.75)
    assert result["means"]["flask"] == {"speed": 0}


# By keyboard alone


def focus(page, target, within=40):
    """Walk there with the Tab key, as someone does who has no mouse."""
    for _ in range(within):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(target)


def test_scores_and_dots_by_keyboard(team, person):
    page = person(team("score", shuffle=False).address, DESK)
    expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
    group = page.get_by_role("radiogroup", name="Score for Django")
    focus(page, group.get_by_role("radio", name="0"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="3")).to_be_checked()
    expect(group.get_by_role("radio", name="3")).to_be_focused()
    saved(page).to_have_text("✓ saved")
    expect(page.get_by_text("1 of 4 scored")).to_be_visible()
    group = page.get_by_role("radiogroup", name="Score for Flask")
    focus(page, group.get_by_role("radio", name="0"))
    page.keyboard.press("ArrowLeft")
    expect(group.get_by_role("radio", name="No opinion")).to_be_focused()
    expect(group.get_by_role("radio", name="No opinion")).to_be_checked()
    ballot_words(page).to_contain_text("No opinion on Flask.")
    saved(page).to_have_text("✓ saved")

    page = person(team("dots", shuffle=False).address, DESK)
    more = page.get_by_role("button", name="One more dot for Flask")
    focus(page, more)
    for _ in range(4):
        page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 5 dots left")).to_be_visible()
    expect(more).to_be_focused()
    saved(page).to_have_text("✓ saved")


def test_a_ranking_by_keyboard(team, person):
    page = person(team("ranked", shuffle=False).address, DESK)
    flask = page.get_by_role("button", name="Move Flask")
    focus(page, flask)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("1 of 4 ranked")).to_be_visible()
    expect(flask).to_be_focused()
    tornado = page.get_by_role("button", name="Move Tornado")
    focus(page, tornado)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#announcer")).to_have_text("Tornado is 2nd of 2 ranked.")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#announcer")).to_have_text("Tornado is 1st of 2 ranked.")
    expect(tornado).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("=")
    expect(page.locator("#announcer")).to_have_text("Tornado is 1st, tied with Flask.")
    assert ranks(page) == ["1= Flask", "1= Tornado"]
    page.keyboard.press("Delete")
    expect(page.locator("#announcer")).to_have_text("Tornado is left out, below all.")
    expect(tornado).to_be_focused()
    assert ranks(page) == ["1 Flask"]
    saved(page).to_have_text("✓ saved")


def test_the_matrix_by_keyboard_is_a_grid_on_a_desktop(team, person):
    page = person(team("matrix", criteria=CRITERIA, shuffle=False).address, DESK)
    cell = page.get_by_label("Speed: score for Flask")
    focus(page, cell)
    page.keyboard.press("4")
    expect(cell).to_have_value("4")
    saved(page).to_have_text("✓ saved")
    expect(page.locator("[data-part=chosen]")).to_have_text("1 of 8 scored")
    expect(cell).to_be_focused()


# Dragging


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def aim(page, name, part):
    """A point over a row: in its middle, or near its upper edge."""
    box = rank_row(page, name).bounding_box()
    return box["x"] + 40, box["y"] + box["height"] * {"middle": 0.5, "above": 0.1}[part]


class Mouse:
    def __init__(self, page):
        self.page = page

    def drag(self, start, end):
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for step in (0.3, 0.7, 1):
            self.page.mouse.move(*(a + (b - a) * step for a, b in zip(start, end, strict=True)))
        self.page.mouse.up()


class Finger:
    """Real touches: the page's own scrolling takes part."""

    def __init__(self, page):
        self.line = page.context.new_cdp_session(page)

    def drag(self, start, end):
        self._touch("touchStart", start)
        for step in (0.2, 0.5, 0.8, 1):
            self._touch(
                "touchMove", tuple(a + (b - a) * step for a, b in zip(start, end, strict=True))
            )
        self.line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def _touch(self, kind, point):
        points = [{"x": point[0], "y": point[1]}]
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.parametrize("hand", [Mouse, Finger])
def test_a_ranking_by_dragging(team, person, hand):
    touch = TOUCH if hand is Finger else {}
    page = person(
        team("ranked", shuffle=False).address,
        {"width": 390, "height": 1100},
        reduced_motion="reduce",
        **touch,
    )
    pointer = hand(page)

    def take(name):
        return middle(page.get_by_role("button", name=f"Move {name}").bounding_box())

    expect(page.get_by_text("Nothing ranked yet.")).to_be_visible()
    line = page.locator(".rank-line").bounding_box()
    pointer.drag(take("Tornado"), (line["x"] + 40, line["y"]))
    expect(page.get_by_text("1 of 4 ranked")).to_be_visible()
    pointer.drag(take("Django"), aim(page, "Tornado", "above"))
    expect(page.get_by_text("2 of 4 ranked")).to_be_visible()
    assert ranks(page) == ["1 Django", "2 Tornado"]
    pointer.drag(take("Flask"), aim(page, "Tornado", "middle"))
    expect(page.get_by_text("3 of 4 ranked")).to_be_visible()
    assert ranks(page) == ["1 Django", "2= Tornado", "2= Flask"]
    pointer.drag(take("Flask"), aim(page, "Django", "above"))
    expect(rank_row(page, "Flask").locator(".rank-place")).to_have_text("1")
    assert ranks(page) == ["1 Flask", "2 Django", "3 Tornado"]
    pointer.drag(take("Django"), aim(page, "FastAPI", "middle"))
    expect(page.get_by_text("2 of 4 ranked")).to_be_visible()
    assert ranks(page) == ["1 Flask", "2 Tornado"]
    saved(page).to_have_text("✓ saved")


def test_a_row_that_is_held_stays_in_the_hand_while_others_vote(server, team, person):
    board = team("ranked", shuffle=False, visibility="live", names="open")
    page, other = person(board.address), person(board.address)
    grip = middle(page.get_by_role("button", name="Move Flask").bounding_box())
    page.mouse.move(*grip)
    page.mouse.down()
    page.mouse.move(grip[0], grip[1] - 40)
    expect(rank_row(page, "Flask")).to_have_attribute("data-dragged", "")
    other.get_by_role("button", name="Rank Tornado").click()
    saved(other).to_have_text("✓ saved")
    expect(card(page, "Tornado").get_by_text("beats 3 of 3")).to_be_visible()
    expect(rank_row(page, "Flask")).to_have_attribute("data-dragged", "")
    line = page.locator(".rank-line").bounding_box()
    page.mouse.move(line["x"] + 40, line["y"] - 60)
    page.mouse.up()
    expect(page.get_by_text("1 of 4 ranked")).to_be_visible()


# What is saved


def test_taps_in_a_burst_end_in_the_newest_ballot(server, team, person):
    board = team("score")
    page = person(board.address)
    for value in ("1", "4", "2", "5"):
        for name in ("Django", "Flask", "FastAPI", "Tornado"):
            score(page, f"Score for {name}", value).click()
    saved(page).to_have_text("✓ saved")
    assert set(server.reveal(board)["totals"].values()) == {5}


def test_a_refused_change_goes_back_to_the_last_saved_ballot(server, team, person):
    board = team("score")
    page = person(board.address, forgive=CUT)
    score(page, "Score for Flask", "4").click()
    saved(page).to_have_text("✓ saved")
    page.context.set_offline(True)
    score(page, "Score for Flask", "1").click()
    saved(page).to_have_text("offline, will send", timeout=40_000)
    ballot_words(page).to_contain_text("Not sent to the server yet; it is kept on this device.")
    server.act(board, type="lock_round", round=1)
    page.context.set_offline(False)
    expect(page.get_by_text("Your vote was not saved.")).to_be_visible()
    group = page.get_by_role("radiogroup", name="Score for Flask")
    expect(group.get_by_role("radio", name="4")).to_be_checked()
    expect(page.locator("[data-part=chosen]")).to_have_text("Voting is closed · 1 of 4 scored")
    ballot_words(page).to_contain_text("Voting is closed; this is what counts.")


@pytest.mark.parametrize("method", ["approval", "dots", "score", "ranked", "matrix"])
def test_no_opinion_is_an_answer_and_can_be_withdrawn(server, team, person, method):
    board = team(method, **({"criteria": CRITERIA} if method == "matrix" else {}))
    page = person(board.address)
    button = "None of these" if method == "approval" else "No opinion"
    page.locator("footer").get_by_role("button", name=button).click()
    saved(page).to_have_text("✓ saved")
    expect(page.locator("[data-part=chosen]")).to_have_text(button)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("[data-part=chosen]")).to_have_text("Nothing chosen yet")
    page.locator("footer").get_by_role("button", name=button).click()
    saved(page).to_have_text("✓ saved")
    server.act(board, type="reveal_round", round=1)
    expect(page.get_by_text("1 voted", exact=True)).to_be_visible()


def test_what_was_sent_is_said_without_script_too(team, person):
    board = team("ranked", shuffle=False)
    page = person(board.address)
    for name in ("Flask", "Django"):
        page.get_by_role("button", name=f"Rank {name}").click()
    saved(page).to_have_text("✓ saved")
    assert "Below all: FastAPI, Tornado" in read(page, board.address, "1. Flask")


def test_pages_call_the_methods_as_the_server_does(server, person):
    page = person(f"{server.address}/b/{DEFAULT_CODE}")
    script = page.locator("script[type=module]").get_attribute("src")
    names = page.evaluate(
        "async ([at, methods]) => { const { t } = await import(at);"
        " return Object.fromEntries(methods.map((method) => [method, t('board-method', { method })])); }",
        [script.replace("pages/ballot", "js/words"), list(METHODS)],
    )
    assert names == {method.id: method.name for method in METHODS.values()}


# The order of options


def shown_order(page):
    return page.locator("[data-part=cards] > li").evaluate_all(
        "cards => cards.map(card => card.dataset.key)"
    )


def test_both_shuffles_agree(server, person):
    """The one in the page and the one in the server, on seats and ids of every kind."""
    page = person(f"{server.address}/b/{DEFAULT_CODE}")
    ids = ["django", "c-plus-plus", "a", "0", "further-discussion", *(f"o-{n}" for n in range(44))]
    cases = [
        [seat, n, ids[: 1 + n * 7]]
        for seat in ("", "s", "é語🗳", "7b1f" * 16)
        for n in (1, 2, 3, 4, 5, 6, 7)
    ]
    module = page.locator("script[type=module]").get_attribute("src")
    theirs = page.evaluate(
        "async ([at, cases]) => { const { shuffled } = await import(at);"
        " return cases.map(([seat, n, ids]) => shuffled(ids, seat, n)); }",
        [module.replace("pages/ballot.js", "js/ballot/shuffle.js"), cases],
    )
    assert theirs == [shuffled(seat, n, options) for seat, n, options in cases]


def test_each_seat_has_an_order_of_its_own_on_every_visit(server, person):
    board = server.new_board()
    server.open_round(board, "score", further_discussion=True)
    address = board.address
    orders = set()
    for _ in range(4):
        page = person(address)
        expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
        order = shown_order(page)
        assert order[-1] == "further-discussion"
        html = page.request.get(address).text()
        assert re.findall(r'<li class="card[^>]*data-key="([^"]+)"', html) == order
        page.reload()
        expect(page.get_by_text("Nothing chosen yet").first).to_be_visible()
        assert shown_order(page) == order
        orders.add(tuple(order))
    assert len(orders) > 1


def test_without_shuffle_the_boards_order_stands(team, person):
    page = person(team("single", shuffle=False).address)
    tap(page, "Flask")
    saved(page).to_have_text("✓ saved")
    assert shown_order(page) == ["django", "flask", "fastapi", "tornado"]
