import pytest

from server.domain import actions as act
from server.domain import board as board_module
from server.domain.changes import Change
from server.domain.comments import MAX_EMOJI
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettingsChange, Comments
from support.strategies import T0, Meeting, entry, refused, replayed


@pytest.fixture
def meeting():
    return Meeting()


def test_a_comment_is_said_changed_answered_and_deleted(meeting):
    meeting.do(act.Rename(name="Ann"), "ann")
    assert meeting.say("ann").comments == ("c1",)
    meeting.do(act.EditComment(comment="c1", text="It is quick."), "ann")
    meeting.say("ben", "c2", "Is it?", parent="c1")
    said = meeting.board.comments["c1"]
    assert (said.text, said.name, said.edited_at) == ("It is quick.", "Ann", meeting.log[-2][1])
    change = meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    assert change == Change(comments=("c1",), erased=(3, 4))
    assert (said.text, said.name, said.deleted) == ("", None, True)


def test_only_its_author_changes_or_deletes_a_comment(meeting):
    meeting.say("ann")
    for action in (
        act.EditComment(comment="c1", text="No!"),
        act.DeleteComment(comment="c1", option="flask"),
        act.Comment(comment="c1", option="flask", kind=act.Kind.CON, text="No!"),
    ):
        refused(meeting.do(action, "ben"), Code.NOT_ALLOWED, "Only its author")
    assert meeting.board.comments["c1"].text == "It is fast."


def test_what_was_deleted_or_never_said_is_not_there(meeting):
    meeting.say("ann")
    meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    for id_ in ("c1", "c9"):
        for action in (
            act.EditComment(comment=id_, text="x"),
            act.React(comment=id_, emoji="👍", on=True),
            act.HideComment(comment=id_, on=True),
            act.PinComment(comment=id_, on=True),
        ):
            refused(meeting.do(action), Code.NO_SUCH_COMMENT, "does not exist, or was deleted")
    again = meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    refused(again, Code.NO_SUCH_COMMENT, "was deleted")


def test_a_comment_said_twice_stands_once_and_all_its_copies_are_erased(meeting):
    meeting.say("ann")
    assert meeting.say("ann") == Change()
    said = act.Comment(comment="c2", option="flask", kind=act.Kind.PRO, text="Lost and resent.")
    meeting.do(said, "ann", idempotency_key="m")
    assert meeting.do(said, "ann", idempotency_key="m").duplicate_of == 4
    assert meeting.board.comments["c1"].text == "It is fast."
    assert meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann").erased == (2, 3)
    assert meeting.do(act.DeleteComment(comment="c2", option="flask"), "ann").erased == (4, 5)
    assert meeting.do(said, "ann", idempotency_key="m").erased == (8,)
    assert meeting.say("ann").erased == (9,)
    assert meeting.board.comments["c1"].deleted


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Other words."},
        {"kind": act.Kind.CON},
        {"option": "django"},
        {"parent": "c0"},
    ],
)
def test_another_comment_with_a_known_id_is_refused_and_goes_with_the_first(meeting, other):
    meeting.say("ann", "c0")
    meeting.say("ann")
    refused(meeting.say("ann", **other), Code.NOT_ALLOWED, "another comment with this id")
    refused(meeting.say("ben", **other), Code.NOT_ALLOWED, "Another comment has this id")
    assert meeting.board.comments["c1"].text == "It is fast."
    # Where the first one is erased, a reader would otherwise take one of these for it.
    gone = meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    assert gone.erased == (3, 4, 5)


def test_an_id_is_not_used_again_when_its_comment_was_deleted(meeting):
    said = act.Comment(comment="c1", option="flask", kind=act.Kind.PRO, text="Fast.")
    meeting.do(said, "ann", idempotency_key="m")
    name = meeting.board.comments["c1"].idempotency_key
    deleted = act.DeleteComment(comment="c1", option="flask", said=name)
    (erased,) = meeting.do(deleted, "ann", idempotency_key="d").erased
    for board in (meeting.board, replayed(meeting.log[: erased - 1] + meeting.log[erased:])):
        with pytest.raises(Refused, match=r"was deleted\. Use a new id") as caught:
            board.check(T0, entry(said, "ann", idempotency_key="another message"))
        assert caught.value.code is Code.NO_SUCH_COMMENT
        # The same message is known as a repeat, also by those who never read its text.
        assert isinstance(board.answer_to("m"), int)
        board.check(T0, entry(said, "ann", idempotency_key="m"))


def test_a_deletion_read_without_what_it_deleted_leaves_its_place(meeting):
    outcome = meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    assert outcome == Change(comments=("c1",))
    refused(meeting.say("ben"), Code.NOT_ALLOWED, "Only its author")
    assert meeting.say("ann").comments == ()


