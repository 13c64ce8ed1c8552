"""What is measured on a page from its boxes, as scripts that the page evaluates."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DOWN = "document.documentElement.scrollHeight - document.documentElement.clientHeight"

SMALL_TARGETS = """() => [...document.querySelectorAll("button, input, summary, select, textarea, a")]
    .filter((node) => node.checkVisibility() && !node.closest(".visually-hidden, .skip, p, dialog"))
    .map((node) => [node.getBoundingClientRect(), node.textContent || node.getAttribute("aria-label") || node.name])
    .filter(([box]) => box.width && (box.height < 43.5 || box.width < 43.5))
    .map(([box, name]) => `${name.trim()} ${Math.round(box.width)}x${Math.round(box.height)}`)"""

# Each thing in `main` that can have the focus gets it, as with the Tab key; told are those that then
# lie under the header or under the bar at the foot, although they would fit between them.
COVERED = """async () => {
    const covered = [];
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    for (const node of document.querySelectorAll("main :is(a, button, input, summary, select, textarea)")) {
        if (!node.checkVisibility() || node.disabled || node.closest(".visually-hidden")) continue;
        node.focus();
        await frame();
        await frame();
        const question = document.querySelector("[data-part=question]").getBoundingClientRect();
        const above = Math.max(question.bottom, document.querySelector("[data-part=strip]").getBoundingClientRect().bottom);
        const below = document.querySelector("[data-part=bottom]").getBoundingClientRect().top;
        const box = node.getBoundingClientRect();
        if (box.height < below - above && (box.top < above - 0.5 || box.bottom > below + 0.5))
            covered.push(`${node.getAttribute("aria-label") ?? node.textContent.trim()}: ${box.top} to ${box.bottom}, free ${above} to ${below}`);
    }
    return covered;
}"""
