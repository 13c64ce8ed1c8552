"""Logs of released versions, kept as they were written: they read the same for ever."""

from pathlib import Path

import msgspec
import pytest

from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.domain.methods import METHODS
from server.domain.refusals import Code, Refusal
from server.live.views import round_view
from support.strategies import CRITERIA, SEATS, T0, create, replayed, visible

LOGS = Path(__file__).parent / "logs"
VERSIONS = sorted(path.stem for path in LOGS.glob("*.jsonl"))


class Row(msgspec.Struct):
    """One position of a kept log, and whether its entry was refused there."""

    seq: int
    at: int
    refused: str | None
    entry: msgspec.Raw


def rows(version):
    lines = (LOGS / f"{version}.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Row) for line in lines]


def still_says(today, kept):
    """Say whether all that was kept is there, as it was; more fields may have come since."""
    if isinstance(kept, dict):
        return all(key in today and still_says(today[key], kept[key]) for key in kept)
    if isinstance(kept, list):
        return len(today) == len(kept) and all(map(still_says, today, kept))
    return today == kept


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_log_makes_the_same_board_as_then(version):
    board = Board()
    for row in rows(version):
        outcome = board.apply(row.seq, row.at, act.decode(row.entry))
        assert (outcome.code.value if isinstance(outcome, Refusal) else None) == row.refused
    kept = msgspec.json.decode((LOGS / f"{version}.views.json").read_bytes())
    assert still_says(msgspec.json.decode(visible(board, SEATS)), kept)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_log_is_written_the_same_today(version):
    for row in rows(version):
        written = msgspec.json.decode(act.encode(act.decode(row.entry)))
        assert still_says(written, msgspec.json.decode(row.entry))


def test_there_is_a_kept_log_of_these_rules_with_every_kind_of_action():
    assert f"v{act.RULES}" in {version.partition("-")[0] for version in VERSIONS}
    kinds = {type(act.decode(row.entry).action) for version in VERSIONS for row in rows(version)}
    assert kinds == set(act.AnyAction.__args__)


def test_every_method_has_a_round_in_a_kept_log():
    opened = {
        action.method
        for version in VERSIONS
        for row in rows(version)
        if isinstance(action := act.decode(row.entry).action, act.OpenRound) and row.refused is None
    }
    assert opened == set(METHODS)


@pytest.mark.parametrize("method", ["dots", "score", "ranked", "matrix"])
def test_under_the_first_rules_a_round_of_a_later_method_stays_refused(method):
    opened = act.OpenRound(method=method)
    for rules, is_refused in ((1, True), (2, False)):
        board = replayed([(1, T0, create(criteria=CRITERIA))])
        outcome = board.apply(2, T0, act.Entry(rules=rules, by="host", action=opened))
        assert isinstance(outcome, Refusal) is is_refused
        assert not is_refused or outcome.code is Code.UNKNOWN_METHOD


def test_a_round_counts_by_the_rules_under_which_it_was_opened():
    """Also if a newer version takes the votes, in an upgrade during the round."""
    ballots = [{"scores": {"flask": 5}}] * 2 + [{"scores": {"flask": 0, "django": 1}}]
    silent = {"scores": {"flask": 5}, "no_opinion": ["django"]}
    for rules, winner in ((3, "django"), (4, "flask")):
        board = replayed([(1, T0, create())])

        def done(action, rules, by="host", board=board):
            entry = act.Entry(rules=rules, by=by, action=action)
            return board.apply(board.seq + 1, T0, entry)

        done(act.OpenRound(method="score"), rules)
        for seat, ballot in zip(SEATS, ballots, strict=False):
            assert isinstance(done(act.Vote(round=1, ballot=ballot), 4, seat), Change)
        assert board.round.result().winners == [winner]
        # What was refused when it was made stays refused.
        vote = act.Vote(round=1, ballot=silent)
        assert done(vote, 3, "dan").code is Code.BAD_BALLOT
        assert isinstance(done(vote, 4, "dan"), Change)
        assert board.round.ballot_of("dan") == silent
        assert round_view(board.round).rules == rules


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (b'{"action": {"type": "teleport"}}', "teleport"),
        (b'{"rules": %d, "action": {"type": "reopen"}}' % (act.RULES + 1), "follows rules"),
        (b'{"rules": "2", "action": {"type": "reopen"}}', "int"),
        (b'{"action": {"type": "reopen"', "truncated"),
    ],
)
def test_an_entry_of_a_version_to_come_is_refused_and_not_guessed(entry, why):
    with pytest.raises(act.UnreadableError, match=why):
        act.decode(entry)


def test_fields_that_a_later_version_adds_do_not_stop_this_one():
    known = act.decode(
        b'{"by": "ann", "mood": "good", "action": {"type": "rename", "name": "Ann", "x": 1}}'
    )
    assert known == act.Entry(by="ann", action=act.Rename(name="Ann"))


def test_what_is_left_out_has_the_value_it_always_had():
    entry = act.decode(b'{"action":{"type":"open_round","method":"single"}}')
    assert (entry.rules, entry.by, entry.idempotency_key) == (1, "", "")
    assert entry.action == act.OpenRound(method="single")
    assert act.encode(entry) == b'{"action":{"type":"open_round","method":"single"}}'
