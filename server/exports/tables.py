"""A record, and the ballots of one round, as tables."""

from collections.abc import Iterator

from server.domain.methods import METHODS
from server.domain.record import Record, RecordedRound
from server.exports.spreadsheet import Cell
from server.words.catalogue import words

Row = list[Cell]


def record_rows(record: Record) -> Iterator[Row]:
    """Yield the outcome as a table: one row for each option in each revealed round, best first.

    Options without a round have a row too, so that a board is never an empty table.
    """
    yield [
        words("record-column-option"),
        words("record-column-decided"),
        words("record-column-round"),
        words("record-column-method"),
        words("record-column-place"),
        words("record-column-total"),
        words("record-column-agreement"),
        words("record-column-voters"),
    ]
    chosen = record.outcome.option if record.outcome else None
    voted = set()
    for each in record.revealed:
        for option, place in each.places.items():
            voted.add(option)
            yield _row(each, option, place, words("record-yes") if option == chosen else "")
    for considered in record.options:
        if considered.id not in voted:
            decided = words("record-yes") if considered.id == chosen else ""
            yield [considered.name, decided, None, None, None, None, None, None]


def _row(each: RecordedRound, option: str, place: int, decided: str) -> Row:
    result = each.result
    total = result.totals.get(option) if result else None
    agreement = (result.agreement or {}).get(option) if result else None
    name = METHODS[each.method].name
    return [each.options[option], decided, each.n, name, place, total, agreement, each.voters]


def ballot_rows(each: RecordedRound) -> Iterator[Row]:
    """Yield the ballots of a round as a table: one row for each, one column for each option.

    An empty cell is *no opinion* or, in a ranking, an option that is left out. What a score ballot
    leaves blank is 0, as it counts. With criteria there is a column for each option and criterion.
    """
    has_names = any(cast.name for cast in each.ballots)
    criteria = each.settings.criteria or ()
    head: Row = [words("record-column-name")] if has_names else []
    for name in each.options.values():
        head += [
            words("record-column-cell", option=name, criterion=criterion.name)
            for criterion in criteria
        ] or [name]
    yield head
    method = METHODS[each.method](each.options, each.settings, each.rules)
    for cast in each.ballots:
        row: Row = [cast.name or ""] if has_names else []
        yield [*row, *method.as_row(method.read(cast.ballot))]


def total_of(each: RecordedRound, option: str) -> str:
    """Return what an option reached in a revealed round, as people write it."""
    total = each.result.totals.get(option, 0) if each.result else 0
    return words("figure-mean", mean=total) if isinstance(total, float) else str(total)