def test_the_parent_is_asked_for_beforehand_only(meeting):
    meeting.say("ann")
    meeting.say("ben", "c2", "Why?", parent="c1")
    said = {"option": "flask", "kind": act.Kind.NOTE, "text": "x"}
    for id_, parent, more, code in (
        ("c3", "c2", {}, Code.NOT_ALLOWED),
        ("c4", "c9", {}, Code.NO_SUCH_COMMENT),
        ("c5", "c1", {"option": "django"}, Code.NOT_ALLOWED),
    ):
        reply = entry(act.Comment(comment=id_, parent=parent, **said | more), "dan")
        with pytest.raises(Refused) as caught:
            meeting.board.check(meeting.now, reply)
        assert caught.value.code is code
        assert isinstance(meeting.do(reply), Change)


def test_while_the_host_has_closed_comments_they_can_only_be_deleted(meeting):
    meeting.say("ann")
    meeting.do(act.SetBoard(settings=BoardSettingsChange(comments=Comments.CLOSED)), "host")
    refused(meeting.say("ben", "c2"), Code.NOT_ALLOWED, "closed comments")
    edit = act.EditComment(comment="c1", text="x")
    refused(meeting.do(edit, "ann"), Code.NOT_ALLOWED, "closed comments")
    react = act.React(comment="c1", emoji="👍", on=True)
    refused(meeting.do(react, "ben"), Code.NOT_ALLOWED, "closed comments")
    assert meeting.do(act.DeleteComment(comment="c1", option="flask"), "ann").erased


def test_reactions_count_each_seat_once(meeting):
    meeting.say("ann")
    for seat in ("ben", "ben", "cleo"):
        meeting.do(act.React(comment="c1", emoji="👍", on=True), seat)
    assert meeting.board.comments["c1"].reactions == {"👍": {"ben", "cleo"}}
    for seat in ("ben", "cleo", "dan"):
        meeting.do(act.React(comment="c1", emoji="👍", on=False), seat)
    assert meeting.board.comments["c1"].reactions == {}
    assert meeting.do(act.React(comment="c1", emoji="🎉", on=False), "dan").comments == ("c1",)


def test_a_comment_bears_a_dozen_kinds_of_reactions(meeting):
    meeting.say("ann")
    for n in range(MAX_EMOJI):
        meeting.do(act.React(comment="c1", emoji=chr(0x1F600 + n), on=True), "ben")
    more = act.React(comment="c1", emoji="👍", on=True)
    refused(meeting.do(more, "ben"), Code.TOO_MANY, "at most 12 different reactions")
    known = act.React(comment="c1", emoji=chr(0x1F600), on=True)
    assert isinstance(meeting.do(known, "cleo"), Change)


def test_a_board_holds_so_many_comments(meeting, monkeypatch):
    def asked(comment, text="x"):
        said = act.Comment(comment=comment, option="flask", kind=act.Kind.PRO, text=text)
        try:
            meeting.board.check(T0, act.Entry(by="ann", action=said))
        except Refused as no:
            return no.refusal
        return None

    meeting.say("ann")
    monkeypatch.setattr(board_module, "MAX_TALK", 20)
    refused(asked("c2", "x" * 30), Code.TOO_MANY, "at most 20 characters")
    assert asked("c2") is None
    monkeypatch.setattr(board_module, "MAX_COMMENTS", 1)
    refused(asked("c2"), Code.TOO_MANY, "at most 1 comments")
    # What is said once more is no further one; and the log counts what it holds.
    assert asked("c1", "It is fast.") is None
    assert isinstance(meeting.say("ann", "c2"), Change)


def test_a_comment_grows_and_changes_so_much_and_no_more(meeting, monkeypatch):
    def asked(text):
        edit = act.EditComment(comment="c1", text=text)
        meeting.board.check(T0, entry(edit, "ann"))

    meeting.say("ann", text="x" * 10)
    monkeypatch.setattr(board_module, "MAX_TALK", 10)
    asked("y" * 10)
    with pytest.raises(Refused, match="at most 10 characters"):
        asked("y" * 11)
    monkeypatch.setattr(board_module, "MAX_TALK", 5)
    asked("shorter")
    monkeypatch.setattr(board_module, "MAX_CHANGES", 2)
    for text in ("one", "two"):
        asked(text)
        meeting.do(act.EditComment(comment="c1", text=text), "ann")
    with pytest.raises(Refused, match="changed at most 2 times"):
        asked("three")


def test_the_host_hides_and_pins(meeting):
    meeting.say("ann", text="rude words")
    for action in (act.HideComment, act.PinComment):
        assert meeting.do(action(comment="c1", on=True), "host").comments == ("c1",)
    said = meeting.board.comments["c1"]
    assert said.hidden
    assert said.pinned
    meeting.do(act.HideComment(comment="c1", on=False), "host")
    assert not said.hidden


# People and the outcome
