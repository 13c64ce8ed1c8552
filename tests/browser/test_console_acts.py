"""What the host does: by Enter, by a key, with one thumb; and what becomes of it is told."""

import re

import pytest
from playwright.sync_api import expect

from browser.boxes import SIDEWAYS, SMALL_TARGETS
from browser.elections import TEAM
from browser.pages import CUT, DESK

SMALL = {"width": 360, "height": 740}
LINE = re.compile(r"/live\?door=1$")


@pytest.fixture
def board(server):
    made = server.new_board(**TEAM)
    made.host = f"{server.address}/b/{made.code}/host?key={made.host_key}"
    return made


def test_enter_does_the_main_thing_in_every_dialog(server, board, person):
    host = person(board.host, DESK)
    dialog, steps = host.get_by_role("dialog"), host.locator(".next-steps")
    host.get_by_role("button", name="Add an option").click()
    dialog.get_by_label("Name").fill("Bottle")
    dialog.get_by_label("Name").press("Enter")
    expect(dialog).to_be_hidden()
    expect(host.locator("[data-part=options] > li").filter(has_text="Bottle")).to_be_visible()
    host.get_by_role("button", name="Edit the question").click()
    dialog.get_by_label("What are you deciding?").fill("Which one?")
    dialog.get_by_label("What are you deciding?").press("Enter")
    expect(dialog).to_be_hidden()
    expect(host.get_by_role("heading", level=1)).to_have_text("Which one?")
    # What is cancelled is not done, and nor is what Escape leaves.
    host.get_by_role("button", name="Add an option").click()
    dialog.get_by_label("Name").fill("Falcon")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(host.get_by_text("Falcon")).to_have_count(0)
    steps.get_by_role("button", name="Open voting").click()
    dialog.get_by_role("radio", name="Dots").focus()
    dialog.get_by_role("radio", name="Dots").press("Space")
    dialog.get_by_label("Dots", exact=False).last.press("Enter")
    expect(dialog).to_be_hidden()
    expect(steps.get_by_role("button", name="Close voting")).to_be_visible()
    assert server.state(board)["round"]["method"] == "dots"


def test_an_act_is_on_its_way_and_then_done_or_not(board, person):
    """The line is held: nothing is told as done that the server has not answered."""
    held, lines = [], []

    def hold(socket):
        line = socket.connect_to_server()
        lines.append(socket)
        socket.on_message(
            lambda text: (
                held.append(lambda: line.send(text)) if "set_board" in text else line.send(text)
            )
        )

    host = person("about:blank", DESK, forgive=CUT)
    host.route_web_socket(LINE, hold)
    host.goto(board.host)
    progress = host.locator("[data-part=progress]")
    names = host.get_by_role("switch", name="Show names")
    expect(names).to_be_enabled()
    expect(progress).to_be_hidden()
    names.press("Space")
    expect(progress).to_have_text("On its way…")
    held.pop()()
    expect(progress).to_have_text("✓ Done")
    expect(progress).to_be_hidden()
    names.press("Space")
    expect(progress).to_have_text("On its way…")
    lines[-1].close()
    expect(progress).to_have_text("✗ Not done")
    expect(host.get_by_role("alert").first).to_be_visible()


def test_a_dialog_says_that_it_is_on_its_way_and_sends_once(server, board, person):
    held = []

    def hold(socket):
        line = socket.connect_to_server()
        socket.on_message(
            lambda text: (
                held.append(lambda: line.send(text)) if "add_option" in text else line.send(text)
            )
        )

    host = person("about:blank", DESK)
    host.route_web_socket(LINE, hold)
    host.goto(board.host)
    host.get_by_role("button", name="Add an option").click()
    dialog = host.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Bottle")
    dialog.get_by_label("Name").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("On its way…")
    dialog.get_by_label("Name").press("Enter")
    (sent,) = held
    sent()
    expect(dialog).to_be_hidden()
    assert len(server.state(board)["board"]["options"]) == len(TEAM["options"]) + 1


