"""What is wrong with a page in the made-up language, as a script that the page evaluates."""

PAGE_FAULTS = r"""([code, authors]) => {
    const codes = `${code.slice(0, 3)}-?${code.slice(3)}|K7Q-F2M|[0-9A-Z]{5}-[0-9A-Z]{5}`;
    const months = "\\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\b";
    const untranslated = new RegExp(`${codes}|Stackvote|https?:\\S*|\\d+\\.\\d+\\.\\d+\\.\\d+\\S*|\\b[AP]M\\b|${months}`, "g");
    const found = new Set();
    const shorten = (text) => text.replace(/\s+/g, " ").trim().slice(0, 100);
    const styles = new Map(), rects = new Map();
    const remembered = (known, make) => (node) => known.get(node) ?? known.set(node, make(node)).get(node);
    const styleOf = remembered(styles, getComputedStyle);
    const rectOf = remembered(rects, (node) => node.getBoundingClientRect());
    const isAside = (node) => node.closest("template, noscript, script, style");

    // Running animations would be looked at in some place on their way.
    for (const each of document.getAnimations())
        if (each.effect?.getComputedTiming().endTime < Infinity) each.finish();

    // Words that were not translated.
    const checkWords = (text, where) => {
        if (/[A-Za-z]{2}/.test((text ?? "").replace(untranslated, ""))) found.add(`in plain letters, ${where}: ${shorten(text)}`);
    };
    checkWords(document.title, "title");
    for (const node of document.body.querySelectorAll("*")) {
        if (isAside(node) || node.closest(authors) || !(node.checkVisibility() || node.localName === "option")) continue;
        for (const name of ["aria-label", "aria-roledescription", "aria-valuetext", "placeholder", "title", "alt"])
            checkWords(node.getAttribute(name), `${name} of ${node.localName}`);
        if (node.matches("kbd, textarea")) continue;
        for (const child of node.childNodes)
            if (child.nodeType === Node.TEXT_NODE) checkWords(child.data, node.className || node.localName);
    }

    // What does not fit: lines of text by their boxes, in what is on top.
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.add(`the page is ${page.scrollWidth} wide, in ${page.clientWidth}`);
    const isStaged = page.matches(".staged");
    const layerOf = (node) => {
        for (let at = node; at; at = at.parentElement)
            if (/fixed|sticky/.test(styleOf(at).position)) return at;
        return null;
    };
    const lines = [];
    const top = document.querySelector("dialog[open]") ?? document.body;
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode, node = text.parentElement;
        if (!text.data.trim() || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (isAside(node) || node.closest(".visually-hidden, .skip, svg, textarea, option, [aria-hidden=true]:empty")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const size = parseFloat(styleOf(node).fontSize);
        for (const line of range.getClientRects()) {
            // The box of a line is taller than its letters: those are within its font's size.
            const spare = Math.max(0, (line.height - size) / 2) + 0.1 * size;
            let { left, right } = line, top = line.top + spare, bottom = line.bottom - spare;
            if (right - left < 1) continue;
            let isCut = false, scrolls = false, floats = false;
            for (let box = node; box && box !== document.body && !scrolls; box = box.parentElement) {
                const { overflowX, overflowY, display, position, backgroundColor, borderTopWidth } = styleOf(box);
                if (display === "contents" || display === "inline") continue;
                scrolls = /auto|scroll/.test(overflowX + overflowY);
                if (scrolls) break;
                const isFace = !floats && (box.matches("button, .button, summary") || !/, 0\)|transparent/.test(backgroundColor) || parseFloat(borderTopWidth) > 0);
                // What has a face of its own and is placed beside its parent need not lie on that.
                floats ||= position === "absolute" && isFace;
                const inside = rectOf(box);
                const wide = left < inside.left - 1 || right > inside.right + 1;
                const high = top < inside.top - 1 || bottom > inside.bottom + 1;
                if ((wide && (isFace || overflowX !== "visible")) || (high && (isFace || overflowY !== "visible"))) {
                    found.add(`${overflowX === "visible" ? "sticks out of" : "cut off by"} ${box.localName}.${box.className}: ${shorten(text.data)}`);
                    isCut = true;
                    break;
                }
            }
            if (isCut || scrolls) continue;
            if (isStaged && (bottom > innerHeight + 1 || right > innerWidth + 1)) found.add(`outside the screen: ${shorten(text.data)}`);
            lines.push({ left, right, top, bottom, node, layer: layerOf(node), text: text.data });
        }
    }
    lines.sort((a, b) => a.top - b.top);
    lines.forEach((a, at) => {
        for (const b of lines.slice(at + 1)) {
            if (b.top >= a.bottom - 1.5) break;
            if (a.node !== b.node && a.layer === b.layer && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5)
                found.add(`on each other: ${shorten(a.text)} | ${shorten(b.text)}`);
        }
    });
    return [...found];
}"""
"""Takes the board's code, and a selector for what authors of templates wrote. Returns what is in
plain letters, so that it did not come from the catalogue, and what is cut off, sticks out of its
box, or lies on something else.
"""
