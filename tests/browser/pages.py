"""What a person does on a page, and what can be seen there afterwards."""

from playwright.sync_api import expect

from support import wait

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
STAGE = {"width": 1920, "height": 1080}

CUT = ("WebSocket", "ERR_", "Failed to load resource")
"""What Chromium itself says about a connection that is cut."""

FRAMEWORKS = ("Django", "Flask", "FastAPI", "Gradio", "Streamlit", "Tornado", "Reflex")


def card(page, name):
    """The card of an option on the ballot."""
    return page.locator("[data-part=cards] > li").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )


def give_name(page, name):
    """Enter a name on the ballot, and expect it to be shown."""
    about_you(page)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your name").press("Enter")
    expect(page.locator("[data-part=you-words]")).to_have_text(f"You are taking part as {name}")


def about_you(page):
    """Unfold what people can say about themselves."""
    page.locator("[data-part=you] > summary").click()


def tap(page, name):
    """Vote for an option as a thumb does: on the face of the control, not on its input."""
    card(page, name).locator(".vote").click()


def press(element, key="Enter"):
    """Press a key on something once it is shown: Playwright does not wait for that."""
    expect(element).to_be_visible()
    element.press(key)


def is_chosen(page, name):
    return expect(card(page, name).locator(".vote input"))


def saved(page):
    return expect(page.locator("[data-part=saved]"))


def ranking(page):
    """The rows of the page's result table."""
    return page.locator("[data-part=ranking-table] tbody tr")


def see_first(page, *rows):
    """Wait until the result begins with these rows: rank, name, votes."""
    for n, row in enumerate(rows):
        expect(ranking(page).nth(n)).to_have_text(row, use_inner_text=True)


def until(page, condition, within=10):
    """Wait for a condition that only a script can check. The browser can't wait for it by itself,
    because our pages forbid evaluating strings.
    """
    wait.until(lambda: page.evaluate(condition), within, pause=_pause(page))


def read(page, address, words, within=10):
    """Fetch an address as this browser until it has the words: another process may answer, a moment
    behind.
    """

    def fetched():
        html = page.request.get(address).text()
        return html if words in html else None

    return wait.until(fetched, within, pause=_pause(page))


def visit(page, address, part, words, within=10):
    """Open an address until a part of the page has the words, like `read`. Without a script, a page
    does not change by itself.
    """

    def shown():
        page.goto(address)
        return page.locator(part).text_content().strip() == words

    wait.until(shown, within, pause=_pause(page))


def _pause(page):
    """Return a pause in which the page's events are still delivered to the test."""
    return lambda seconds: page.wait_for_timeout(1000 * seconds)


def comment(page, name, text, kind="For"):
    """Comment on an option."""
    talk = card(page, name).locator("[data-part=talk]")
    if talk.get_attribute("open") is None:
        talk.locator("summary").first.click()
    talk.get_by_label(f"Your comment on {name}").fill(text)
    talk.locator(".comment-form .segments label").filter(has_text=kind).click()
    talk.get_by_role("button", name="Post").click()


def ballot_words(page):
    """What the foot of the ballot says was sent, unfolded."""
    receipt = page.locator(".receipt")
    if receipt.get_attribute("open") is None:
        receipt.locator("summary").click()
    return expect(page.locator("[data-part=receipt]"))


def rank_row(page, name):
    """The row of an option in the ranking."""
    return page.locator(".rank-row").filter(has=page.get_by_text(name, exact=True))


def ranks(page):
    """The ranking as shown: each row's place and name; omitted options have no place."""
    rows = page.locator(".rank-row:not([data-out])")
    places = rows.locator(".rank-place").all_inner_texts()
    names = rows.locator(".rank-name").all_inner_texts()
    return [f"{place} {name}" for place, name in zip(places, names, strict=True)]


def rank_all(page):
    """Rank every option that is not ranked yet, and unfold its other actions."""
    left = page.locator(".rank-row[data-out]")
    while left.count():
        before = left.count()
        left.first.get_by_role("button", name="Rank ").click()
        expect(left).to_have_count(before - 1)
    for unfold in page.get_by_role("button", name="tie or leave out").all():
        unfold.click()


def unfold_all(page):
    """Unfold every part of a result."""
    for fold in page.locator("main .fold:visible").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
