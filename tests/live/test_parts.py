import json
from types import SimpleNamespace

import pytest
from domain.happenings import Meeting, create, entry
from msgspec import Raw

from server.domain import actions as act
from server.domain.rounds import Round
from server.domain.rules import BoardSettingsChange, Names, Visibility
from server.live import messages
from server.live.messages import PeopleView, Role, Welcome, You
from server.live.parts import AnotherHistoryError, Parts, Recent
from server.live.views import Audience

VOTER, SEES = Audience(host=False, result=False), Audience(host=False, result=True)


class Hall:
    def __init__(self):
        self.meeting = Meeting()
        self.replica = SimpleNamespace(epoch="one")
        self.here = 0
        self.parts = Parts(self)

    @property
    def board(self):
        return self.meeting.board

    def people(self):
        self.here += 1
        return PeopleView(here=self.here, observing=0, lost=0, voted=0, names=None)


def names_in(rounds):
    return [each["name"] for beside in map(json.loads, rounds) for each in beside["ballots"]]


def test_a_part_is_encoded_once_a_position_and_audience():
    hall = Hall()
    hall.meeting.open("single")
    hall.meeting.vote("ann", "flask")
    first = hall.parts.of("tally", VOTER)
    assert hall.parts.of("tally", VOTER) is first
    assert b"totals" in bytes(hall.parts.of("tally", SEES))
    assert b"totals" not in bytes(first)
    hall.meeting.vote("ben", "flask")
    assert b'"voters":2' in bytes(hall.parts.of("tally", VOTER))
    # The same positions of another history are other boards.
    hall.replica.epoch, before = "two", hall.parts.of("tally", VOTER)
    assert hall.parts.of("tally", VOTER) is not before


def test_the_talk_is_encoded_anew_only_when_something_was_said():
    hall = Hall()
    hall.meeting.say("ann")
    first, _ = hall.parts.comments(VOTER)
    hall.meeting.open("single")
    assert hall.parts.comments(VOTER)[0] is first
    hall.meeting.say("ben", "c2")
    assert b'"c2"' in bytes(hall.parts.comments(VOTER)[0])


def test_rounds_that_are_over_are_written_once_and_with_the_names_of_now(monkeypatch):
    hall = Hall()
    meeting, written = hall.meeting, []
    ballot_of = Round.ballot_of
    monkeypatch.setattr(
        Round, "ballot_of", lambda each, voter: written.append(each.n) or ballot_of(each, voter)
    )
    meeting.do(act.Rename(name="Ann"), "ann")
    for _ in range(2):
        meeting.open("single", names=Names.OPEN)
        meeting.vote("ann", "flask")
        meeting.do(act.RevealRound(round=meeting.board.round.n), "host")
    assert names_in(hall.parts.rounds()) == ["Ann", "Ann"]
    meeting.say("ben")
    assert names_in(hall.parts.rounds()) == ["Ann", "Ann"]
    assert written == [1, 2]
    meeting.do(act.Rename(name="Anna"), "ann")
    assert names_in(hall.parts.rounds()) == ["Anna", "Anna"]
    meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    assert b"Anna" not in b"".join(hall.parts.rounds())
    # And what is going on is never older than the board.
    meeting.open("single", names=Names.OPEN)
    meeting.vote("ann", "flask")
    assert json.loads(list(hall.parts.rounds())[2])["tally"]["voters"] == 1


def test_another_history_with_the_same_positions_is_written_anew():
    hall = Hall()
    hall.meeting.open("single")
    list(hall.parts.rounds())
    hall.meeting, hall.replica.epoch = Meeting(create()), "two"
    hall.meeting.do(entry(act.OpenRound(method="approval"), "host"))
    assert json.loads(*hall.parts.rounds())["round"]["method"] == "approval"


def test_rounds_that_are_being_read_do_not_go_on_in_another_history():
    hall = Hall()
    for _ in range(2):
        hall.meeting.open("single")
        hall.meeting.do(act.RevealRound(round=hall.meeting.board.round.n), "host")
    rounds = hall.parts.rounds()
    assert json.loads(next(rounds))["round"]["n"] == 1
    hall.replica.epoch = "two"
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
    hall = Hall()
    for n in range(40):
        hall.meeting.say("ann", f"c{n}", text="x" * 2000)

    def welcome(seat):
        comments, older = hall.parts.comments(VOTER)
        parts = {name: hall.parts.of(name, VOTER) for name in ("board", "round", "tally")}
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
        pieces = hall.parts.frames_of(welcome(seat), VOTER)
        assert said_by(pieces) == json.loads(messages.encode(welcome(seat)))
    anns, bens = (hall.parts.frames_of(welcome(seat), VOTER) for seat in ("ann", "ben"))
    own = [len(a) for a, b in zip(anns, bens, strict=True) if a is not b]
    assert sum(map(len, anns)) > 40 * 2000
    assert sum(own) < 500


async def test_people_are_not_counted_for_each_who_comes_where_all_are_told_again():
    hall = Hall()
    first = hall.parts.people(told_again=True)
    assert hall.parts.people(told_again=True) is first
    assert hall.parts.people(told_again=False) != first


async def test_who_has_voted_is_told_by_the_rules_of_the_round_and_of_now():
    hall = Hall()
    hall.meeting.open("single")
    told = [hall.parts.people(told_again=True)]
    hall.meeting.do(act.RevealRound(round=1), "host")
    hall.meeting.open("single", visibility=Visibility.LIVE)
    told.append(hall.parts.people(told_again=True))
    hall.meeting.do(act.SetBoard(settings=BoardSettingsChange(show_names=False)), "host")
    told.append(hall.parts.people(told_again=True))
    hall.replica.epoch = "two"
    told.append(hall.parts.people(told_again=True))
    assert len({bytes(part) for part in told}) == 4
