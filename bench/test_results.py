from pathlib import Path

from bench import results
from bench.results import Chart, Measure, Outcome


def test_each_part_has_its_place_and_is_replaced_on_its_own(tmp_path: Path) -> None:
    conditions = {"date": "2027-01-01", "command": "make bench"}
    chart = Chart("growth-vote.svg", "It stays the same.", "<svg/>")
    grown = Outcome("vote", "CPU", [Measure("one", "µs", [1, 2, 3])], [], chart=chart)
    failed = Outcome("votes", "Votes", [], [], failed="it lost one")
    results.replace_part(
        tmp_path, results.COMPARISON, "## Compared with other servers\n\n### A tally\n\nold\n"
    )
    results.write(tmp_path, results.GROWTH, conditions, [grown])
    results.write(tmp_path, results.MAIN, conditions, [failed])
    results.write(tmp_path, results.GROWTH, {**conditions, "date": "2027-02-02"}, [grown])
    page = (tmp_path / "RESULTS.md").read_text()
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == ["# Results", "## Scaling", "## Compared with other servers", "### A tally"]
    assert "![It stays the same.](growth-vote.svg)" in page
    assert "| CPU: one | 2.00 µs | 1.00 to 3.00 (3) |" in page
    assert "**FAILED**: it lost one" in page
    assert page.count("2027-01-01") == page.count("2027-02-02") == 1
    assert (tmp_path / "growth-vote.svg").read_text() == "<svg/>"
