"""A browser reads the joined style sheets as it reads their sources."""

import re

import pytest

from server.resources import resources
from server.web.bundles import Bundles

STATIC = resources().static
SHEETS = sorted(path.name for path in STATIC.glob("css/pages/*.css"))
RULES = """address => {
  const textOf = (rule) => {
    if (rule instanceof CSSImportRule) {
      const inner = [...rule.styleSheet.cssRules].map(textOf).flat();
      return rule.layerName ? [`@layer ${rule.layerName} {`, ...inner, "}"] : inner;
    }
    if (rule instanceof CSSLayerBlockRule)
      return [`@layer ${rule.name} {`, ...[...rule.cssRules].map(textOf).flat(), "}"];
    if (rule.cssRules?.length)
      return [rule.cssText.split("{")[0], ...[...rule.cssRules].map(textOf).flat(), "}"];
    if (!(rule instanceof CSSStyleRule)) return [rule.cssText];
    // A property of our own is kept as it was written; of others, the browser has its own way.
    const values = [...rule.style].map((name) =>
      name.startsWith("--") ? name : `${name}: ${rule.style.getPropertyValue(name)}`);
    return [`${rule.selectorText} { ${values.join("; ")} }`];
  };
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
    link.onload = () => resolve([...link.sheet.cssRules].map(textOf).flat());
    link.onerror = () => reject(new Error(address));
    document.head.append(link);
  });
}"""
ORIGIN = "http://sheets.test"


def without_variety(rule):
    """`.a :is(b)` may be `.a *:is(b)`, and some values keep the space that they were written with."""
    return re.sub(r"([:,]) ", r"\1", rule.replace("*:", ":"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_joined_sheet_has_the_rules_of_its_sources(chromium, name):
    joined = Bundles(STATIC, "en").all()[name].body

    def answer(route):
        path = route.request.url.removeprefix(f"{ORIGIN}/")
        if path == "joined.css":
            route.fulfill(body=joined, content_type="text/css")
        elif path:
            route.fulfill(path=STATIC / path)
        else:
            route.fulfill(body="<!doctype html><title>Sheets</title>", content_type="text/html")

    page = chromium.new_page()
    try:
        page.route(f"{ORIGIN}/**", answer)
        page.goto(f"{ORIGIN}/")
        sources = page.evaluate(RULES, f"{ORIGIN}/css/pages/{name}")
        found = page.evaluate(RULES, f"{ORIGIN}/joined.css")
        assert len(sources) > 50
        assert list(map(without_variety, found)) == list(map(without_variety, sources))
    finally:
        page.close()
