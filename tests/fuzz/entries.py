"""Logs of any version, damaged or not: read alike by everyone, or not at all.

An input has one entry per line. The first unreadable one ends it: the board is withheld.
"""

import random
from pathlib import Path

import msgspec
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.refusals import Refusal
from support.strategies import T0, told, visible

LINES = 80


class Row(msgspec.Struct):
    """One position of a stored log."""

    entry: msgspec.Raw


def check(data):
    """Read the log as a replica does. Raises AssertionError, or any other failure."""
    boards = [Board(), Board()]
    for seq, line in enumerate(data.split(b"\n")[:LINES], 1):
        try:
            entry = act.decode(line)
        except act.UnreadableError as error:
            assert str(error)
            break
        assert entry.rules <= act.RULES
        outcomes = [board.apply(seq, T0 + 1000 * seq, entry) for board in boards]
        assert isinstance(outcomes[0], Change | Refusal)
        assert outcomes[0] == outcomes[1]
        # What was read is written such that it reads the same.
        assert act.decode(act.encode(entry)) == entry
    shown = [(visible(board), told(board)) for board in boards]
    assert shown[0] == shown[1]


def is_whole(log):
    """Whether the whole log can be read, from its beginning."""
    board = Board()
    try:
        for seq, line in enumerate(log, 1):
            board.apply(seq, T0, act.decode(line))
    except act.UnreadableError:
        return False
    return bool(board.code)


def seeds():
    """Yield the stored logs of each version."""
    for path in sorted((Path(__file__).parents[1] / "domain" / "logs").glob("*.jsonl")):
        lines = path.read_bytes().splitlines()
        yield b"\n".join(bytes(msgspec.json.decode(line, type=Row).entry) for line in lines)


KEPT = [log.split(b"\n") for log in seeds()]
ODD = [None, True, -1, 0, 3, 99, 2**70, 0.5, "", "flask", "further-discussion", [], {}, [None]]


def damaged(dice):
    """Make an input from the stored logs."""
    log = list(dice.choice(KEPT))
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(log))
        match dice.randrange(7):
            case 0:
                del log[at : at + dice.randint(1, 4)]
            case 1:
                log.insert(at, dice.choice(dice.choice(KEPT)))
            case 2:
                log[at] = log[at][: dice.randrange(len(log[at]) + 1)]
            case 3:
                other = dice.randrange(len(log))
                log[at], log[other] = log[other], log[at]
            case _:
                log[at] = _changed(dice, log[at])
        log = log or [b""]
    return b"\n".join(log)


def _changed(dice, line):
    """Change one value of an entry, at any depth."""
    try:
        entry = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return line
    places = list(_places(entry))
    if not places:
        return line
    holder, key = dice.choice(places)
    match dice.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[dice.choice(["rules", "by", "once", "x", "at"])] = dice.choice(ODD)
        case 2:
            other_holder, other_key = dice.choice(places)
            holder[key] = other_holder.get(other_key) if isinstance(other_holder, dict) else None
        case _:
            holder[key] = dice.choice(ODD)
    try:
        return msgspec.json.encode(entry)
    except RecursionError:
        return line  # It was put into itself.


def _places(value):
    keys = value if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def sessions():
    # From a single number: drawn place by place, most of them would be alike.
    return st.integers(0, 2**64).map(lambda number: damaged(random.Random(number)))


TOKENS = [each.__struct_config__.tag for each in act.AnyAction.__args__] + [
    *("rules", "by", "host", "once", "action", "type", "round", "option", "settings", "drawn"),
]
