from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from server.domain import actions as act
from server.domain.rules import BoardSettingsChange, Names, TieBreak, Visibility
from server.live import views
from server.live.messages import DeletedComment, TalkView, encode
from server.live.views import (
    Audience,
    board_view,
    comment_views,
    count_people,
    first_by_name,
    first_comments,
    names_shown,
    parts_of,
    people_view,
    round_view,
    talk_view,
    tally_view,
)
from server.store.announcements import Announcement, Counts
from support.strategies import CRITERIA, OPTIONS, PSEUDONYMS, Meeting, create

VOTER, HOST = Audience(host=False, result=False), Audience(host=True, result=False)


def secret_vote(meeting, seat, *ids):
    voter = PSEUDONYMS.voter(seat, meeting.board.code, meeting.board.round)
    meeting.vote(voter, *ids)


def named(meeting, *seats):
    for seat in seats:
        meeting.do(act.Rename(name=seat.capitalize()), seat)


def test_before_the_first_round_there_is_none():
    board = Meeting().board
    assert round_view(board.round) is None
    assert tally_view(board.round, HOST) is None


def test_people_are_those_who_are_here_by_name_and_so_many_of_them(monkeypatch):
    meeting = Meeting()
    named(meeting, "zoe", "ann", "ben")
    people = people_view(meeting.board, {"zoe", "ann", "nameless"}, PSEUDONYMS)
    assert people.here == 3
    assert [person.name for person in people.names] == ["Ann", "Zoe"]
    monkeypatch.setattr(views, "MAX_NAMES", 1)
    assert len(people_view(meeting.board, {"zoe", "ann"}, PSEUDONYMS).names) == 1


def test_who_has_voted_is_told_only_where_it_gives_no_ballot_away():
    for visibility, names, told in (
        (Visibility.ON_REVEAL, Names.SECRET, [True, False]),
        (Visibility.LIVE, Names.SECRET, [None, None]),
        (Visibility.AFTER_VOTE, Names.SECRET, [None, None]),
        (Visibility.LIVE, Names.OPEN, [True, False]),
    ):
        meeting = Meeting()
        named(meeting, "ann", "ben")
        meeting.open("single", visibility=visibility, names=names)
        secret_vote(meeting, "ann", "flask")
        people = people_view(meeting.board, {"ann", "ben"}, PSEUDONYMS)
        assert [person.voted for person in people.names] == told
        assert people.voted == 1


def test_those_who_left_are_not_counted_among_those_who_still_choose():
    meeting = Meeting()
    assert people_view(meeting.board, {"ann"}, PSEUDONYMS).choosing is UNSET
    meeting.open("single")
    for seat in ("ann", "ben", "cleo"):
        secret_vote(meeting, seat, "flask")
    everyone = {"ann", "ben", "cleo", "dan", "eve"}
    for here in (everyone, {"dan", "eve"}):
        people = people_view(meeting.board, here, PSEUDONYMS)
        assert (people.voted, people.choosing) == (3, 2)
    assert people_view(meeting.board, {"ann"}, PSEUDONYMS).choosing == 0
    watching = meeting.board
    watching.observing.add("dan")
    assert people_view(watching, {"dan", "eve"}, PSEUDONYMS).choosing == 1


def test_how_many_still_choose_gives_no_ballot_away():
    for visibility in (Visibility.LIVE, Visibility.AFTER_VOTE):
        meeting = Meeting()
        meeting.open("single", visibility=visibility)
        secret_vote(meeting, "ann", "flask")
        assert people_view(meeting.board, {"ann", "ben"}, PSEUDONYMS).choosing is UNSET


@given(
    at=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    voted=st.sets(st.integers(0, 7)),
    observing=st.sets(st.integers(0, 7)),
    most=st.integers(1, 9),
    shows_names=st.booleans(),
    opened=st.booleans(),
    visibility=st.sampled_from(Visibility),
    names=st.sampled_from(Names),
)
def test_counts_tell_what_a_list_of_all_seats_would_tell(
    *, at, voted, observing, most, shows_names, opened, visibility, names
):
    """Each seat is in one process; seats are here in some of up to four."""
    seats = [f"seat-{n}" for n in range(8)]
    meeting = Meeting()
    named(meeting, *seats[:6])
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=shows_names)), "host")
    if opened:
        meeting.open("single", visibility=visibility, names=names)
        for n in sorted(voted - observing):
            secret_vote(meeting, seats[n], "flask")
    board = meeting.board
    board.observing.update(seats[n] for n in observing)
    with patch.object(views, "MAX_NAMES", most):
        everyone = people_view(board, set(seats), PSEUDONYMS)
        own = {seat for seat, process in zip(seats, at, strict=True) if process == 0}
        elsewhere = []
        for other in (1, 2, 3):
            there = {seat for seat, process in zip(seats, at, strict=True) if process == other}
            shown = frozenset(first_by_name(board, there))
            elsewhere.append(Announcement(0, shown, count_people(board, there, PSEUDONYMS)))
        found = people_view(board, own, PSEUDONYMS, elsewhere=elsewhere)
    assert found == structs.replace(everyone, about=True)


def test_no_one_has_voted_in_a_round_that_a_process_did_not_know_when_it_counted():
    meeting = Meeting()
    meeting.open("single")
    before = Announcement(0, frozenset(), Counts(here=500, observing=20, round=0, choosing=0))
    people = people_view(meeting.board, {"ann"}, PSEUDONYMS, elsewhere=[before])
    assert (people.here, people.choosing) == (501, 481)