def test_keys_do_the_next_step_and_can_be_switched_off(server, board, person):
    server.open_round(board)
    host = person(board.host, DESK)
    steps = host.locator(".next-steps")
    expect(steps.get_by_role("button", name="Close voting")).to_be_visible()
    host.keyboard.press("+")
    expect(steps.get_by_role("button", name="Pause")).to_be_visible()
    host.keyboard.press("p")
    expect(steps.get_by_role("button", name="Continue")).to_be_visible()
    # What cannot be undone takes the key twice.
    host.keyboard.press("n")
    expect(steps.get_by_role("button", name="Cancel")).to_be_visible()
    host.keyboard.press("n")
    expect(steps.get_by_role("button", name="Reveal results")).to_be_visible()
    host.keyboard.press("?")
    card = host.get_by_role("dialog", name="Keys of the console")
    expect(card).to_be_visible()
    card.get_by_role("switch", name="Keys are switched on").press("Space")
    card.get_by_role("button", name="Close").press("Enter")
    expect(card).to_be_hidden()
    host.keyboard.press("n")
    expect(steps.get_by_role("button", name="Cancel")).to_have_count(0)
    host.reload()
    expect(steps.get_by_role("button", name="Reveal results")).to_be_visible()
    host.keyboard.press("n")
    expect(steps.get_by_role("button", name="Cancel")).to_have_count(0)


def test_what_is_typed_is_no_key(board, person):
    host = person(board.host, DESK)
    host.get_by_role("button", name="Edit the question").click()
    field = host.get_by_role("dialog").get_by_label("What are you deciding?")
    field.fill("")
    field.press_sequentially("pns+?")
    expect(field).to_have_value("pns+?")


COVERED_CONTROLS = """() => [...document.querySelectorAll("main :is(button, summary, select, input, a)")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".visually-hidden"))
    .flatMap((node) => {
        node.scrollIntoView({ block: "nearest", behavior: "instant" });
        const box = node.getBoundingClientRect();
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const isHit = node.contains(at) || [...(node.labels ?? [])].some((label) => label.contains(at));
        return isHit ? [] : [`${node.textContent.trim() || node.name}: ${at?.outerHTML.slice(0, 80)}`];
    })"""


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (1024, 768), (768, 600)])
def test_at_a_desk_the_next_step_stays_in_sight_and_covers_nothing(server, board, person, size):
    width, height = size
    server.open_round(board)
    host = person(board.host, {"width": width, "height": height})
    close = host.locator(".next-steps").get_by_role("button", name="Close voting", exact=True)
    expect(close).to_be_in_viewport(ratio=1)
    host.locator("[data-part=history] > summary").scroll_into_view_if_needed()
    host.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert host.evaluate("scrollY") > 100
    expect(close).to_be_in_viewport(ratio=1)
    close.click()
    expect(host.locator(".next .confirm")).to_be_in_viewport(ratio=1)
    assert host.evaluate(COVERED_CONTROLS) == []
    assert host.evaluate(SIDEWAYS) <= 0


def test_on_a_phone_the_next_step_is_under_the_thumb(server, board, person):
    server.open_round(board)
    host = person(board.host, SMALL, has_touch=True, is_mobile=True)
    main = host.locator(".next-steps .button-main")
    for step in ("Close voting", "Reveal results"):
        expect(main).to_have_text(step)
        for place in ("0", "document.documentElement.scrollHeight"):
            host.evaluate(f"scrollTo(0, {place})")
            expect(main).to_be_in_viewport(ratio=1)
        box = main.bounding_box()
        assert box["y"] > SMALL["height"] / 2
        assert box["height"] >= 44
        main.tap()
        host.locator(".next-steps .confirm").get_by_role("button", name=step).tap()
    assert host.evaluate(SIDEWAYS) <= 0
    # What stands last on the page is not under the bar.
    host.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = host.locator("[data-part=life] > summary").bounding_box()
    bar = host.locator("[data-part=next]").bounding_box()
    assert last["y"] + last["height"] <= bar["y"]
    assert host.evaluate(SMALL_TARGETS) == []


def test_a_round_is_closed_and_revealed_in_one_act(server, board, person):
    server.open_round(board, "approval")
    host = person(board.host, SMALL, reduced_motion="reduce")
    steps = host.locator(".next-steps")
    server.vote(board, {"approve": ["flask"]})
    steps.get_by_role("button", name="Close and reveal").click()
    expect(steps).to_contain_text("Close voting, and show the result of 1 ballot to everyone?")
    # What is asked keeps up with what happens meanwhile.
    server.vote(board, {"approve": ["django"]})
    expect(steps).to_contain_text("the result of 2 ballots")
    steps.get_by_role("button", name="Cancel").click()
    assert server.state(board)["round"]["state"] == "open"
    steps.get_by_role("button", name="Close and reveal").click()
    steps.get_by_role("button", name="Close and reveal").click()
    expect(steps.get_by_role("button", name="Decide")).to_be_visible()
    assert server.state(board)["round"]["state"] == "revealed"
