"""Meetings in the made-up language, `en-XA`: what bypasses the catalogue is seen in it, and so is
what does not fit, because its sentences are 40 % longer than English.

What people write themselves has no Latin letter here. A text that has one was not translated.
"""

import pytest
from playwright.sync_api import expect

from browser.page_faults import PAGE_FAULTS
from browser.pages import CUT, DESK, PHONE, STAGE, read
from browser.server import Server
from server.words.catalogue import VARIABLE
from server.words.pseudo import PSEUDO

NAMES = ("Ωλ", "Ψβ", "Γγ", "Δδ")
BOARD = {
    "title": "Ποιο από τα τρία;",
    "context": "Για το νέο έργο.",
    "options": [
        {
            "name": name,
            "strapline": "Γρήγορο και μικρό",
            "features": ["Ένα", "Δύο", "Τρία", "Τέσσερα"],
            "suited_to": "Όλους",
            "tags": ["νέο"],
            "link": "https://127.0.0.1/",
        }
        for name in NAMES
    ],
}
CRITERIA = [
    {"id": "c-1", "name": "Χρόνος", "weight": 3},
    {"id": "c-2", "name": "Τιμή", "weight": 1},
]
METHODS = {
    "single": {},
    "approval": {"names": "open"},
    "dots": {"tie_break": "listed"},
    "score": {},
    "ranked": {"tie_break": "lot"},
    "matrix": {"criteria": CRITERIA},
}
AUTHORS = ".template :is(h3, .soft, .chip-option, .visually-hidden), .known, #question-kind optgroup > option"
"""Where pages show what templates say, and the titles of boards."""
UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that speaks the made-up language."""
    running = Server(tmp_path_factory.mktemp("words"), **{VARIABLE: PSEUDO}).start()
    yield running
    running.close()
    assert "Traceback" not in running.log
    assert "sentence" not in running.log


@pytest.fixture(scope="module")
def pages(resident):
    """A phone, a console and a shared screen."""
    sizes = {"ballot": PHONE, "console": DESK, "screen": STAGE}
    return {
        name: resident("about:blank", size, CUT, reduced_motion="reduce")
        for name, size in sizes.items()
    }


def faults_of(page, code="------"):
    return page.evaluate(PAGE_FAULTS, [code, AUTHORS])


def require_none(faults):
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)


class Meeting:
    """A board on a phone, a console and a shared screen, looked at in each state."""

    def __init__(self, server, pages):
        self.server = server
        self.board = server.new_board(**BOARD)
        self.address = self.board.address
        self.pages = dict(pages)
        self.phone, self.host, self.screen = pages.values()
        self.phone.goto(self.address)
        self.host.goto(self.board.host)
        self.screen.goto(self.board.screen)
        self.faults = []
        self.until("setup")

    def act(self, type_, **fields):
        return self.server.act(self.board, type=type_, **fields)

    def open_round(self, method, **settings):
        self.server.open_round(self.board, method, **METHODS[method] | settings)
        self.until("open")

    def until(self, phase):
        """Wait until each page shows a phase, by its script."""
        for page in (self.phone, self.screen):
            expect(page.locator(f"html.scripted [data-phase={phase}]").first).to_be_visible()
        step = "revealed" if phase == "revealing" else "decided" if phase == "deferred" else phase
        expect(self.host.locator(f"[data-step={step}][aria-current]")).to_be_visible()
        expect(self.host.locator("[data-part=next] .next-hint")).not_to_be_empty()

    def look(self, when, *names, unfolded=False):
        """Note what is wrong on the pages."""
        for name in names or self.pages:
            page = self.pages[name]
            if unfolded:
                page.evaluate(UNFOLD)
            wrong = faults_of(page, self.board.code)
            self.faults += [f"{name}, {when}: {each}" for each in wrong]


@pytest.fixture
def meeting(server, pages):
    made = Meeting(server, pages)
    yield made
    require_none(made.faults)


def vote(phone, method):
    """Vote as far as one touch goes; the rest of the control is on the page anyhow."""
    if method in {"single", "approval"}:
        phone.locator(".vote").first.click()
    elif method == "dots":
        phone.locator(".dots-step").nth(1).click()
    elif method == "ranked":
        for _ in range(2):
            phone.locator(".rank-row[data-out] .rank-add").first.click()
        phone.locator(".rank-step:visible").nth(2).click()
    else:
        phone.locator(".scale-step").nth(4).click()
    expect(phone.locator("[data-part=saved][data-saved=saved]")).to_be_visible()


def ballots(method, options):
    """Two ballots that differ, so that a result has something to say."""
    a, b, c, _ = options
    return {
        "single": [{"choice": a}, {"choice": b}],
        "approval": [{"approve": [a, b]}, {"approve": [b]}],
        "dots": [{"dots": {a: 3, b: 2}}, {"dots": {c: 1}}],
        "score": [{"scores": {a: 5, b: 0}}, {"scores": {a: 0, b: 5}}],
        "ranked": [{"ranking": [[a], [b, c]]}, {"ranking": [[b], [a]]}],
        "matrix": [{"scores": {a: {"c-1": 5}}}, {"scores": {b: {"c-1": 1, "c-2": 4}}}],
    }[method]


WRONG = """
<p style="width: 3rem; overflow: hidden; white-space: nowrap">[Çûţ öƒƒ ƀý îţš ƀöẋ]</p>
<button style="width: 3rem; white-space: nowrap">[Ŵîðéŕ ţĥåñ îţš ƒåçé]</button>
<div style="position: relative; height: 4rem">
  <p style="position: absolute; top: 0">[Ļöŵéŕ ļåýéŕ]</p>
  <p style="position: absolute; top: 0">[Ûþþéŕ ļåýéŕ]</p>
