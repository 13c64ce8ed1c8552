import json
from types import SimpleNamespace

import pytest
from msgspec import Raw

from server.domain import actions as act
from server.domain.rounds import Round
from server.domain.rules import BoardSettingsChange, Names, Visibility
from server.live import messages
from server.live.messages import PeopleView, Role, Welcome, You
from server.live.views import Audience, board_view
from server.live.welcome_cache import AnotherHistoryError, Recent, WelcomeCache
from support.strategies import Meeting, create, entry

VOTER, SEES = Audience(host=False, result=False), Audience(host=False, result=True)


class StubRoom:
    def __init__(self):
        self.meeting = Meeting()
        self.replica = SimpleNamespace(epoch="one")
        self.here = 0
        self.cache = WelcomeCache(self)

    @property
    def board(self):
        return self.meeting.board

    def board_view(self):
        return board_view(self.board)

    def people(self):
        self.here += 1
        return PeopleView(here=self.here, observing=0, lost=0, voted=0, names=None)


def names_in(rounds):
    return [each["name"] for beside in map(json.loads, rounds) for each in beside["ballots"]]


def test_a_part_is_encoded_once_a_position_and_audience():
    room = StubRoom()
    room.meeting.open("single")
    room.meeting.vote("ann", "flask")
    first = room.cache.of("tally", VOTER)
    assert room.cache.of("tally", VOTER) is first
    assert b"totals" in bytes(room.cache.of("tally", SEES))
    assert b"totals" not in bytes(first)
    room.meeting.vote("ben", "flask")
    assert b'"voters":2' in bytes(room.cache.of("tally", VOTER))
    # The same positions of another history are other boards.
    room.replica.epoch, before = "two", room.cache.of("tally", VOTER)
    assert room.cache.of("tally", VOTER) is not before


def test_comments_are_encoded_again_only_when_one_was_added():
    room = StubRoom()
    room.meeting.say("ann")
    first, _ = room.cache.comments(VOTER)
    room.meeting.open("single")
    assert room.cache.comments(VOTER)[0] is first
    room.meeting.say("ben", "c2")
    assert b'"c2"' in bytes(room.cache.comments(VOTER)[0])


def test_rounds_that_are_over_are_written_once_and_with_the_names_of_now(monkeypatch):
    room = StubRoom()
    meeting, written = room.meeting, []
    ballot_of = Round.ballot_of
    monkeypatch.setattr(
        Round, "ballot_of", lambda each, voter: written.append(each.n) or ballot_of(each, voter)
    )
    meeting.do(act.Rename(name="Ann"), "ann")
    for _ in range(2):
        meeting.open("single", names=Names.OPEN)
        meeting.vote("ann", "flask")
        meeting.do(act.RevealRound(round=meeting.board.round.n), "host")
    assert names_in(room.cache.rounds()) == ["Ann", "Ann"]
    meeting.say("ben")
    assert names_in(room.cache.rounds()) == ["Ann", "Ann"]
    assert written == [1, 2]
    meeting.do(act.Rename(name="Anna"), "ann")
    assert names_in(room.cache.rounds()) == ["Anna", "Anna"]
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert b"Anna" not in b"".join(room.cache.rounds())
    # And what is going on is never older than the board.
    meeting.open("single", names=Names.OPEN)
    meeting.vote("ann", "flask")
    assert json.loads(list(room.cache.rounds())[2])["tally"]["voters"] == 1


def test_another_history_with_the_same_positions_is_written_again():
    room = StubRoom()
    room.meeting.open("single")
    list(room.cache.rounds())
    room.meeting, room.replica.epoch = Meeting(create()), "two"
    room.meeting.do(entry(act.OpenRound(method="approval"), "host"))
    assert json.loads(*room.cache.rounds())["round"]["method"] == "approval"


def test_rounds_that_are_being_read_do_not_go_on_in_another_history():
    room = StubRoom()
    for _ in range(2):
        room.meeting.open("single")
        room.meeting.do(act.RevealRound(round=room.meeting.board.round.n), "host")
    rounds = room.cache.rounds()
    assert json.loads(next(rounds))["round"]["n"] == 1
    room.replica.epoch = "two"
    with pytest.raises(AnotherHistoryError):
        next(rounds)


def test_of_what_was_encoded_the_newest_is_kept_and_no_more_than_fits():
    recent = Recent(10)
    for key, made in (("a", b"1234"), ("b", b"5678"), ("a", b"12345")):
        recent.put(key, "one", made)
    assert (recent.get("a", "one"), recent.get("a", "two")) == (b"12345", None)
    recent.put("c", "one", b"90")
    assert [recent.get(key, "one") for key in "abc"] == [b"12345", None, b"90"]
    recent.put("d", "one", b"x" * 11)
    assert [recent.get(key, "one") for key in "abcd"] == [None] * 4


def said_by(pieces):
    """What a client reads from the frames of one message."""
    data, text = b"".join(pieces), b""
    while data:
        size, head = data[1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[2:head], "big")
        final, data = data[0] & 0x80, data[head:]
        text, data = text + data[:size], data[size:]
        assert bool(final) == (not data)
    return json.loads(text)


def test_a_long_welcome_is_pieces_that_all_of_an_audience_share():
    room = StubRoom()
    for n in range(40):
        room.meeting.say("ann", f"c{n}", text="x" * 2000)

    def welcome(seat):
        comments, older = room.cache.comments(VOTER)
        parts = {name: room.cache.of(name, VOTER) for name in ("board", "round", "tally")}
        return Welcome(
            epoch="one",
            seq=1,
            now=2,
            resumed=False,
            ballot=None,
            you=You(seat=seat, name=None, role=Role.VOTER, votes=True, invite=None),
            **{"comments": comments, "people": Raw(b"null")} | parts | older,
        )

    for seat in ("ann", "ben"):
        pieces = room.cache.frames_of(welcome(seat), VOTER)
        assert said_by(pieces) == json.loads(messages.encode(welcome(seat)))
    anns, bens = (room.cache.frames_of(welcome(seat), VOTER) for seat in ("ann", "ben"))
    own = [len(a) for a, b in zip(anns, bens, strict=True) if a is not b]
    assert sum(map(len, anns)) > 40 * 2000
    assert sum(own) < 500


async def test_people_are_not_counted_for_each_who_comes_where_all_are_told_again():
    room = StubRoom()
    first = room.cache.people(told_again=True)
    assert room.cache.people(told_again=True) is first
    assert room.cache.people(told_again=False) != first


async def test_who_has_voted_is_told_by_the_rules_of_the_round_and_of_now():
    room = StubRoom()
    room.meeting.open("single")
    told = [room.cache.people(told_again=True)]
    room.meeting.do(act.RevealRound(round=1), "host")
    room.meeting.open("single", visibility=Visibility.LIVE)
    told.append(room.cache.people(told_again=True))
    room.meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    told.append(room.cache.people(told_again=True))
    room.replica.epoch = "two"
    told.append(room.cache.people(told_again=True))
    assert len({bytes(part) for part in told}) == 4
