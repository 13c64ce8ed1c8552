"""Every method's result: on the ballot page, the shared screen and the host's console."""

import re

import pytest
from playwright.sync_api import expect

from browser.elections import BALLOTS, METHODS, SETTINGS, TEAM
from browser.pages import DESK, PHONE, STAGE, ranking, see_first

HEADS = {
    "single": "Votes",
    "approval": "Approvals",
    "dots": "Dots",
    "score": "Points",
    "ranked": "Wins",
    "matrix": "Weighted mean",
}
EVIDENCE = {
    "single": set(),
    "approval": set(),
    "dots": {"How the ballots are spread"},
    "score": {"How the ballots are spread", "Head to head"},
    "ranked": {
        "How the ballots are spread",
        "Head to head",
        "Instant run-off, round by round",
        "Other ways of counting the same ballots",
    },
    "matrix": {"How the ballots are spread", "Head to head", "Criterion by criterion"},
}


@pytest.fixture
def revealed(server):
    """A board with five ballots in: `revealed(method)` also shows its result."""

    def held(method, ballots=None, **settings):
        board = server.new_board(**TEAM)
        server.open_round(board, method, **SETTINGS.get(method, {}), **settings)
        server.vote(board, *(BALLOTS[method] if ballots is None else ballots))
        board.result = server.reveal(board)
        return board

    return held


def folds(page):
    shown = page.locator(".evidence > details:visible > summary")
    return set(shown.all_inner_texts())


@pytest.mark.parametrize("method", METHODS)
def test_a_result_says_what_settled_it_and_how_it_was_counted(revealed, person, method):
    board = revealed(method)
    phone = person(board.address, PHONE)
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    host = person(board.host, DESK)
    decided_by = board.result["decided_by"]
    for page in (phone, screen, host):
        expect(page.get_by_text(decided_by).first).to_be_visible()
        expect(ranking(page).first).to_contain_text("FastAPI")
        head = page.locator("[data-part=ranking-table] th[scope=col]").last
        expect(head).to_have_text(HEADS[method])
    for page in (phone, host):
        steps = page.locator("[data-part=steps-list] > li")
        expect(steps).to_have_text(board.result["steps"])
        assert folds(page) == EVIDENCE[method]
    expect(phone.locator("[data-part=counted]")).not_to_have_attribute("open", "")
    expect(host.locator("[data-part=counted]")).to_have_attribute("open", "")


@pytest.mark.parametrize("method", ["score", "ranked"])
def test_the_deciding_comparison_is_shown_in_ballots(revealed, person, method):
    board = revealed(method)
    winner, *_ = board.result["winners"]
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    duel = screen.locator(".duel")
    expect(duel).to_be_visible()
    names = {"fastapi": "FastAPI", "django": "Django", "tornado": "Tornado", "flask": "Flask"}
    shown = duel.locator(".duel-name").all_inner_texts()
    (rival,) = (id_ for id_, name in names.items() if name == shown[1])
    assert shown[0] == names[winner]
    numbers = [int(number) for number in duel.locator(".duel-number").all_inner_texts()]
    pairwise = board.result["pairwise"]
    assert numbers == [pairwise[winner][rival], pairwise[rival][winner]]
    assert numbers[0] > numbers[1]


def cells(table):
    return [
        [cell.strip() for cell in row.inner_text().split("\t")] for row in table.locator("tr").all()
    ]


def test_every_chart_has_its_numbers_in_a_table(revealed, person):
    board = revealed("score")
    page = person(board.address, DESK)
    for name in EVIDENCE["score"]:
        page.get_by_text(name, exact=True).click()
    spread = cells(page.get_by_role("table", name="Ballots by score"))
    assert spread[0] == ["Option", "0", "1", "2", "3", "4", "5", "No opinion"]
    of_tornado = next(row for row in spread if row[0].startswith("Tornado"))
    assert of_tornado[1:] == ["2", "0", "0", "0", "0", "2", "1"]
    assert re.search(r"split .\d\.\d\d", of_tornado[0])
    pairs = cells(page.get_by_role("table", name=re.compile("How many ballots prefer")))
    of_fastapi = next(row for row in pairs if row[0] == "FastAPI")
    column = pairs[0].index("Flask")
    assert of_fastapi[column] == f"{board.result['pairwise']['fastapi']['flask']} ✓"


