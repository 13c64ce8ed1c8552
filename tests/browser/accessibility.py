"""What is counted on a page for accessibility, as scripts that the page evaluates."""

RUN_AXE = """async () => {
    const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target.join(" ") + " " + node.any.map((one) => one.message).join(" "))]);
}"""

NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary, dialog, [role=group]")]
    .filter((node) => node.checkVisibility() && node.type !== "hidden")
    .filter((node) => !(node.textContent.trim() || node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") || node.labels?.length))
    .map((node) => node.outerHTML)"""

# The contrast of every visible text with what lies behind it, through a canvas that knows oklch.
FAINT = """(least) => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
        pixel.clearRect(0, 0, 1, 1);
        pixel.fillStyle = color;
        pixel.fillRect(0, 0, 1, 1);
        return [...pixel.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
    const behind = (node) => {
        if (!node) return [1, 1, 1];
        const color = rgba(getComputedStyle(node).backgroundColor);
        return color[3] === 1 ? color.slice(0, 3) : over(color, behind(node.parentElement));
    };
    const light = (parts) => parts.map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4)).reduce((sum, p, i) => sum + p * [0.2126, 0.7152, 0.0722][i], 0);
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !node.checkVisibility() || node.closest(".visually-hidden, .skip, noscript, template, :disabled, [aria-disabled=true], :has(> :disabled), .ranking")) continue;
        const ground = behind(node);
        const [a, b] = [light(over(rgba(getComputedStyle(node).color), ground)), light(ground)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < least) found.add(`${walker.currentNode.textContent.trim()} ${ratio.toFixed(2)}`);
    }
    return [...found];
}"""
