import pytest
from hypothesis import given

from server.domain import actions as act
from server.domain.replay import MOST_COMMENTS, replay_of
from server.domain.rules import BoardSettingsChange, Names, Visibility
from support.decisions import PEOPLE, meeting, reveal, whole_meeting
from support.replays import as_bytes, played, replay, timeline_of
from support.strategies import SEATS, logs, many, option, replayed


def test_a_whole_meeting():
    told = replay(whole_meeting(names=Names.OPEN).log)
    assert (told.title, told.hides_round, told.more_comments) == ("Which one?", None, 0)
    assert [each.name for each in told.options] == ["Django", "Flask", "Tornado"]
    (first,) = told.rounds
    assert (first.n, first.method, first.stepwise) == (1, "approval", False)
    assert list(first.options) == ["django", "flask", "tornado"]
    said = [(each.option, each.kind, each.text, each.name) for each in told.comments]
    assert said == [
        ("flask", "pro", "It is small.", "Annabel"),
        ("flask", "con", "No admin.", "Benedict"),
    ]
    final = played(told.moments)
    assert (final["decision"], final["bars"].totals, final["bars"].order[0]) == (
        "flask",
        (1, 2, 1),
        (1,),
    )


@many
@given(logs(size=60))
def test_it_tells_no_more_than_the_board_has(log):
    board = replayed(log)
    told = replay_of(board, timeline_of(log, by_name=board.settings.show_names))
    ids = {each.id for each in told.options}
    assert {each.id for each in board.options} <= ids
    revealed = {each.n for each in board.rounds if each.shown_at is not None}
    assert {each.n for each in told.rounds} == revealed
    assert {moment.round for moment in told.moments if moment.round} <= revealed
    for moment in told.moments:
        assert set(moment.options or ()) <= ids
        assert (moment.decision or "flask") in {*ids, "flask"}
    readable = {c.text for c in board.comments.values() if not (c.deleted or c.hidden)}
    assert {each.text for each in told.comments} <= readable
    if not board.settings.show_names:
        assert all(each.name is None for each in told.comments)
        assert all(each.stepwise for each in told.rounds)


def test_what_was_hidden_deleted_or_replaced_is_not_in_it():
    made = whole_meeting()
    made.do(act.AddOption(option=option("awful")), "host")
    made.say("ann", "c3", "Unspeakable.")
    made.say("ann", "c4", "Regretted.")
    made.say("ann", "c5", "A first try.")
    made.say("ann", "c6", "On it.", option="awful")
    made.do(act.HideComment(comment="c3", on=True), "host")
    made.do(act.DeleteComment(comment="c4", option="flask"), "ann")
    made.do(act.EditComment(comment="c5", text="A second one."), "ann")
    made.do(act.RemoveOption(option="awful"), "host")
    made.do(act.EditOption(option=option("django", strapline="x")), "host")
    told = as_bytes(made.log)
    for text in (b"Unspeakable", b"Regretted", b"A first try", b"On it", b"wful"):
        assert text not in told
    assert b"A second one." in told
    # The store erases what was deleted; without it, the log reads the same.
    entries = made.board.comments["c4"].entries
    assert as_bytes([each for each in made.log if each[0] not in entries]) == told
    made.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    told = as_bytes(made.log)
    assert not any(name.encode() in told for name in PEOPLE.values())


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("names", Names)
def test_a_round_that_is_not_revealed_changes_no_byte_but_its_number(visibility, names):
    made = whole_meeting()
    made.open(visibility=visibility, names=names)
    empty = as_bytes(made.log)
    for seat in SEATS:
        made.vote(seat, "tornado")
    made.say("ann", "c8", "Of this round.")
    made.do(act.EditComment(comment="c1", text="It is small, I say."), "ann")
    made.do(act.LockRound(round=2), "host")
    told = replay(made.log)
    assert told.hides_round == 2
    assert [each.text for each in told.comments] == ["No admin."]
    made.do(act.EditComment(comment="c1", text="It is small."), "ann")
    assert b"Of this round" not in as_bytes(made.log)
    assert told.moments == replay(made.log[:-1]).moments
    made.do(act.RevealRound(round=2), "host")
    whole = replay(made.log)
    assert whole.hides_round is None
    assert [each.text for each in whole.comments][-1] == "Of this round."
    assert b'"hides_round":2' in empty


def test_votes_of_a_round_in_progress_change_no_byte():
    made = whole_meeting()
    made.open(names=Names.OPEN, visibility=Visibility.LIVE)
    empty = as_bytes(made.log)
    for seat in SEATS:
        made.vote(seat, "tornado")
        made.say(seat, f"d{seat}", "Of this round.")
    assert as_bytes(made.log) == empty


def test_of_very_many_comments_those_with_the_most_support_are_kept_in_order():
    made = meeting()
    for n in range(MOST_COMMENTS + 10):
        made.say("ann", f"m{n}", f"Comment {n}.")
    for comment in (f"m{MOST_COMMENTS + 9}", f"m{MOST_COMMENTS + 5}"):
        made.do(act.React(comment=comment, emoji="👍", on=True), "ben")
    told = replay(made.log)
    texts = [each.text for each in told.comments]
    assert (len(texts), told.more_comments) == (MOST_COMMENTS, 10)
    assert texts[-2:] == [f"Comment {MOST_COMMENTS + n}." for n in (5, 9)]
    long = meeting()
    for n in range(120):
        long.say("ann", f"m{n}", "x" * 2000)
    assert len(replay(long.log).comments) == 100


def test_a_reply_is_one():
    made = meeting()
    made.say("ann", "c1")
    made.say("ben", "c2", "Is it?", parent="c1")
    assert [each.reply for each in replay(made.log).comments] == [False, True]


def test_further_discussion_has_a_name():
    made = meeting()
    made.open(further_discussion=True)
    reveal(made)
    assert replay(made.log).options[-1].name == "Further discussion"
