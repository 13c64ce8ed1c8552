"""Results of the comparison with other servers: tables, charts and JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import results
from bench.bar_chart import Bar, draw
from bench.generator import Window

BASELINES = {
    "tornado": "times Tornado",
    "tornado-redis": "times one awaited call",
    "c": "of the C loop",
    "store": "of the store alone",
}
UPPER_BOUNDS = {"c", "store"}
"""Baselines of which a server reaches a share, printed as a percentage."""


@dataclass
class Row:
    """The measurements of one server."""

    server: str
    title: str
    values: list[float] = field(default_factory=list)
    """One per window."""
    secondary: list[float] = field(default_factory=list)
    """Values in the secondary unit, if there is one."""
    windows: list[Window] = field(default_factory=list)
    failed: str = ""


@dataclass(frozen=True)
class Comparison:
    """The measurements of all servers under the same load."""

    name: str
    title: str
    unit: str
    secondary_unit: str
    """Empty if there is no second value; then less is better."""
    rows: Sequence[Row]

    def ranked(self) -> list[Row]:
        """Return the servers that did not fail, the best first."""
        passed = [row for row in self.rows if not row.failed]
        return sorted(passed, key=_median, reverse=bool(self.secondary_unit))


def table_lines(comparison: Comparison) -> list[str]:
    """Format a comparison as a table."""
    medians = {row.server: _median(row) for row in comparison.ranked()}
    baselines = {name: medians[name] for name in BASELINES if medians.get(name)}
    header = [comparison.title, comparison.unit, "min to max", *map(BASELINES.get, baselines)]
    header += [comparison.secondary_unit, "cores: server, store, generator"] * bool(
        comparison.secondary_unit
    )
    table = [_table_row(header), _table_row(["---"] * len(header))]
    for row in comparison.ranked():
        cells = [row.title, _formatted(_median(row))]
        cells.append(
            f"{_formatted(min(row.values))} to {_formatted(max(row.values))} ({len(row.values)})"
        )
        for name, value in baselines.items():
            ratio = _median(row) / value
            cells.append(f"{ratio:.0%}" if name in UPPER_BOUNDS else f"{ratio:.2f}")
        table.append(_table_row(cells + (_utilization(row) if row.windows else [])))
    for row in comparison.rows:
        if row.failed:
            failure = f"**FAILED**: {row.failed}"
            table.append(_table_row([row.title, failure, *[""] * (len(header) - 2)]))
    return table


def disturbed(compared: Sequence[Comparison]) -> list[str]:
    """Return what was measured while other processes kept the machine busy."""
    return [
        f"{comparison.name} of {row.server}"
        for comparison in compared
        for row in comparison.rows
        if row.windows and median(w.others / w.seconds for w in row.windows) > results.MAX_OTHERS
    ]


def write(folder: Path, conditions: dict[str, str], compared: Sequence[Comparison]) -> None:
    """Write this part of `RESULTS.md`, `peers.json`, and the charts."""
    text = [
        results.COMPARISON.heading,
        "",
        f"Measured with `{conditions['command']}`. What it means: [README.md](README.md).",
    ]
    for comparison in compared:
        file = f"peers-{comparison.name}.svg"
        (folder / file).write_text(_chart(comparison))
        text += ["", f"### {comparison.title}", ""]
        text += [f"![{_alt_text(comparison)}]({file})", "", *table_lines(comparison)]
    text += results.conditions_table(conditions, disturbed(compared))
    results.replace_part(folder, results.COMPARISON, "\n".join(text) + "\n")
    values = {"conditions": conditions, "comparisons": [_as_json(each) for each in compared]}
    (folder / results.COMPARISON.file).write_text(json.dumps(values, indent=1) + "\n")


def _chart(comparison: Comparison) -> str:
    bars = [
        Bar(
            _plain_title(row),
            _median(row),
            min(row.values),
            max(row.values),
            _formatted(_median(row)),
            highlighted=row.server.startswith("stackvote"),
        )
        for row in comparison.ranked()
    ]
    bars += [Bar(_plain_title(row), 0, 0, 0, "failed") for row in comparison.rows if row.failed]
    return draw(f"{comparison.title}: {comparison.unit}", _alt_text(comparison), bars)


def _alt_text(comparison: Comparison) -> str:
    parts = [f"{_plain_title(row)} {_formatted(_median(row))}" for row in comparison.ranked()]
    parts += [f"{_plain_title(row)} failed" for row in comparison.rows if row.failed]
    return f"{comparison.title}, {comparison.unit}: {', '.join(parts)}."


def _plain_title(row: Row) -> str:
    return row.title.replace("*", "").replace("`", "")


def _median(row: Row) -> float:
    return median(row.values)


def _formatted(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _utilization(row: Row) -> list[str]:
    """Return the second value, and how many cores each process used."""
    usage = [
        median(getattr(window, process) / window.seconds for window in row.windows)
        for process in ("server", "store", "generator")
    ]
    return [_formatted(median(row.secondary)), ", ".join(f"{cores:.2f}" for cores in usage)]


def _table_row(cells: Sequence[str | None]) -> str:
    return f"| {' | '.join(cell or '' for cell in cells)} |"


def _as_json(comparison: Comparison) -> dict[str, object]:
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