</div>
<p style="width: 200vw">[Ŵîðé]</p>
<p>Typed into the code</p>
<img alt="A picture" src="">
"""


def test_each_kind_of_fault_is_found(driver, chromium):
    page = chromium.new_page(viewport=PHONE)
    page.set_content(f"<title>[Ţîţļé]</title><main>{WRONG}</main>")
    found = "\n".join(faults_of(page))
    page.close()
    for fault in (
        "cut off by p.: [Çûţ",
        "sticks out of button.: [Ŵîðéŕ",
        "on each other: [Ļöŵéŕ ļåýéŕ] | [Ûþþéŕ ļåýéŕ]",
        "wide, in 390",
        "in plain letters, p: Typed into the code",
        "in plain letters, alt of img: A picture",
    ):
        assert fault in found, found
    assert "Ţîţļé" not in found


@pytest.mark.parametrize("method", METHODS)
def test_a_round_is_translated_and_fits(server, meeting, method):
    options = [each["id"] for each in server.state(meeting.board)["board"]["options"]]
    meeting.look("before the first round", unfolded=True)
    meeting.open_round(method, further_discussion=True)
    meeting.look("before the first vote", unfolded=True)
    vote(meeting.phone, method)
    server.vote(meeting.board, *ballots(method, options))
    expect(meeting.screen.locator("[data-part=ring-voted]")).to_have_text("3")
    meeting.look("with votes")
    meeting.act("lock_round", round=1)
    meeting.until("locked")
    meeting.look("closed")
    meeting.act("reveal_round", round=1, at_once=True)
    meeting.until("revealed")
    for page in (meeting.phone, meeting.host):
        expect(page.locator("[data-part=ranking-table] tbody tr").first).to_be_attached()
    expect(meeting.screen.locator("[data-part=verdict]")).to_be_visible()
    meeting.look("revealed", unfolded=True)


def test_the_board_around_the_rounds_is_translated_and_fits(server, meeting):
    """With a clock, paused, asked about, revealing, with names, deferred, decided, archived."""
    phone, host, screen = meeting.phone, meeting.host, meeting.screen
    phone.evaluate(UNFOLD)
    phone.locator("[data-part=name-form] input[name=name]").fill("Μαρία")
    phone.locator("[data-part=name-form] input[name=name]").press("Enter")
    meeting.open_round("approval", seconds=600, visibility="live")
    vote(phone, "approval")
    expect(screen.locator(".ranking .bar").first).to_be_visible()
    meeting.look("live, with a clock")
    meeting.act("pause_round", round=1, on=True)
    expect(phone.locator("[data-part=time-left][data-paused]")).to_be_visible()
    meeting.look("paused")
    host.locator(".next-steps .button-main").click()
    expect(host.locator(".next .confirm")).to_be_visible()
    meeting.look("asked whether to close it", "console")
    meeting.act("reveal_round", round=1)
    meeting.until("revealed")
    for page in (phone, host):
        page.evaluate(UNFOLD)
    expect(phone.locator("[data-part=open-ballots-list] li")).to_have_count(1)
    meeting.look("revealed with names")
    meeting.open_round("matrix", names="open")
    for page in (phone, host):
        expect(page.locator("[data-part=rounds]")).to_be_visible()
    meeting.look("a second round", unfolded=True)
    vote(phone, "matrix")
    meeting.act("reveal_round", round=2)
    meeting.until("revealing")
    meeting.look("revealing")
    meeting.act("reveal_round", round=2, at_once=True)
    meeting.until("revealed")
    meeting.open_round("single")
    meeting.act("reveal_round", round=3, at_once=True)
    meeting.until("revealed")
    meeting.look("no one voted", unfolded=True)
    option = server.state(meeting.board)["board"]["options"][0]["id"]
    meeting.act("defer", because="Λείπει ένα.", owner="Μαρία", revisit_on="2031-06-01")
    meeting.until("deferred")
    meeting.look("deferred")
    meeting.act("decide", option=option, because="Είναι το πιο απλό.", revisit_on="2031-06-01")
    meeting.until("decided")
    meeting.look("decided")
    host.locator(".next-steps .button").nth(2).click()
    expect(host.locator(".next .confirm")).to_be_visible()
    meeting.look("asked whether to take it back", "console")
    meeting.open_round("dots")
    meeting.look("another round after the decision")
    meeting.act("reveal_round", round=4, at_once=True)
    meeting.until("decided")
    meeting.act("archive", on=True)
    for page in (phone, host):
        expect(page.locator("[data-part=archived]")).to_be_visible()
    meeting.look("archived", unfolded=True)


def test_the_talk_is_translated_and_fits(meeting):
    phone, host = meeting.phone, meeting.host
    talk = phone.locator("[data-part=talk]").first
    talk.locator("summary").first.click()
    for at, text in enumerate(("Είναι μικρό", "Είναι γρήγορο", "Είναι νέο")):
        talk.locator(".comment-form textarea").first.focus()
        talk.locator(".segments label").nth(at).click()
        talk.locator("textarea").first.fill(text)
        talk.locator("form .button-main").click()
        expect(talk.locator(".comment", has_text=text).first).to_be_visible()
    comment = talk.locator(".comment").first
    buttons = comment.locator("[data-part=actions] .button-quiet:visible")
    for at in range(3):
        buttons.nth(at).click()
        expect(comment.locator("[data-part=below] > *")).to_be_visible()
        meeting.look(f"comment action {at}", "ballot")
        comment.locator("[data-part=below] .button").first.click()
    comment.locator(".react:visible").first.click()
    talk.locator("textarea").first.fill("ω" * 1990)
    handles = host.locator("[data-part=comments] .comment").first.locator(".button-quiet")
    handles.nth(0).click()
    handles.nth(1).click()
    expect(meeting.screen.locator("[data-part=latest-comments] li").first).to_be_visible()
    phone.locator("[data-part=all-talk] > summary").click()
    meeting.look("talked")
    meeting.act("set_board", settings={"comments": "closed"})
    # On a card whose talk is unfolded, the same stands inside.
    expect(phone.locator("[data-part=talk-add][data-closed]").nth(1)).to_be_visible()
    meeting.look("comments closed")
    phone.evaluate("window.dispatchEvent(new Event('offline'))")
    phone.context.set_offline(True)
    expect(phone.locator(".bottom-notices .notice").first).to_be_visible()
    meeting.look("offline", "ballot")
    phone.context.set_offline(False)


def test_proposals_are_translated_and_fit(server, meeting):
    phone, host = meeting.phone, meeting.host
    meeting.act("set_board", settings={"proposals": "open"})
    expect(phone.locator("[data-part=proposal-fold]")).to_be_visible()
    phone.evaluate(UNFOLD)
    meeting.look("nothing is proposed")
    for name in ("Ξξ", "Ζζ", "Ηη"):
        phone.evaluate(UNFOLD)
        phone.locator("[data-part=proposal-form] input").fill(name)
        phone.locator("[data-part=proposal-form] .button-main").click()
        expect(phone.locator("[data-part=proposal-list]")).to_contain_text(name)
    server.propose(meeting.board, "Θθ", "Γρήγορο")
    for page in meeting.pages.values():
        expect(page.locator("[data-part=proposal-list]")).to_contain_text("Θθ")
    meeting.look("proposed")
    rows = host.locator("[data-part=proposal-list] > li")
    for answer in range(3):
        rows.first.locator(".button").nth(answer).click()
        expect(host.locator("#answer-proposal")).to_be_visible()
        meeting.look(f"answer {answer} to a proposal", "console")
        host.keyboard.press("Escape")
        expect(host.locator("#answer-proposal")).to_be_hidden()
    state = server.state(meeting.board)
    option = state["board"]["options"][0]["id"]
    first, second, third, _ = (each["id"] for each in state["proposals"])
    meeting.act("accept_proposal", proposal=first, word="Ωραία")
    meeting.act("merge_proposal", proposal=second, option=option, word="Ίδιο")
    meeting.act("decline_proposal", proposal=third, word="Όχι")
    expect(phone.locator(".bottom-notices .notice")).to_have_count(3)
    meeting.look("answered")
    meeting.open_round("single")
    expect(host.locator("[data-part=proposals-words]")).to_be_visible()
    meeting.look("proposed in a round", "console")


def test_the_dialogs_are_translated_and_fit(server, meeting):
    host, screen = meeting.host, meeting.screen

    def look_into(opener, dialog, *states):
        host.locator(opener).first.click()
        expect(host.locator(dialog)).to_be_visible()
        host.evaluate(UNFOLD)
        for state in states or ("",):
            if state:
                host.locator(f"{dialog} {state}").evaluate("each => each.click()")
            meeting.look(f"{dialog} {state}", "console")
        host.keyboard.press("Escape")
        expect(host.locator(dialog)).to_be_hidden()

    look_into("[data-part=edit-board]", "#edit-board")
    look_into("[data-part=add-option]", "#edit-option")
    look_into("[data-part=options] .button-quiet", "#edit-option")
    methods = [f"input[value={method}]" for method in METHODS]
    look_into(".next-steps .button-main", "#open-round", *methods, "[data-part=add-criterion]")
    host.locator("[data-part=add-list]").click()
    host.locator("#list-text").fill("Ξξ: νέο\n# Άλλα\nΩλ\n" + "ζ" * 90)
    expect(host.locator("#add-list .read-problem").first).to_be_visible()
    meeting.look("a list", "console")
    host.keyboard.press("Escape")
    host.locator("[data-part=options] .button-quiet").nth(1).click()
    expect(host.locator("[data-part=options] .confirm")).to_be_visible()
    meeting.look("asked whether to remove an option", "console")
    options = [each["id"] for each in server.state(meeting.board)["board"]["options"]]
    meeting.open_round("matrix")
    server.vote(meeting.board, *ballots("matrix", options))
    meeting.act("reveal_round", round=1, at_once=True)
    meeting.until("revealed")
    look_into(".next-steps .button-main", "#decide", "[data-part=add-consequence]")
    look_into(".next-steps .button:last-child", "#defer")
    for key, dialog in (("?", "#help"), ("w", "#weights")):
        screen.keyboard.press(key)
        expect(screen.locator(dialog)).to_be_visible()
        meeting.look(dialog, "screen")
        screen.keyboard.press("Escape")
        expect(screen.locator(dialog)).to_be_hidden()


def test_people_and_invitations_are_translated_and_fit(server, meeting, person):
    """On the console, on the sheet to print, and on every page of a seat."""
    host, phone = meeting.host, meeting.phone
    host.evaluate(UNFOLD)
    host.locator("[data-part=host-form] input").fill("Ωω")
    host.locator("[data-part=host-form] button").click()
    expect(host.locator(".host-qr")).to_be_visible()
    host.locator("[data-part=invite-form] button").click()
    rows = host.locator("[data-part=invite-list] li")
    expect(rows).to_have_count(10)
    rows.first.locator(".button").nth(1).click()
    expect(rows.first.locator(".confirm")).to_be_visible()
    expect(host.locator("[data-part=history-list] li").first).to_be_visible()
    host.locator("[data-part=delete-board]").click()
    expect(host.locator("[data-part=life] .confirm")).to_be_visible()
    host.locator("[data-part=host-list] .button-quiet").first.click()
    expect(host.locator("[data-part=host-list] .confirm")).to_be_visible()
    meeting.act("set_board", settings={"entry": "invited"})
    expect(phone.locator("[data-part=entry]")).to_be_visible()
    meeting.look("people and invitations", unfolded=True)

    def look_at(address, when):
        phone.goto(address)
        meeting.look(when, "ballot")

    links = [
        f"{server.address}/{link.split('/', 3)[3]}"
        for link in host.locator("[data-part=invite-list] [data-copy]").evaluate_all(
            "all => all.map((each) => each.dataset.copy)"
        )
    ]
    look_at(links[0], "asked whether to take a seat")
    phone.locator("form .button-main").click()
    expect(phone.locator("[data-part=entry]")).to_be_visible()
    meeting.look("seated", "ballot")
    look_at(links[1], "asked whether to leave a seat")
    look_at(f"{meeting.address}/seat", "a seat")
    phone.locator("form .button-main").click()
    expect(phone.locator("#move-link")).to_be_visible()
    meeting.look("a seat that moves", "ballot")
    look_at(meeting.board.host, "asked whether to be host")
    for page, ending in ((host, "invites"), (phone, "seat?move=K7QF2-M9ABC")):
        page.goto(f"{meeting.address}/{ending}")
    meeting.look("an invitation", "ballot", "console")
    late = person(links[0], PHONE, ["409"])
    meeting.pages["late"] = late
    meeting.look("a link that is taken", "late")


def test_newcomers_who_wait_are_translated_and_fit(server, meeting, person):
    meeting.act("set_board", settings={"entry": "admitted"})
    waits = meeting.pages["newcomer"] = person(meeting.address, PHONE)
    expect(waits.locator("[data-part=entry]")).to_be_visible()
    expect(meeting.host.locator("[data-part=lobby-list] li")).to_have_count(1)
    expect(meeting.screen.locator("[data-part=call]")).to_be_visible()
    meeting.look("waiting to be let in", unfolded=True)
    server.open_round(meeting.board, "approval")
    meeting.until("open")
    expect(waits.locator("[data-phase=open]").first).to_be_visible()
    meeting.look("waiting while others vote")


def test_the_record_is_translated_and_fits(server, meeting, person):
    """Undecided, decided after two rounds, and deferred."""
    options = [each["id"] for each in server.state(meeting.board)["board"]["options"]]
    page = meeting.pages["record"] = person(f"{meeting.address}/record", PHONE)
    meeting.look("nothing is decided", "record")
    for n, method in enumerate(("score", "matrix"), 1):
        server.open_round(meeting.board, method, **METHODS[method], names="open")
        server.vote(meeting.board, *ballots(method, options), n=n)
        meeting.act("reveal_round", round=n, at_once=True)
    comment = {"type": "comment", "kind": "pro", "text": "Είναι μικρό", "option": options[0]}
    said = meeting.phone.request.post(
        f"{server.address}/api/boards/{meeting.board.code}/actions",
        data={"id": "1", "comment": "c-1", **comment},
    )
    expect(said).to_be_ok()
    follows = [{"text": "Νέο έργο", "owner": "Μαρία"}]
    decision = {"because": "Απλό.", "revisit_on": "2031-06-01", "consequences": follows}
    meeting.act("decide", option=options[1], confirmation="Γρήγορο.", **decision)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        read(page, page.url, "Απλό.")
        page.goto(page.url)
        meeting.look(f"decided, {size['width']} wide", "record")
    meeting.act("defer", because="Λείπει.", owner="Μαρία", revisit_on="2031-06-01")
    read(page, page.url, "Λείπει.")
    page.goto(page.url)
    meeting.look("deferred", "record")


def test_pages_that_belong_to_no_board_are_translated_and_fit(server, resident, pages):
    page = resident(server.address, PHONE, [*CUT, "404", "403", "422"])
    found = []

    def look(when):
        found.extend(f"{when}: {each}" for each in faults_of(page))

    for path in ("/", "/?code=nothing", "/nowhere", "/b/K7QF2M", "/b/FRAMEWORKS/host"):
        page.goto(f"{server.address}{path}")
        look(path)
    page.goto(server.address)
    page.locator("#options").fill("Ξξ: νέο\n# Άλλα\nΞξ\n" + "ζ" * 90)
    expect(page.locator(".read-problem").first).to_be_visible()
    look("a list")
    page.set_viewport_size(DESK)
    look("a list, on a desk")
    page.locator(".own-form .button-main").click()
    expect(page.locator(".home-error")).to_be_visible()
    look("a wrong list")
    require_none(found)
