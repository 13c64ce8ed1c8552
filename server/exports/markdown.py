"""A record as Markdown, in the form of MADR 4 (adr.github.io/madr), to keep in a repository.

Headings, and the words before an argument, are those of the form, so they are not translated. What
people wrote is text: nothing in it becomes a heading, a link that it does not show, or HTML.
"""

import re
from collections.abc import Iterator

from server.domain.gates import Standing
from server.domain.methods import METHODS
from server.domain.record import (
    Argument,
    Considered,
    Record,
    RecordedRound,
    Status,
    told_brier,
    told_commitment,
    told_gate,
    told_lens,
    told_predictions,
    told_risk,
)
from server.domain.rich_text import pieces
from server.domain.rules import Names
from server.exports.tables import total_of
from server.words.catalogue import listed, words

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$!&]")
_OPENS_BLOCK = re.compile(r"^(\s*)([-+=:]|\d+(?=[.)]))", re.MULTILINE)


_STATUS = {
    Status.UNDECIDED: "proposed",
    Status.DECIDED: "accepted",
    Status.DEFERRED: "deferred",
}


def as_markdown(record: Record, *, link: str, day: str) -> str:
    """Return a record in the form of MADR 4. `link` is its address; `day`, an ISO date, is the day
    of the decision or, without one, of today.
    """
    return "\n".join(_lines(record, link, day)) + "\n"


def heading(record: Record) -> str:
    """Return the title of the record, with what was decided."""
    if record.outcome is None:
        return record.title
    between = " " if record.title.endswith(("?", "!", ".", ":", "…")) else ": "
    return f"{record.title}{between}{record.outcome.name}"


def _lines(record: Record, link: str, day: str) -> Iterator[str]:
    outcome = record.outcome
    yield from ("---", f"status: {_STATUS[record.status]}", f"date: {day}")
    yield from ("---", "", f"# {_line(heading(record))}", "")
    yield from ("## Context and Problem Statement", "", _block(record.context or record.title), "")
    if record.drivers or record.gates:
        yield from ("## Decision Drivers", "")
        for gate in record.gates:
            yield f"* {_line(words('record-must-have', gate=told_gate(gate)))}"
        for driver in record.drivers:
            weight = words("record-weight", weight=driver.weight)
            yield f"* {_line(driver.name)} ({weight})"
        if record.weights_from is not None:
            yield from ("", words("record-weights-from", round=record.weights_from) + ".")
        yield ""
    yield from ("## Considered Options", "")
    yield from (f"* {_considered(option)}" for option in record.standing)
    yield from ("", "## Decision Outcome", "")
    if (deferral := record.deferral) is not None:
        until = words("screen-deferred", day=deferral.revisit_on, owner=deferral.owner)
        yield from (_line(until), "", _block(deferral.because), "")
    elif outcome is None:
        yield from (" ".join(map(_line, record.missing)), "")
    else:
        yield f'Chosen option: "{_line(outcome.name)}", because'
        yield from ("", _block(outcome.because.strip() or words("record-no-reason")), "")
    yield from _following(record)
    argued = [option for option in record.standing if option.pros or option.cons or record.gates]
    if argued:
        yield from ("## Pros and Cons of the Options", "")
        for option in argued:
            yield from _arguments(record, option)
    yield from ("## More Information", "")
    for each in record.revealed:
        yield from _numbers(each)
    yield words("record-kept-at", link=f"<{link}>")


def _following(record: Record) -> Iterator[str]:
    """Yield the consequences, dissent among them, and how the decision is confirmed."""
    outcome = record.outcome
    consequences = outcome.consequences if outcome else ()
    committed = told_commitment(record)
    if consequences or record.dissent or record.risks or committed:
        yield from ("### Consequences", "")
        for each in consequences:
            yield f"* {_line(words('record-consequence', text=each.text, owner=each.owner))}"
        yield from (f"* Bad, because {_line(said)}" for said in record.dissent)
        yield from (f"* Bad, because {_line(told_risk(risk))}" for risk in record.risks)
        if committed:
            yield f"* Neutral, because {_line(committed)}"
        yield ""
    predicted = told_predictions(outcome)
    if outcome is not None and (outcome.confirmation or outcome.revisit_on or predicted):
        yield from ("### Confirmation", "")
        if outcome.confirmation:
            yield from (_block(outcome.confirmation), "")
        if predicted:
            yield from (*(f"* {_line(said)}" for said in predicted), "")
        if scored := told_brier(outcome):
            yield from (scored, "")
        if outcome.revisit_on:
            yield from (f"{words('record-look-again', day=outcome.revisit_on)}.", "")


