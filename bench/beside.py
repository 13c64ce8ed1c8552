"""Stackvote beside its peers: the second part of the page, with its drawings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import results
from bench.bars import Bar, draw
from bench.generator import Window

YARDSTICKS = {
    "tornado": "times Tornado",
    "awaiting": "times one awaited call",
    "c": "of the C loop",
    "store": "of the store itself",
}
LIMITS = {"c", "store"}
"""Yardsticks of which a share is reached."""


@dataclass
class Row:
    """What one server did."""

    server: str
    title: str
    values: list[float] = field(default_factory=list)
    """One a window."""
    beside: list[float] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    failed: str = ""


@dataclass(frozen=True)
class Comparison:
    """What all of them did with the same load."""

    name: str
    title: str
    unit: str
    beside: str
    """The unit of the second value; empty where there is none, and less is better."""
    rows: Sequence[Row]

    def ranked(self) -> list[Row]:
        """Return those that kept their promises, the best first."""
        kept = [row for row in self.rows if not row.failed]
        return sorted(kept, key=_middle, reverse=bool(self.beside))


def lines(comparison: Comparison) -> list[str]:
    """Write a comparison as a table."""
    yardsticks = {row.server: _middle(row) for row in comparison.ranked()}
    yardsticks = {name: yardsticks[name] for name in YARDSTICKS if name in yardsticks}
    head = [comparison.title, comparison.unit, "least to most", *map(YARDSTICKS.get, yardsticks)]
    head += [comparison.beside, "cores: server, store, generator"] * bool(comparison.beside)
    table = [_line(head), _line(["---"] * len(head))]
    for row in comparison.ranked():
        cells = [row.title, _figure(_middle(row))]
        cells.append(
            f"{_figure(min(row.values))} to {_figure(max(row.values))} ({len(row.values)})"
        )
        for name, value in yardsticks.items():
            ratio = _middle(row) / value
            cells.append(f"{ratio:.0%}" if name in LIMITS else f"{ratio:.2f}")
        table.append(_line(cells + (_work(row) if row.windows else [])))
    for row in comparison.rows:
        if row.failed:
            words = f"**FAILED**: {row.failed}"
            table.append(_line([row.title, words, *[""] * (len(head) - 2)]))
    return table


def disturbed(compared: Sequence[Comparison]) -> list[str]:
    """Name what was measured while others kept the machine busy."""
    return [
        f"{comparison.name} of {row.server}"
        for comparison in compared
        for row in comparison.rows
        if row.windows and median(w.others / w.seconds for w in row.windows) > results.QUIET
    ]


def write(folder: Path, held: dict[str, str], compared: Sequence[Comparison]) -> None:
    """Write the second part of `RESULTS.md`, `peers.json`, and a drawing each."""
    text = [
        results.BESIDE.heading,
        "",
        f"Made by `{held['command']}`. What it means: [README.md](README.md).",
    ]
    for comparison in compared:
        drawing = f"peers-{comparison.name}.svg"
        (folder / drawing).write_text(_drawn(comparison))
        text += ["", f"### {comparison.title}", ""]
        text += [f"![{_in_words(comparison)}]({drawing})", "", *lines(comparison)]
    text += results.ending(held, disturbed(compared))
    results.put_part(folder, results.BESIDE, "\n".join(text) + "\n")
    plain = {"conditions": held, "comparisons": [_plain(each) for each in compared]}
    (folder / results.BESIDE.file).write_text(json.dumps(plain, indent=1) + "\n")


def _drawn(comparison: Comparison) -> str:
    bars = [
        Bar(
            _bare(row),
            _middle(row),
            min(row.values),
            max(row.values),
            _figure(_middle(row)),
            ours=row.server.startswith("stackvote"),
        )
        for row in comparison.ranked()
    ]
    bars += [Bar(_bare(row), 0, 0, 0, "failed") for row in comparison.rows if row.failed]
    return draw(f"{comparison.title}: {comparison.unit}", _in_words(comparison), bars)


def _in_words(comparison: Comparison) -> str:
    said = [f"{_bare(row)} {_figure(_middle(row))}" for row in comparison.ranked()]
    said += [f"{_bare(row)} failed" for row in comparison.rows if row.failed]
    return f"{comparison.title}, {comparison.unit}: {', '.join(said)}."


def _bare(row: Row) -> str:
    return row.title.replace("*", "").replace("`", "")


def _middle(row: Row) -> float:
    return median(row.values)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _work(row: Row) -> list[str]:
    """Give the second value, and how busy everybody was."""
    shares = [
        median(getattr(window, who) / window.seconds for window in row.windows)
        for who in ("server", "store", "generator")
    ]
    return [_figure(median(row.beside)), ", ".join(f"{share:.2f}" for share in shares)]


def _line(cells: Sequence[str | None]) -> str:
    return f"| {' | '.join(cell or '' for cell in cells)} |"


def _plain(comparison: Comparison) -> dict[str, object]:
    rows = [
        {
            "server": row.server,
            "values": [round(value, 2) for value in row.values],
            "failed": row.failed or None,
            "windows": [{k: round(v, 4) for k, v in w._asdict().items()} for w in row.windows],
        }
        for row in comparison.rows
    ]
    return {"name": comparison.name, "unit": comparison.unit, "rows": rows}
