"""A meeting of several questions, as the log of the board that leads it tells it."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.changes import Change
from server.domain.meeting import MAX_QUESTIONS
from server.domain.refusals import Code, Refusal
from support.strategies import Meeting, many, refused, replayed

LEAD = "K7QF2M"
CODES = (LEAD, "AAAAA2", "BBBBB2", "CCCCC2", "DDDDD2")


def meeting_of(*codes):
    meeting = Meeting()
    for code in codes:
        assert meeting.do(act.AddQuestion(question=code), "host") == Change(meeting=True)
    return meeting


def go(meeting, question, leaving=None):
    leaving = leaving or (meeting.board.meeting.at if meeting.board.meeting else None)
    return meeting.do(act.GoToQuestion(question=question, leaving=leaving), "host")


def test_a_board_leads_a_meeting_as_soon_as_it_has_a_second_question():
    assert Meeting().board.meeting is None
    meeting = meeting_of("AAAAA2").board.meeting
    assert meeting.questions == (LEAD, "AAAAA2")
    assert (meeting.current, meeting.at, meeting.visited) == (LEAD, LEAD, {LEAD})


def test_a_host_goes_to_a_question_and_back_and_ends_the_meeting():
    meeting = meeting_of("AAAAA2", "BBBBB2")
    assert go(meeting, "BBBBB2") == Change(meeting=True)
    assert meeting.board.meeting.current == "BBBBB2"
    go(meeting, LEAD)
    assert meeting.board.meeting.visited == {LEAD, "BBBBB2"}
    go(meeting, None)
    now = meeting.board.meeting
    assert (now.ended, now.at, now.current) == (True, None, LEAD)
    go(meeting, "AAAAA2")
    assert meeting.board.meeting.at == "AAAAA2"


def test_two_hosts_who_move_on_at_once_move_on_once():
    meeting = meeting_of("AAAAA2", "BBBBB2")
    go(meeting, "AAAAA2", leaving=LEAD)
    before = meeting.board.meeting
    assert refused(go(meeting, "BBBBB2", leaving=LEAD), Code.NOT_ALLOWED, "Another host")
    assert refused(go(meeting, "AAAAA2"), Code.NOT_ALLOWED, "already")
    assert meeting.board.meeting == before


def test_the_order_changes_and_the_place_of_the_meeting_does_not():
    meeting = meeting_of("AAAAA2", "BBBBB2")
    meeting.do(act.MoveQuestion(question="BBBBB2", place=1), "host")
    assert meeting.board.meeting.questions == ("BBBBB2", LEAD, "AAAAA2")
    meeting.do(act.MoveQuestion(question="BBBBB2", place=30), "host")
    assert meeting.board.meeting.questions == (LEAD, "AAAAA2", "BBBBB2")
    assert meeting.board.meeting.current == LEAD


def test_without_its_last_further_question_it_is_a_board_as_before():
    meeting = meeting_of("AAAAA2")
    assert meeting.do(act.RemoveQuestion(question="AAAAA2"), "host") == Change(meeting=True)
    assert meeting.board.meeting is None


def test_what_cannot_be_a_question():
    meeting = meeting_of("AAAAA2")
    for question, words in ((LEAD, "its own meeting"), ("AAAAA2", "already")):
        outcome = meeting.do(act.AddQuestion(question=question), "host")
        assert refused(outcome, Code.NOT_ALLOWED, words)
    for action in (
        act.GoToQuestion(question="ZZZZZ2", leaving=LEAD),
        act.MoveQuestion(question="ZZZZZ2", place=1),
        act.RemoveQuestion(question="ZZZZZ2"),
    ):
        assert refused(meeting.do(action, "host"), Code.NO_SUCH_QUESTION, "no such question")
    assert refused(meeting.do(act.RemoveQuestion(question=LEAD), "host"), Code.NOT_ALLOWED, "leads")
    go(meeting, "AAAAA2")
    outcome = meeting.do(act.RemoveQuestion(question="AAAAA2"), "host")
    assert refused(outcome, Code.NOT_ALLOWED, "Move on")
    assert meeting.board.meeting.questions == (LEAD, "AAAAA2")


def test_a_board_without_a_meeting_has_nowhere_to_go():
    for action in (
        act.GoToQuestion(question=LEAD, leaving=None),
        act.MoveQuestion(question=LEAD, place=1),
        act.RemoveQuestion(question=LEAD),
    ):
        assert refused(Meeting().do(action, "host"), Code.NO_SUCH_QUESTION, "no meeting")


def test_a_meeting_has_so_many_questions_and_no_more():
    codes = [f"A{n:05}" for n in range(1, MAX_QUESTIONS)]
    meeting = meeting_of(*codes)
    outcome = meeting.do(act.AddQuestion(question="BBBBB2"), "host")
    assert refused(outcome, Code.TOO_MANY, str(MAX_QUESTIONS))
    assert len(meeting.board.meeting.questions) == MAX_QUESTIONS


def test_a_board_joins_one_meeting_at_a_time():
    meeting = Meeting()
    assert meeting.do(act.JoinMeeting(lead="AAAAA2"), "host") == Change(roles=True)
    # Of two meetings that take it in at once, the log knows the first.
    outcome = meeting.do(act.JoinMeeting(lead="BBBBB2"), "host")
    assert refused(outcome, Code.NOT_ALLOWED, "another meeting")
    assert meeting.board.lead == "AAAAA2"
    outcome = meeting.do(act.AddQuestion(question="CCCCC2"), "host")
    assert refused(outcome, Code.NOT_ALLOWED, "itself a question")
    meeting.do(act.JoinMeeting(lead="", leaving="AAAAA2"), "host")
    assert meeting.do(act.AddQuestion(question="CCCCC2"), "host").meeting


def test_a_board_that_leads_joins_no_meeting_nor_does_one_whose_round_is_on():
    outcome = meeting_of("AAAAA2").do(act.JoinMeeting(lead="BBBBB2"), "host")
    assert refused(outcome, Code.NOT_ALLOWED, "of its own")
    assert refused(Meeting().do(act.JoinMeeting(lead=LEAD), "host"), Code.NOT_ALLOWED, "its own")
    voting = Meeting()
    voting.open()
    outcome = voting.do(act.JoinMeeting(lead="AAAAA2"), "host")
    assert refused(outcome, Code.ROUND_OPEN, "Reveal it")


def test_an_archived_board_moves_no_meeting():
    meeting = meeting_of("AAAAA2")
    meeting.do(act.Archive(on=True), "host")
    assert refused(go(meeting, "AAAAA2"), Code.NOT_ALLOWED, "archived")


def test_only_a_host_of_the_lead_acts_under_its_name():
    meeting = Meeting()
    of_lead = act.Entry(rules=act.RULES, host="AAAAA2/first", action=act.SetBoard(title="New"))
    assert refused(meeting.do(of_lead), Code.NOT_ALLOWED, "no longer a host")
    meeting.do(act.JoinMeeting(lead="AAAAA2"), "host")
    assert not isinstance(meeting.do(of_lead), Refusal)
    for host in ("BBBBB2/first", "AAAAA2", "AAAAA", "/first"):
        other = act.Entry(rules=act.RULES, host=host, action=act.SetBoard(title="Not this"))
        assert refused(meeting.do(other), Code.NOT_ALLOWED, "no longer a host")
    assert meeting.board.title == "New"


_codes = st.sampled_from(CODES)
_actions = st.one_of(
    st.builds(act.AddQuestion, question=_codes),
    st.builds(act.RemoveQuestion, question=_codes),
    st.builds(act.MoveQuestion, question=_codes, place=st.integers(1, 30)),
    st.builds(act.GoToQuestion, question=_codes | st.none(), leaving=_codes | st.none()),
    st.builds(act.JoinMeeting, lead=_codes | st.just(""), leaving=_codes | st.just("")),
)


@many
@given(st.lists(_actions, max_size=40))
def test_whatever_hosts_do_a_meeting_is_at_one_of_its_questions(actions):
    board = Meeting()
    for action in actions:
        before = (board.board.meeting, board.board.lead)
        outcome = board.do(action, "host")
        meeting, lead = board.board.meeting, board.board.lead
        if isinstance(outcome, Refusal):
            assert (meeting, lead) == before
            assert outcome.message.endswith(".")
        assert lead != LEAD
        if meeting is None:
            continue
        assert not lead
        assert 2 <= len(meeting.questions) == len(set(meeting.questions)) <= MAX_QUESTIONS
        assert LEAD in meeting.questions
        assert meeting.current in meeting.visited <= set(meeting.questions)
        if isinstance(action, act.MoveQuestion) and not isinstance(outcome, Refusal):
            place = min(action.place, len(meeting.questions))
            assert meeting.questions.index(action.question) == place - 1
    again = replayed(board.log)
    assert (again.meeting, again.lead) == (board.board.meeting, board.board.lead)
    assert list(again.history) == list(board.board.history)