def _considered(option: Considered) -> str:
    if not option.failed:
        return _line(option.name)
    gates = listed([f"“{name}”" for name in option.failed])
    return _line(words("record-dropped-out", option=option.name, gates=gates))


_BECAUSE = {
    Standing.PASS: "Good, because",
    Standing.FAIL: "Bad, because",
    Standing.UNKNOWN: "Neutral, because",
}


def _gates(record: Record, option: Considered) -> Iterator[str]:
    for gate in record.gates:
        known = gate.answer_for(option.id)
        said = _line(words("record-gate-answer", answer=known.answer, gate=gate.name))
        if known.evidence:
            said += ": " + _block(known.evidence).replace("\n", "\n  ")
        yield f"* {_BECAUSE[known.answer]} {said}"


def _arguments(record: Record, option: Considered) -> Iterator[str]:
    yield from (f"### {_line(option.name)}", "")
    if option.link:
        yield from (f"<{option.link.replace('<', '%3C').replace('>', '%3E')}>", "")
    yield from _gates(record, option)
    yield from (f"* Good, because {_argued(said)}" for said in option.pros)
    yield from (f"* Bad, because {_argued(said)}" for said in option.cons)
    yield ""


def _argued(said: Argument) -> str:
    credit = f" ({_line(said.name)})" if said.name else ""
    # The continuation of an item is indented.
    return _block(said.text).replace("\n", "\n  ") + credit


def _numbers(each: RecordedRound) -> Iterator[str]:
    if each.result is None:
        return
    title = words(
        "record-round", n=each.n, method=METHODS[each.method].name, voters=each.voters or 0
    )
    yield from (f"### {_line(title)}", "")
    secrecy = words("record-secret" if each.settings.names is Names.SECRET else "record-open")
    yield from (f"{_line(each.result.decided_by)} {secrecy}", "")
    if each.verdict is not None:
        sure = words("record-sure", word=each.verdict.word)
        yield from (_line(" ".join((sure, *each.verdict.because))), "")
    if each.movement is not None:
        yield from (_line(" ".join(each.movement.because)), "")
    if each.moved_by:
        yield from (*(f"* {_line(said)}" for said in each.moved_by), "")
    if lens := told_lens(each):
        yield from (*(f"* {_line(said)}" for said in lens), "")
    columns = (
        words("record-column-place"),
        words("record-column-option"),
        words("record-column-total"),
    )
    yield f"| {' | '.join(columns)} |"
    yield "| ---: | --- | ---: |"
    for option, place in each.places.items():
        yield f"| {place} | {_line(each.options[option])} | {total_of(each, option)} |"
    yield ""


def _line(text: str) -> str:
    """Return text for the middle of a line, with nothing in it that Markdown would read."""
    return _OPENS_BLOCK.sub(_escaped, _SPECIAL.sub(r"\\\g<0>", " ".join(text.split())))


def _block(text: str) -> str:
    """Return text of several lines; links and `code` in it are kept."""
    written = "".join(
        {"link": f"<{piece.text}>", "code": f"`{piece.text}`"}.get(
            piece.kind, _SPECIAL.sub(r"\\\g<0>", piece.text)
        )
        for piece in pieces(text.strip())
    )
    lines = [line.strip() for line in written.splitlines()]
    return _OPENS_BLOCK.sub(_escaped, "\n".join(lines))


def _escaped(found: re.Match[str]) -> str:
    space, sign = found.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