def test_a_split_room_is_seen_in_words_and_shape(revealed, person):
    board = revealed("score")
    screen = person(board.screen, STAGE, reduced_motion="reduce")
    bar = screen.locator(".ranking .bar").filter(has=screen.get_by_text("Tornado", exact=True))
    expect(bar.locator("[data-part=split]")).to_have_text("split")
    expect(bar.locator(".strip > i")).to_have_count(6)
    expect(screen.get_by_text("The room is split on Tornado")).to_be_visible()


def test_other_rules_are_shown_next_to_a_ranking(revealed, person):
    board = revealed("ranked")
    page = person(board.address, DESK)
    page.get_by_text("Other ways of counting the same ballots").click()
    for name, rule in (("Copeland", "copeland"), ("Borda", "borda")):
        order = page.locator(".alternative").filter(has_text=name).locator("ol > li")
        expect(order).to_have_count(len(board.result["beside"][rule]["order"]))
    page.locator("summary").filter(has_text="Instant run-off").click()
    rounds = page.get_by_role("table", name="Instant run-off, round by round")
    expect(rounds.get_by_role("columnheader")).to_have_count(1 + len(board.result["rounds"]))


def test_a_tie_is_said_and_voted_on_again_in_a_click(server, revealed, person):
    board = revealed("single", [{"choice": "django"}, {"choice": "flask"}])
    host = person(board.host, DESK)
    phone = person(board.address, PHONE)
    for page in (host, phone):
        see_first(page, "1= Django 1", "1= Flask 1")
        expect(page.locator(".ranking .bar-note:visible")).to_have_text(["tied", "tied"])
    host.get_by_role("button", name="Run-off among the 2 tied").click()
    dialog = host.get_by_role("dialog")
    expect(dialog.get_by_text("2 of 4")).to_be_visible()
    expect(dialog.get_by_role("radio", name=re.compile("^One choice"))).to_be_checked()
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()
    expect(phone.get_by_text("Not on this round's ballot")).to_have_count(2)
    assert server.state(board)["round"]["options"] == ["django", "flask"]


def test_a_tie_break_is_told_before_and_names_one_winner(server, person):
    board = server.new_board(**TEAM)
    server.open_round(board, "single", tie_break="listed")
    page = person(board.address, PHONE)
    rule = "If the ballots tie, the board's order decides: Django, Flask, FastAPI, Tornado."
    expect(page.get_by_text(rule)).to_be_visible()
    server.vote(board, {"choice": "tornado"}, {"choice": "flask"})
    result = server.reveal(board)
    assert result["winners"] == ["flask"]
    expect(page.locator("[data-part=outcome-words]")).to_have_text(result["decided_by"])
    expect(page.locator(".ranking .bar-note:visible")).to_have_text(["first"])
    for row in (ranking(page).nth(0), ranking(page).nth(1)):
        expect(row).to_contain_text("1=")


@pytest.mark.parametrize("method", METHODS)
def test_no_one_and_one_voter_are_results_too(revealed, person, method):
    empty = revealed(method, [])
    for path in ("", "/screen"):
        page = person(f"{empty.address}{path}", DESK, reduced_motion="reduce")
        expect(page.get_by_text("Nobody has voted yet.").first).to_be_visible()
        expect(page.locator(".ranking .bar-rank").first).not_to_have_text("1")
        assert folds(page) == set()
    alone = revealed(method, BALLOTS[method][:1])
    for path in ("", "/screen"):
        page = person(f"{alone.address}{path}", DESK, reduced_motion="reduce")
        expect(page.get_by_text(alone.result["decided_by"]).first).to_be_visible()
        expect(page.locator(".ranking .bar-split:visible")).to_have_count(0)


@pytest.mark.parametrize("method", METHODS)
def test_a_live_result_moves_in_the_cards(server, person, method):
    board = server.new_board(**TEAM)
    server.open_round(board, method, visibility="live", names="open", **SETTINGS.get(method, {}))
    page = person(board.address, PHONE)
    screen = person(board.screen, STAGE)
    expect(screen.locator(".ranking .bar")).to_have_count(4)
    server.vote(board, *BALLOTS[method])
    expect(screen.locator(".ranking .bar").first).to_contain_text("FastAPI")
    expect(screen.locator(".ranking .bar").first).to_contain_text("leads")
    expect(page.locator("[data-part=result]:visible")).to_have_count(4)


