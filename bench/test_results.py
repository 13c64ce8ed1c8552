from pathlib import Path

from bench import results
from bench.results import Drawing, Measure, Outcome


def test_each_part_has_its_place_and_is_replaced_alone(tmp_path: Path) -> None:
    held = {"date": "2027-01-01", "command": "make bench"}
    drawing = Drawing("growth-vote.svg", "It stays the same.", "<svg/>")
    grown = Outcome("vote", "CPU", [Measure("one", "µs", [1, 2, 3])], [], drawing=drawing)
    alone = Outcome("votes", "Votes", [], [], failed="it lost one")
    results.put_part(tmp_path, results.BESIDE, "## Beside its peers\n\n### A tally\n\nold\n")
    results.write(tmp_path, results.GROWTH, held, [grown])
    results.write(tmp_path, results.ALONE, held, [alone])
    results.write(tmp_path, results.GROWTH, {**held, "date": "2027-02-02"}, [grown])
    page = (tmp_path / "RESULTS.md").read_text()
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == ["# Results", "## How cost grows", "## Beside its peers", "### A tally"]
    assert "![It stays the same.](growth-vote.svg)" in page
    assert "| CPU: one | 2.00 µs | 1.00 to 3.00 (3) |" in page
    assert "**FAILED**: it lost one" in page
    assert page.count("2027-01-01") == page.count("2027-02-02") == 1
    assert (tmp_path / "growth-vote.svg").read_text() == "<svg/>"
