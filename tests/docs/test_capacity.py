"""The capacity page quotes lines that the benchmarks' results have."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "capacity.md").read_text()
RESULTS = (ROOT / "bench" / "RESULTS.md").read_text()
QUOTES = [
    quote
    for row in re.findall(r"^\|.*\|$", PAGE, re.MULTILINE)
    for quote in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", row)
]


def test_lines_are_quoted():
    assert len(QUOTES) >= 12


@pytest.mark.parametrize("quote", QUOTES)
def test_a_quoted_line_is_in_the_results(quote):
    assert any(line.startswith(f"| {quote}") for line in RESULTS.splitlines())


def test_links_to_the_results_have_a_heading():
    anchors = set(re.findall(r"RESULTS\.md#([\w-]+)", PAGE))
    headings = re.findall(r"^#+ (.*)$", RESULTS, re.MULTILINE)
    assert anchors
    assert anchors <= {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
