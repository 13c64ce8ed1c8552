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

# Functions for the scripts below: `textsIn(root)` has the box of each line of text, and
# `onEachOther(boxes)` tells which lie on one another.
_TEXTS = """
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".visually-hidden, noscript, template, dialog");
    const clipped = (rect, node) => {
        let { left, top, right, bottom } = rect;
        for (let at = node; at && at !== document.body; at = at.parentElement) {
            if (getComputedStyle(at).overflow === "visible") continue;
            const box = at.getBoundingClientRect();
            [left, top, right, bottom] = [Math.max(left, box.left), Math.max(top, box.top), Math.min(right, box.right), Math.min(bottom, box.bottom)];
        }
        return { left, top, right, bottom };
    };
    const cross = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5;
    const textsIn = (root) => {
        const boxes = [];
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode, node = text.parentElement;
            if (!text.textContent.trim() || !seen(node)) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            // The box of a line is taller than its letters: those are within its font's size.
            const size = parseFloat(getComputedStyle(node).fontSize);
            for (const line of range.getClientRects()) {
                const spare = Math.max(0, (line.height - size) / 2);
                const box = clipped({ left: line.left, right: line.right, top: line.top + spare, bottom: line.bottom - spare }, node);
                if (box.right - box.left < 1 || box.bottom - box.top < 1) continue;
                boxes.push({ box, node, words: text.textContent.trim().slice(0, 30) });
            }
        }
        return boxes;
    };
    const onEachOther = (boxes) => boxes.flatMap((a, i) => boxes.slice(i + 1)
        .filter((b) => a.node !== b.node && cross(a.box, b.box))
        .map((b) => `on each other: ${a.words} | ${b.words}`));
"""

TEXTS_ON_EACH_OTHER = (
    "() => {"
    + _TEXTS
    + """
    // What is out of sight has no boxes in some engines, unless it is drawn.
    const undrawn = [...document.querySelectorAll("main *")].filter((node) => getComputedStyle(node).contentVisibility === "auto");
    for (const { style } of undrawn) style.contentVisibility = "visible";
    // What stays in place while the page scrolls lies on it.
    const stays = (node) => node !== document.body &&
        (["fixed", "sticky"].includes(getComputedStyle(node).position) || stays(node.parentElement));
    const boxes = textsIn(document.querySelector("main")).filter(({ node }) => !stays(node));
    for (const { style } of undrawn) style.contentVisibility = "";
    return [...new Set(onEachOther(boxes))];
}"""
)

STAGE_FAULTS = (
    "() => {"
    + _TEXTS
    + """
    const root = document.querySelector(".screen");
    const boxes = textsIn(root);
    const faults = onEachOther(boxes);
    for (const { box, words } of boxes)
        if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
            faults.push(`outside: ${words}`);
    for (const bars of root.querySelectorAll('.ranking[data-columns="1"] .bar-track, .strip, .ring:not(:has(p)), .qr')) {
        if (!seen(bars)) continue;
        const track = clipped(bars.getBoundingClientRect(), bars);
        for (const { box, words } of boxes) if (cross(track, box)) faults.push(`on a bar: ${words}`);
    }
    for (const node of root.querySelectorAll("*")) {
        if (!seen(node)) continue;
        const style = getComputedStyle(node);
        if (style.overflow === "visible" || !node.textContent.trim()) continue;
        const lines = style.webkitLineClamp !== "none" || node.matches(".screen-talk");
        if (node.scrollWidth > node.clientWidth + 1 && style.textOverflow !== "ellipsis") faults.push(`cut: ${node.className} ${node.textContent.slice(0, 30)}`);
        if (node.scrollHeight > node.clientHeight + parseFloat(style.fontSize) / 2 && !lines) faults.push(`cut below: ${node.className} ${node.textContent.slice(0, 30)}`);
    }
    for (const node of root.querySelectorAll(".names li, .bar, .screen-side > *, .screen-verdict")) {
        if (!seen(node) || node.matches(".screen-talk")) continue;
        if (node.getBoundingClientRect().bottom > root.querySelector(".screen-foot").getBoundingClientRect().top + 1)
            faults.push(`under the foot: ${node.textContent.trim().slice(0, 30)}`);
    }
    return [...new Set(faults)];
}"""
)
