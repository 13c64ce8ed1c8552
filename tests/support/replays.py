"""Plays a replay: what it says of a meeting at a time."""

import msgspec
from msgspec import UNSET

from server.domain.replay import replay_of
from server.domain.rules import given
from server.domain.timeline import Timeline, bars_of
from support.strategies import replayed


def timeline_of(log, *, by_name=True):
    timeline = Timeline(by_name=by_name)
    timeline.read(log)
    return timeline.told()


def replay(log):
    board = replayed(log)
    return replay_of(board, timeline_of(log, by_name=board.settings.show_names))


def as_bytes(log):
    return msgspec.json.encode(replay(log))


def played(moments):
    """Return what is so after these moments, by the names of their fields."""
    state = {"options": (), "round": 0, "decision": None, "deferred": False}
    for moment in moments:
        state |= given(moment)
    return state


def shown(board):
    """Return the same of a board."""
    state = {
        "options": tuple(option.id for option in board.options),
        "round": len(board.rounds),
        "decision": board.decision.option if board.decision else None,
        "deferred": board.deferral is not None,
    }
    if current := board.round:
        bars = bars_of(current, current.result())
        state |= {"state": current.state, "voters": current.voters, "bars": bars}
    return state


def differences(moments, board):
    """Return what these moments say of the board that is not so."""
    says, is_so = played(moments), shown(board)
    return {
        name: (says.get(name, UNSET), is_so[name])
        for name in is_so
        if says.get(name, UNSET) != is_so[name]
    }