def test_the_result_of_a_secret_round_moves_in_steps_and_says_so(server, person):
    board = server.new_board(**TEAM)
    server.open_round(board, "single", visibility="live")
    page = person(f"{server.address}/b/{board.code}", PHONE)
    screen = person(f"{server.address}/b/{board.code}/screen", STAGE)
    host = person(f"{server.address}/b/{board.code}/host?key={board.host_key}", DESK)
    ids = [option["id"] for option in server.state(board)["board"]["options"]]
    ballots = [{"choice": ids[n % 2]} for n in range(13)]
    server.vote(board, *ballots[:9])
    for each in (page, screen, host):
        rules = each.locator("[data-part=rules]:visible")
        expect(rules).to_contain_text("hidden until 10 people have voted")
        expect(rules).to_contain_text("steps of at least 5 ballots")
    expect(screen.locator("[data-part=turnout-words]")).to_contain_text("9 voted")
    expect(page.locator("[data-part=result]:visible")).to_have_count(0)
    server.vote(board, ballots[9])
    expect(page.locator("[data-part=result]:visible")).to_have_count(len(ids))
    for each in (page, host):
        expect(each.locator("[data-part=rules]:visible")).to_contain_text("counted at the reveal")
    for n, ballot in enumerate(ballots[10:], 11):
        server.vote(board, ballot)
        said = f"5 of {n} ballots are counted until the reveal."
        expect(screen.locator("[data-part=rule]")).to_have_text(said)
    expect(host.locator("[data-part=outcome-words]")).to_contain_text("5 of 13 ballots")
    expect(screen.locator(".ranking .bar").first.locator("[data-part=total]")).to_have_text("3")
    plain = person(f"{server.address}/b/{board.code}", PHONE, java_script_enabled=False)
    expect(plain.locator("[data-part=rules]")).to_contain_text("counted at the reveal")
    assert sum(server.reveal(board)["totals"].values()) == 13
    expect(screen.locator(".ranking .bar").first.locator("[data-part=total]")).to_have_text("7")
    expect(page.locator("[data-part=rules]")).not_to_contain_text("steps of at least")
    expect(page.locator("[data-part=outcome-voters]")).to_have_text("13 voted")


def test_the_form_opens_a_round_with_the_settings_of_its_method(server, person):
    board = server.new_board(**TEAM)
    host = person(board.host, DESK)
    host.get_by_role("button", name="Open voting").click()
    dialog = host.get_by_role("dialog")
    expect(
        dialog.get_by_role("group", name="How do people vote?").get_by_role("radio")
    ).to_have_count(len(METHODS))
    expect(dialog.get_by_label("Dots per person")).to_be_hidden()
    dialog.get_by_role("radio", name=re.compile("^Dots")).check()
    dialog.get_by_label("Dots per person").fill("7")
    dialog.get_by_label("At most per option").fill("2")
    dialog.get_by_text("If it ends in a tie").click()
    dialog.get_by_role("radio", name=re.compile("^A lot decides")).check()
    dialog.get_by_text("Options on the ballot").click()
    dialog.get_by_label("Shuffle the options for each person").uncheck()
    dialog.get_by_label("Add the option “Further discussion”").check()
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()
    current = server.state(board)["round"]
    assert current["method"] == "dots"
    expected = {"dots": 7, "per_option": 2, "tie_break": "lot", "shuffle": False}
    assert expected.items() <= current["settings"].items()
    assert current["options"][-1] == "further-discussion"

    server.reveal(board)
    host.get_by_role("button", name="Open another round").click()
    expect(dialog.get_by_label("Dots per person")).to_have_value("7")
    dialog.get_by_role("radio", name=re.compile("^Criteria")).check()
    dialog.get_by_label("Criterion", exact=True).first.fill("Easy to hire for")
    dialog.get_by_label("Weight", exact=True).first.fill("3")
    dialog.get_by_label("Criterion", exact=True).nth(1).fill("Cheap to run")
    expect(dialog.locator("output")).to_have_text(["75%", "25%"])
    dialog.get_by_role("button", name="Add a criterion").click()
    expect(dialog.get_by_label("Criterion", exact=True).nth(2)).to_be_focused()
    dialog.get_by_role("button", name="Remove this criterion").last.click()
    quorum = dialog.get_by_label(re.compile("^Scored by at least"))
    expect(quorum).to_have_value("50")
    quorum.fill("33.5")
    dialog.get_by_role("button", name="Open voting").click()
    expect(dialog).to_be_hidden()
    settings = server.state(board)["round"]["settings"]
    assert settings["quorum"] == 0.335
    criteria = settings["criteria"]
    assert [(c["name"], c["weight"]) for c in criteria] == [
        ("Easy to hire for", 3),
        ("Cheap to run", 1),
    ]
