"""Comments that are hidden until the reveal: who may read them, and when."""

import pytest

from server.domain import actions as act
from server.domain.record import record_of
from server.domain.refusals import Code
from server.domain.replay import replay_of
from server.domain.rules import BoardSettings
from server.domain.timeline import Timeline
from server.live.messages import encode
from server.live.views import (
    Audience,
    comment_views,
    first_comments,
    own_sealed,
    parts_of,
    sealed_view,
    talk_counts,
)
from support.strategies import (
    AUDIENCES,
    Meeting,
    create,
    refused,
    told,
    visible,
)

EVERYONE = Audience(host=False, result=False)
SECRET = "only I know that"


@pytest.fixture
def sealed():
    meeting = Meeting()
    meeting.say("ben", "before", "Said before.")
    meeting.open("single", sealed_talk=True)
    meeting.say("ann", "c1", SECRET)
    return meeting


def everything(board):
    """All that anyone but an author is told of a board, and its record."""
    shown = [parts_of(board, audience) for audience in AUDIENCES]
    return visible(board) + told(board) + encode([shown, record_of(board), talk_counts(board)])


def test_what_is_written_during_the_round_is_told_to_its_author_alone(sealed):
    board = sealed.board
    assert SECRET.encode() not in everything(board)
    assert b'"c1"' not in everything(board)
    (mine,) = own_sealed(board, "ann")
    assert (mine.id, mine.text) == ("c1", SECRET)
    assert own_sealed(board, "ben") == own_sealed(board, None) == []
    assert sealed_view(board).count == 1
    sealed.do(act.LockRound(round=1), "host")
    sealed.do(act.ReopenRound(round=1), "host")
    assert SECRET.encode() not in everything(board)


def test_at_the_reveal_all_appear_together_in_the_order_in_which_they_were_written(sealed):
    sealed.say("ben", "c2", "A reply.", parent="before")
    sealed.say("cleo", "c3", "Another.")
    outcome = sealed.do(act.RevealRound(round=1), "host")
    assert outcome.resync
    board = sealed.board
    shown = [view.id for view in comment_views(board, EVERYONE)]
    assert shown == ["before", "c1", "c2", "c3"]
    assert [view.id for view in first_comments(board, EVERYONE).comments] == shown
    assert sealed_view(board) is None
    assert own_sealed(board, "ann") == []
    assert board.comments.counts("flask")["comments"] == 4
    # A client that knew all before the reveal is told of each.
    assert {each.id for each in board.comments.since(board.seq - 1)} == {"c1", "c2", "c3"}
    assert board.comments.resync == board.seq


def test_no_host_reads_them_even_on_a_board_that_shows_hosts_results_early():
    meeting = Meeting(create(settings=BoardSettings(host_sees_results=True)))
    meeting.open("single", sealed_talk=True)
    meeting.say("ann", "c1", SECRET)
    assert SECRET.encode() not in everything(meeting.board)


def test_how_many_an_option_has_is_told_no_one():
    boards = []
    for option in ("flask", "django"):
        meeting = Meeting()
        meeting.open("single", sealed_talk=True)
        meeting.say("ann", "c1", SECRET, option=option)
        boards.append(meeting.board)
    one, other = boards
    assert everything(one) == everything(other)


def test_a_replay_has_them_at_the_reveal_and_not_when_each_was_written(sealed):
    sealed.say("cleo", "c3", "Another.", option="django")
    sealed.do(act.RevealRound(round=1), "host")
    timeline = Timeline(by_name=True)
    timeline.read(sealed.log)
    shown = {each.text: each.at for each in replay_of(sealed.board, timeline.told()).comments}
    assert shown[SECRET] == shown["Another."] == sealed.board.round.shown_at
    assert shown["Said before."] < shown[SECRET]


def test_a_replay_of_a_round_that_is_not_revealed_knows_nothing_of_them(sealed):
    timeline = Timeline(by_name=True)
    timeline.read(sealed.log)
    assert SECRET.encode() not in encode(replay_of(sealed.board, timeline.told()))


