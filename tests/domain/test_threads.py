"""The talk of a board: what it keeps as running numbers is what a look at everything finds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from server.domain import actions as act
from server.domain.threads import REPLIES, ROOM, WEIGHT, Threads
from support.strategies import SEATS, Meeting, entry, many, replayed

IDS = tuple(f"c{n}" for n in range(8))
_ids = st.sampled_from(IDS)
_on = st.booleans()
_option = st.sampled_from(("flask", "django"))


def said(comment, parent, kind, text, option):
    return act.Comment(comment=comment, option=option, kind=kind, text=text, parent=parent)


talking = st.one_of(
    st.builds(
        said,
        _ids,
        st.none() | _ids,
        st.sampled_from(act.Kind),
        st.text("ab ", max_size=5),
        _option,
    ),
    st.builds(lambda c, text: act.EditComment(comment=c, text=text), _ids, st.text("xyz")),
    st.builds(lambda c: act.DeleteComment(comment=c, option="flask"), _ids),
    st.builds(lambda c, on: act.HideComment(comment=c, on=on), _ids, _on),
    st.builds(lambda c, on: act.PinComment(comment=c, on=on), _ids, _on),
    st.builds(
        lambda c, e, on: act.React(comment=c, emoji=e, on=on), _ids, st.sampled_from("👍🤔"), _on
    ),
)


def by_its_author(action):
    """Say who does it: each comment has one author, so that what is done mostly counts."""
    return entry(action, SEATS[IDS.index(action.comment) % len(SEATS)])


talks = st.lists(talking.map(by_its_author), max_size=40)


def held(happened):
    meeting = Meeting()
    for each in happened:
        meeting.do(each)
    return meeting


@many
@given(talks)
def test_the_running_numbers_are_those_counted_from_scratch(happened):
    talk = held(happened).board.comments
    assert talk.characters == sum(len(c.text) for c in talk.values())
    assert set(talk.pinned) == {c.id for c in talk.values() if c.pinned}
    shown = [c for c in talk.values() if not c.deleted and not c.hidden]
    for option in ("flask", "django", "tornado"):
        here = [c for c in shown if c.option == option]
        counted = Counter(c.kind.value for c in here if not c.parent) | {"comments": len(here)}
        assert +Counter(talk.counts(option)) == +Counter(counted)
    assert talk.changed == max((c.seq for c in talk.values()), default=0)


@many
@given(talks, st.integers(1, 4), st.none() | _option)
def test_page_by_page_every_thread_comes_once_the_newest_first(happened, limit, option):
    talk = held(happened).board.comments
    threads, before = [], None
    while True:
        page = talk.newest(limit, before=before, option=option)
        assert len(page.comments) <= limit
        threads += page.comments
        if page.before is None:
            break
        assert len(page.comments) == limit
        before = page.before
    expected = [c for c in talk.values() if not c.parent and option in (None, c.option)]
    assert threads == sorted(expected, key=lambda c: -c.made)


@many
@given(talks, st.integers(1, 4))
def test_a_newcomer_gets_whole_threads_and_all_that_is_pinned(happened, limit):
    talk = held(happened).board.comments
    first = talk.first(limit)
    told = [c.id for c in first.comments]
    assert len(set(told)) == len(told)
    assert [c.made for c in first.comments] == sorted(c.made for c in first.comments)
    assert set(told) >= {c.id for c in talk.newest(limit).comments}
    for comment in talk.values():
        if comment.pinned or comment.parent in told:
            assert comment.id in told
        if comment.id in told and comment.parent in talk:
            assert comment.parent in told or talk[comment.parent].parent
    assert (first.before is None) == (talk.threads <= limit)


@many
@given(talks, st.integers(0, 45))
def test_what_changed_since_is_what_a_look_at_all_of_them_finds(happened, seq):
    talk = held(happened).board.comments
    changed = [c for c in talk.values() if c.seq > seq]
    assert talk.since(seq) == sorted(changed, key=lambda c: c.made)


@many
@given(talks, st.integers(1, 4))
def test_anyone_who_reads_the_log_later_pages_through_the_same_comments(happened, limit):
    meeting = Meeting()
    erased = set()
    for each in happened:
        outcome = meeting.do(each)
        erased |= set(getattr(outcome, "erased", ()))
    later = replayed([row for row in meeting.log if row[0] not in erased]).comments
    talk = meeting.board.comments

    def pages(of):
        return [
            (c.id, c.deleted, c.text)
            for c in (*of.first(limit).comments, *of.newest(limit).comments, *of.supported(limit))
        ]

    assert pages(later) == pages(talk)
    for option in ("flask", "django"):
        assert +Counter(later.counts(option)) == +Counter(talk.counts(option))


def by_replies(meeting, thread):
    """All replies of a thread by pages of three, as they are asked for."""
    talk, before, said = meeting.board.comments, None, []
    while True:
        page = talk.replies(thread, 3, before=before)
        said += page.comments
        before = page.before
        if before is None:
            return [c.id for c in said]


def test_of_a_long_thread_the_newest_replies_come_and_the_rest_by_pages():
    meeting = Meeting()
    meeting.say("ann", "t")
    replies = [f"r{n}" for n in range(REPLIES + 7)]
    for n, id_ in enumerate(replies):
        assert meeting.board.comments.comes_whole(5) == (n <= REPLIES)
        meeting.say("ben", id_, parent="t")
    talk = meeting.board.comments
    first = talk.first(5)
    assert [c.id for c in first.comments] == ["t", *replies[7:]]
    (number, before) = first.earlier["t"]
    assert number == 7
    assert [c.id for c in talk.replies("t", 50, before=before).comments] == replies[6::-1]
    assert by_replies(meeting, "t") == replies[::-1]
    assert not talk.comes_whole(5)
    # What is pinned comes all the same, and what is deleted is a thread of its own.
    meeting.do(act.PinComment(comment="r2", on=True), "host")
    first = talk.first(5)
    assert [c.id for c in first.comments] == ["t", "r2", *replies[7:]]
    assert first.earlier["t"].number == 6
    for id_ in replies[:7]:
        meeting.do(act.DeleteComment(comment=id_, option="flask"), "ben")
    assert talk.first(50).earlier == {}
    assert talk.comes_whole(50)


def test_what_comes_with_threads_has_a_weight_however_many_there_are():
    meeting = Meeting()
    threads = [f"t{n}" for n in range(30)]
    for thread in threads:
        meeting.say("ann", thread)
        for n in range(REPLIES):
            meeting.say("ben", f"{thread}-{n}", parent=thread, text="x" * 2000)
    talk = meeting.board.comments
    comments, before, earlier = talk.first(50)
    assert before is None
    replies = [c for c in comments if c.parent]
    assert sum(len(c.text) for c in replies) <= ROOM
    assert len(replies) + sum(each.number for each in earlier.values()) == 30 * REPLIES
    assert {c.id for c in comments if not c.parent} == set(threads)
    assert "t29" not in earlier
    assert not talk.comes_whole(50)
    newest = talk.replies("t0", 1).comments[0]
    assert earlier["t0"] == (REPLIES, newest.made + 1)


def test_what_changed_is_weighed_without_a_look_at_all_of_it():
    meeting = Meeting()
    for n in range(10):
        meeting.say("ann", f"c{n}", text="x" * 100)
    talk = meeting.board.comments
    assert talk.outweighs(10 * (100 + WEIGHT) - 1, since=0)
    assert not talk.outweighs(10 * (100 + WEIGHT), since=0)
    assert not talk.outweighs(0, since=meeting.board.seq)


def test_support_comes_first_and_doubt_does_not_help():
    meeting = Meeting()
    for id_ in ("c1", "c2", "c3", "c4"):
        meeting.say("ann", id_, option="django" if id_ == "c4" else "flask")
    for seat in ("ben", "cleo"):
        meeting.do(act.React(comment="c2", emoji="👍", on=True), seat)
        meeting.do(act.React(comment="c3", emoji="🤔", on=True), seat)
    meeting.do(act.React(comment="c1", emoji="❤️", on=True), "ben")
    talk = meeting.board.comments
    assert [c.id for c in talk.supported(9)] == ["c2", "c1", "c4", "c3"]
    assert [c.id for c in talk.supported(2, option="flask")] == ["c2", "c1"]


def test_a_pinned_reply_brings_its_thread():
    meeting = Meeting()
    for id_ in ("c1", "c2", "c3"):
        meeting.say("ann", id_)
    meeting.say("ben", "r1", parent="c1")
    meeting.do(act.PinComment(comment="r1", on=True), "host")
    first = meeting.board.comments.first(1)
    assert [c.id for c in first.comments] == ["c1", "c3", "r1"]


def test_nothing_was_said_yet():
    talk = Threads()
    assert talk.changed == talk.characters == talk.threads == len(talk) == 0
    assert talk.newest(5) == talk.replies("c1", 5) == ([], None)
    assert talk.first(5) == ([], None, {})
    assert talk.comes_whole(5)
