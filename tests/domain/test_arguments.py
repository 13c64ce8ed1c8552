"""What hosts choose for the record, for and against each option."""

import pytest

from server.domain import actions as act
from server.domain.actions import Kind, Side
from server.domain.comments import MAX_ARGUMENTS, MAX_CHANGES
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.domain.rules import BoardSettingsChange
from server.exports.markdown import as_markdown
from support.decisions import meeting
from support.strategies import entry, refused, replayed, told, visible


def choose(made, comment="c1", side=Side.PRO, text=""):
    return made.do(act.SetArgument(comment=comment, side=side, text=text), "host")


def talked():
    made = meeting()
    made.say("ann", "c1", "It is small.")
    made.say("ben", "c2", "It is old.", kind=Kind.CON)
    made.say("cleo", "c3", "Many know it.")
    made.say("dan", "c4", "Who maintains it?", kind=Kind.QUESTION)
    made.say("ann", "c5", "We would.", kind=Kind.NOTE, parent="c4")
    return made


def sides(made):
    flask = next(o for o in record_of(made.board).options if o.id == "flask")
    return [a.text for a in flask.pros], [a.text for a in flask.cons]


def test_a_side_has_what_was_chosen_or_else_what_has_the_most_support():
    made = talked()
    assert sides(made) == (["It is small.", "Many know it."], ["It is old."])
    choose(made, "c3")
    assert sides(made) == (["Many know it."], ["It is old."])
    choose(made, "c5")
    choose(made, "c4", Side.CON)
    assert sides(made) == (["Many know it.", "We would."], ["Who maintains it?"])
    for comment in ("c3", "c4", "c5"):
        choose(made, comment, None)
    assert sides(made) == (["It is small.", "Many know it."], ["It is old."])
    # What was chosen for one side does not stand on the other by itself.
    choose(made, "c2", Side.PRO)
    assert sides(made) == (["It is old."], [])
    assert replayed(made.log).comments["c2"].side is Side.PRO


def test_words_of_the_host_quote_no_one():
    made = talked()
    made.do(act.React(comment="c1", emoji="👍", on=True), "ben")
    choose(made, text="A small core.")
    choose(made, "c3")
    record = record_of(made.board)
    known, small = next(o for o in record.options if o.id == "flask").pros[::-1]
    assert (small.text, small.name, small.support, small.reworded) == (
        "A small core.",
        None,
        0,
        True,
    )
    assert (known.name, known.reworded) == ("Cleopatra", False)
    assert made.board.comments["c1"].text == "It is small."
    text = as_markdown(record, link="x", day="2027-06-01")
    assert "* Good, because A small core.\n" in text
    assert "* Good, because Many know it. (Cleopatra)\n" in text
    made.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert "Cleopatra" not in as_markdown(record_of(made.board), link="x", day="2027-06-01")


def test_what_is_quoted_follows_its_author_and_what_is_worded_does_not():
    made = talked()
    choose(made, "c1")
    choose(made, "c3", text="It is known.")
    for comment, by in (("c1", "ann"), ("c3", "cleo")):
        made.do(act.EditComment(comment=comment, text="Tiny."), by)
    assert sides(made)[0] == ["Tiny.", "It is known."]


def test_a_hidden_comment_is_not_in_the_record():
    made = talked()
    choose(made, "c1", text="A small core.")
    made.do(act.HideComment(comment="c1", on=True), "host")
    assert sides(made)[0] == ["Many know it."]
    assert refused(choose(made), Code.NOT_ALLOWED, "This comment is hidden")
    made.do(act.HideComment(comment="c1", on=False), "host")
    assert sides(made)[0] == ["A small core."]


def test_words_of_the_host_are_erased_with_the_comment():
    made = talked()
    before = len(made.log)
    choose(made, text="A small core.")
    choose(made, text="A small kernel.")
    choose(made, side=Side.CON)
    gone = made.do(act.DeleteComment(comment="c1", option="flask"), "ann")
    assert {before + 1, before + 2} <= set(gone.erased)
    assert sides(made) == (["Many know it."], ["It is old."])
    later = replayed([each for each in made.log if each[0] not in gone.erased])
    assert (visible(later), told(later)) == (visible(made.board), told(made.board))
    assert [event.what for event in later.history][-1] == (
        "put a comment on Flask into the record as a point against"
    )
    assert refused(choose(made), Code.NO_SUCH_COMMENT, "does not exist")


def test_limits_are_checked_before_an_entry_is_logged():
    made = meeting()
    for n in range(MAX_ARGUMENTS + 1):
        made.say("ann", f"c{n}", f"Point {n}.")
    for n in range(MAX_ARGUMENTS):
        choose(made, f"c{n}")
    one_more = entry(act.SetArgument(comment=f"c{MAX_ARGUMENTS}", side=Side.PRO), "host")
    with pytest.raises(Refused, match="at most 10 points on each side"):
        made.board.check(made.now, one_more)
    # Those that are chosen can be worded, and the other side has room.
    made.board.check(
        made.now, entry(act.SetArgument(comment="c0", side=Side.PRO, text="x"), "host")
    )
    made.board.check(made.now, entry(act.SetArgument(comment="c0", side=Side.CON), "host"))
    for _ in range(MAX_CHANGES):
        choose(made, "c0", text="Again.")
    again = entry(act.SetArgument(comment="c0", side=Side.PRO, text="x"), "host")
    with pytest.raises(Refused, match="changed at most"):
        made.board.check(made.now, again)