def test_without_the_switch_comments_are_read_at_once():
    meeting = Meeting()
    meeting.open("single")
    meeting.say("ann", "c1", "Read me.")
    assert [view.text for view in comment_views(meeting.board, EVERYONE)] == ["Read me."]
    assert sealed_view(meeting.board) is None


def test_an_author_changes_and_deletes_what_no_one_else_has_read(sealed):
    sealed.do(act.EditComment(comment="c1", text="Better."), "ann")
    assert [each.text for each in own_sealed(sealed.board, "ann")] == ["Better."]
    assert refused(
        sealed.do(act.EditComment(comment="c1", text="Mine."), "ben"),
        Code.NO_SUCH_COMMENT,
        "does not exist",
    )
    gone = sealed.do(act.DeleteComment(comment="c1", option="flask", sealed=3), "ann")
    assert gone.sealed
    assert not gone.comments
    assert {4, 5} <= set(gone.erased)
    assert sealed_view(sealed.board).count == 0
    # Its id stays taken, and nothing else is left of it, not even at the reveal.
    assert not sealed.say("ann", "c1", "Again.").comments
    assert [view.id for view in comment_views(sealed.board, EVERYONE)] == ["before"]
    sealed.do(act.RevealRound(round=1), "host")
    assert b'"c1"' not in everything(sealed.board)


def test_a_comment_that_is_deleted_as_it_is_revealed_is_deleted_like_any_other(sealed):
    sealed.do(act.RevealRound(round=1), "host")
    late = sealed.do(act.DeleteComment(comment="c1", option="flask", sealed=3), "ann")
    assert late.comments == ("c1",)
    assert sealed.board.comments["c1"].deleted


def test_a_deletion_that_does_not_say_that_it_is_of_a_sealed_comment_deletes_none(sealed):
    deletion = act.DeleteComment(comment="c1", option="flask")
    assert sealed.do(deletion, "ann").code is Code.NO_SUCH_COMMENT
    public = act.DeleteComment(comment="before", option="flask", sealed=3)
    assert sealed.do(public, "ben").code is Code.NO_SUCH_COMMENT


def test_a_comment_that_everyone_can_read_says_nothing_new_until_the_reveal(sealed):
    edit = act.EditComment(comment="before", text=SECRET)
    assert refused(sealed.do(edit, "ben"), Code.ROUND_OPEN, "until the reveal")
    sealed.do(act.RevealRound(round=1), "host")
    assert sealed.do(edit, "ben").comments == ("before",)


@pytest.mark.parametrize(
    "action",
    [
        act.React(comment="c1", emoji="👍", on=True),
        act.HideComment(comment="c1", on=True),
        act.PinComment(comment="c1", on=True),
    ],
)
def test_nothing_is_done_to_a_comment_that_cannot_be_read_yet(sealed, action):
    for seat in ("ann", "ben", "host"):
        assert sealed.do(action, seat).code is Code.NO_SUCH_COMMENT
    sealed.do(act.RevealRound(round=1), "host")
    assert sealed.do(action, "ben").comments == ("c1",)


def test_what_only_one_person_raised_is_marked_until_another_supports_it(sealed):
    sealed.say("ben", "reply", "So it is.", parent="before")
    sealed.do(act.RevealRound(round=1), "host")

    def marked():
        return [v.id for v in comment_views(sealed.board, EVERYONE) if v.alone]

    assert marked() == ["c1"]
    # A doubt and one's own support make no second voice.
    sealed.do(act.React(comment="c1", emoji="🤔", on=True), "ben")
    sealed.do(act.React(comment="c1", emoji="👍", on=True), "ann")
    assert marked() == ["c1"]
    sealed.do(act.React(comment="c1", emoji="👍", on=True), "ben")
    assert marked() == []
    sealed.do(act.React(comment="c1", emoji="👍", on=False), "ben")
    assert marked() == ["c1"]