def test_counts_give_no_ballot_away():
    for visibility in (Visibility.LIVE, Visibility.AFTER_VOTE):
        meeting = Meeting()
        meeting.open("single", visibility=visibility)
        secret_vote(meeting, "ann", "flask")
        counts = count_people(meeting.board, {"ann", "ben"}, PSEUDONYMS)
        assert (counts.round, counts.choosing) == (0, 0)


def test_what_stands_out_is_told_after_the_reveal_with_names_where_all_are_open():
    sees = Audience(host=True, result=True)
    meeting = Meeting()
    named(meeting, "ann", "dan")
    meeting.open("single", visibility=Visibility.LIVE, names=Names.OPEN)
    for seat in ("ann", "ben", "cleo"):
        meeting.vote(seat, "flask")
    meeting.vote("dan", "django")
    board = meeting.board
    assert tally_view(board.round, sees, names_shown(board)).insights is UNSET
    meeting.do(act.RevealRound(round=1), "host")
    kinds = {i.kind: i for i in tally_view(board.round, sees, names_shown(board)).insights}
    assert kinds.keys() == {"margin", "outlier"}
    assert kinds["outlier"].names == ["Dan"]
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert b"Dan" not in encode(tally_view(board.round, sees, names_shown(board)))
    assert tally_view(board.round, VOTER).insights is UNSET


def test_how_sure_it_is_is_told_after_the_reveal_to_those_who_see_the_result():
    sees = Audience(host=False, result=True)
    meeting = Meeting()
    meeting.open("single", visibility=Visibility.LIVE)
    for seat in ("ann", "ben", "cleo"):
        secret_vote(meeting, seat, "flask")
    board = meeting.board
    assert tally_view(board.round, sees).verdict is UNSET
    meeting.do(act.RevealRound(round=1), "host")
    assert tally_view(board.round, sees).verdict == board.round.verdict()
    assert board.round.verdict().word == "solid"
    assert tally_view(board.round, VOTER).verdict is UNSET


def test_without_a_winner_there_is_nothing_to_be_sure_of():
    meeting = Meeting()
    meeting.open("approval")
    meeting.do(act.RevealRound(round=1), "host")
    assert tally_view(meeting.board.round, Audience(host=False, result=True)).verdict is UNSET


def test_criteria_and_the_order_that_breaks_ties_are_shown_where_there_are_some():
    meeting = Meeting(create(criteria=CRITERIA))
    assert board_view(meeting.board).criteria == CRITERIA
    assert board_view(Meeting().board).criteria is UNSET
    meeting.open("single", tie_break=TieBreak.LISTED)
    assert round_view(meeting.board.round).tie_order == OPTIONS
    assert b"dots" not in encode(round_view(meeting.board.round))


def test_a_board_may_show_no_names():
    meeting = Meeting()
    named(meeting, "ann")
    meeting.say("ann")
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert people_view(meeting.board, {"ann"}, PSEUDONYMS).names is None
    assert comment_views(meeting.board, HOST)[0].name is None


def test_a_hidden_comment_keeps_its_words_for_the_host():
    meeting = Meeting()
    named(meeting, "ann")
    meeting.say("ann", text="rude words")
    meeting.do(act.HideComment(comment="c1", on=True), "host")
    assert b"rude" not in encode(comment_views(meeting.board, VOTER))
    assert b"Ann" not in encode(comment_views(meeting.board, VOTER))
    assert b"rude" in encode(comment_views(meeting.board, HOST))


def test_comments_after_a_position_and_deleted_ones():
    meeting = Meeting()
    for id_ in ("c1", "c2", "c3"):
        meeting.say("ann", id_)
    position = meeting.board.seq
    meeting.do(act.PinComment(comment="c2", on=True), "host")
    meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    talk = meeting.board.comments
    changed = comment_views(meeting.board, VOTER, talk.since(position))
    assert [view.id for view in changed] == ["c2", "c1"]
    assert changed[1] == DeletedComment(id="c1", option="flask")
    assert comment_views(meeting.board, VOTER, talk.since(meeting.board.seq)) == []


def test_a_newcomer_is_told_of_the_newest_threads_and_how_many_more_there_are(monkeypatch):
    monkeypatch.setattr(views, "FIRST_THREADS", 2)
    meeting = Meeting()
    for id_ in ("c1", "c2"):
        meeting.say("ann", id_)
    assert first_comments(meeting.board, VOTER).older == {}
    assert talk_view(meeting.board) == {}
    meeting.say("ann", "c3", option="django", kind=act.Kind.RISK)
    meeting.say("ben", "r2", parent="c2", kind=act.Kind.NOTE)
    first = first_comments(meeting.board, VOTER)
    assert [view.id for view in first.comments] == ["c2", "c3", "r2"]
    assert first.older == {"more_comments": 1, "comments_before": 3}
    flask, django = TalkView(comments=3, pro=2), TalkView(comments=1, risk=1)
    assert talk_view(meeting.board) == {"flask": flask, "django": django}
    assert talk_view(meeting.board, ["flask"]) == {"flask": flask}
    assert talk_view(meeting.board, ["tornado"]) == {"tornado": TalkView()}
    assert parts_of(meeting.board, VOTER)["more_comments"] == 1
