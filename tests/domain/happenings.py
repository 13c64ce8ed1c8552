"""What can happen on a board: strategies for single entries and whole meetings, right and wrong."""

import copy
import itertools
import random
import zlib

from hypothesis import strategies as st
from msgspec import structs

from server.domain import actions as act
from server.domain.answers import Answers
from server.domain.board import Board
from server.domain.criteria import Criterion
from server.domain.invitations import Invitations
from server.domain.methods import Tally
from server.domain.methods.cells import Cells
from server.domain.methods.pairwise import Pairwise
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.refusals import Refusal
from server.domain.rounds import Round
from server.domain.rules import (
    BoardSettingsChange,
    Comments,
    Entrance,
    Names,
    RoundSettings,
    TieBreak,
    Visibility,
)
from server.live import messages
from server.live.pseudonyms import Pseudonyms
from server.live.views import (
    Audience,
    board_view,
    comment_views,
    names_shown,
    people_view,
    round_beside,
    round_view,
    tally_view,
)

T0 = 1_790_000_000_000
SEATS = ("ann", "ben", "cleo", "dan")
OPTIONS = ("django", "flask", "tornado")
SPARE = ("bottle", "quart")
PSEUDONYMS = Pseudonyms(b"a key of this test, and no other!")
AUDIENCES = [
    Audience(host=host, result=result) for host in (False, True) for result in (False, True)
]


def option(id_, **more):
    return Option(id=id_, name=id_.capitalize(), **more)


def create(options=OPTIONS, **more):
    board = {"code": "K7QF2M", "title": "Which one?", "host": "0" * 64} | more
    return act.Entry(action=act.Create(options=tuple(map(option, options)), **board))


def entry(action, by="ann", once=""):
    return act.Entry(rules=act.RULES, by=by, once=once, action=action)


class Meeting:
    """A board, its log, and a clock that goes a second an entry."""

    def __init__(self, first=None):
        self.board = Board()
        self.log = []
        self.do(first or create())

    @property
    def now(self):
        return T0 + 1000 * len(self.log)

    def do(self, happened, by="ann", *, once="", after=0):
        """Put an action into the log and apply it; give what came of it."""
        if not isinstance(happened, act.Entry):
            happened = entry(happened, by, once)
        at = self.now + after
        self.log.append((len(self.log) + 1, at, happened))
        return self.board.apply(*self.log[-1])

    def open(self, method="approval", *, options=None, **settings):
        return self.do(
            act.OpenRound(method=method, settings=RoundSettings(**settings), options=options),
            "host",
        )

    def vote(self, by, *ids):
        current = self.board.round
        ballot = {"choice": ids[0]} if current.method == "single" else {"approve": list(ids)}
        return self.cast(by, ballot)

    def cast(self, by, ballot):
        return self.do(act.Vote(round=self.board.round.n, ballot=ballot), by)

    def say(self, by, comment="c1", text="It is fast.", **more):
        said = {"comment": comment, "option": "flask", "kind": act.Kind.PRO, "text": text} | more
        return self.do(act.Comment(**said), by)


def refused(outcome, code, words):
    """Check that nothing was done, and that the reason is told in so many words."""
    assert isinstance(outcome, Refusal), outcome
    assert outcome.code is code
    assert words in outcome.message
    assert outcome.message.endswith(".")
    return True


def replayed(log):
    board = Board()
    for seq, at, happened in log:
        board.apply(seq, at, happened)
    return board


def visible(board, here=SEATS):
    """Give all that anybody could be shown of a board, by audience, as bytes."""
    shown = [
        board_view(board),
        *map(round_view, board.rounds),
        people_view(board, set(here), PSEUDONYMS),
    ]
    for audience in AUDIENCES:
        shown += [tally_view(each, audience) for each in board.rounds]
        shown.append(comment_views(board, audience))
    return messages.encode(shown)


def told(board):
    """Give what is shown of a board beside that: with names, all rounds, what hosts did."""
    tallies = [
        tally_view(each, Audience(host=False, result=True), names_shown(board))
        for each in board.rounds
    ]
    return messages.encode([tallies, rounds_beside(board), list(board.history)])


def rounds_beside(board):
    return [round_beside(board, each) for each in board.rounds]


DERIVED = ("_method", "_weigh", "_result", "_outliers")


def snapshot(board):
    """Copy everything that a board holds, however deep, but its position."""

    def held(value):
        if isinstance(value, list):
            return [held(each) for each in value]
        if isinstance(value, Answers | Round | Tally | Pairwise | Cells | Invitations):
            # The rules of a round never change, and what is made of the tally goes by it.
            inner = {name: each for name, each in vars(value).items() if name not in DERIVED}
            return {name: held(each) for name, each in inner.items()}
        return copy.deepcopy(value)

    return {name: held(value) for name, value in vars(board).items() if name != "seq"}


# Whole meetings. An entry is made of one number, digit by digit, and of the board as it is by
# then: that draws fast. Most of what comes out is right, the rest is nearly right.

COMMENTS = ("c1", "c2")
HOSTS = ("first", "h1", "h2")
ABOUT = {"c1": "flask", "c2": "bottle"}
CRITERIA = tuple(Criterion(id=id_, name=id_.capitalize()) for id_ in ("speed", "hiring"))
_METHODS = ("approval", "single", "approval", "dots", "score", "ranked", "matrix", "single")
_ids = (*OPTIONS, *OPTIONS, *SPARE, "nothing")
_texts = ("Fast", "Slow", "Ünï <b>&", "")
_chosen = tuple(c for n in range(4) for c in itertools.combinations(OPTIONS, n))
_odd_ballots = (
    {},
    {"approve": None},
    {"choice": []},
    {"choice": "flask", "x": 1},
    {"approve": ["?"]},
    {"dots": {"flask": 6}},
    {"scores": {"flask": True}},
    {"scores": {"flask": {"speed": 7}}},
    {"ranking": [["flask"], ["flask"]]},
)
_rows = ({"flask": {"speed": 5, "hiring": 1}}, {"django": {"speed": 2}, "tornado": {"hiring": 4}})
RIGHT_BALLOTS = {
    "approval": [{"approve": list(chosen)} for chosen in _chosen],
    "single": [{"choice": option} for option in OPTIONS],
    "dots": [{"dots": {a: 3, b: 2}} for a, b in itertools.permutations(OPTIONS, 2)],
    "score": [{"scores": {a: 5, b: 3}} for a, b in itertools.permutations(OPTIONS, 2)],
    "ranked": [{"ranking": [[a], [b]]} for a, b in itertools.permutations(OPTIONS, 2)],
    "matrix": [{"scores": row} for row in _rows],
}


def _ballot(pick):
    if pick(8) == 7:
        return pick(_odd_ballots)
    method = pick.current.method if pick.current and pick(8) < 7 else pick(_METHODS)
    return pick(RIGHT_BALLOTS[method])


def _round(pick):
    n = pick.current.n if pick.current else 1
    return pick((*[n] * 12, n + 1, n - 1, 99))


def _settings(pick, method):
    own = {}
    if method == "matrix":
        own["criteria"] = pick((CRITERIA, CRITERIA, ()))
    if method == pick(("dots", "dots", "dots", "single")):
        own["dots"] = pick((5, 5, 8, 0))
    return RoundSettings(
        **own,
        tie_break=pick(tuple(TieBreak)),
        shuffle=pick((True, False)),
        visibility=pick(tuple(Visibility)),
        names=pick(tuple(Names)),
        seconds=pick((None, None, 30, 5, 1)),
        further_discussion=pick((False, True)),
    )


def _board_change(pick):
    return BoardSettingsChange(
        show_names=pick((True, False)),
        host_sees_results=pick((False, True)),
        comments=pick((Comments.OPEN, Comments.OPEN, Comments.CLOSED)),
        entry=pick(tuple(Entrance)),
    )


def _said(pick):
    said = {"comment": (id_ := pick(COMMENTS)), "option": ABOUT[id_]}
    parent = pick((None, None, *COMMENTS))
    return act.Comment(kind=pick(tuple(act.Kind)), text=pick(_texts), parent=parent, **said)


def _unsaid(pick):
    id_ = pick(COMMENTS)
    return act.DeleteComment(comment=id_, option=ABOUT[id_])


def _vote(pick):
    return act.Vote(round=_round(pick), ballot=_ballot(pick))


def _opening(pick):
    method = pick((*_METHODS, "lottery"))
    chosen = pick((None, None, *_chosen, ("flask", "flask"), ("flask", "nothing")))
    settings = _settings(pick, method)
    drawn = ()
    if settings.tie_break is TieBreak.LOT:
        drawn = chosen or pick((OPTIONS, OPTIONS[::-1]))
        drawn += (FURTHER_DISCUSSION,) * settings.further_discussion
    return act.OpenRound(method=method, settings=settings, options=chosen, drawn=drawn)


_invites = ("b1-1", "b1-1", "b1-2", "b2-1")
_MAKERS = (
    *[_vote] * 16,
    _said,
    _said,
    _opening,
    _opening,
    lambda pick: act.Withdraw(round=_round(pick)),
    lambda pick: act.LockRound(round=_round(pick)),
    lambda pick: act.RevealRound(round=_round(pick)),
    lambda pick: act.ExtendRound(round=_round(pick), seconds=pick((30, 1, 90_000))),
    lambda pick: act.PauseRound(round=_round(pick), on=pick((True, False))),
    lambda pick: act.PauseRound(round=_round(pick), on=pick((True, False))),
    lambda pick: act.EditComment(comment=pick(COMMENTS), text=pick(_texts)),
    _unsaid,
    lambda pick: act.React(comment=pick(COMMENTS), emoji=pick("👍🎉"), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.PinComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.Rename(name=pick((None, "Ann", "Ben", "Zoë"))),
    lambda pick: act.AddOption(option=option(pick(SPARE))),
    lambda pick: act.EditOption(option=option(pick(_ids), strapline=pick(_texts))),
    lambda pick: act.RemoveOption(option=pick(_ids)),
    lambda pick: act.SetBoard(title=pick(_texts), settings=_board_change(pick)),
    lambda pick: act.Decide(option=pick(_ids), because=pick(_texts)),
    lambda _: act.Reopen(),
    lambda pick: act.Admit(seats=(pick(SEATS), pick(SEATS))),
    lambda pick: act.Observe(on=pick((True, False))),
    lambda pick: act.AddHost(host=pick(HOSTS), name=pick(("Maria", "Li")), key=pick("12") * 64),
    lambda pick: act.RemoveHost(host=pick(HOSTS)),
    lambda pick: act.MakeInvites(batch=pick(("b1", "b2")), count=pick((1, 2, 1500))),
    lambda pick: act.ClaimInvite(invite=pick(_invites), renewal=pick((0, 0, 1))),
    lambda pick: act.ClaimInvite(invite=pick(_invites), renewal=pick((0, 0, 1))),
    lambda pick: act.OfferSeat(offer=pick(("o1", "o2"))),
    lambda pick: act.MoveSeat(offer=pick(("o1", "o2"))),
    lambda pick: act.RenewInvite(
        invite=pick(_invites), round=pick((_round(pick), 0)), voters=pick(((), SEATS[:1], SEATS))
    ),
    lambda pick: act.RevokeInvite(invite=pick(("b1-1", "b1-2", "b2-1", "b1-01", "no"))),
    lambda _: create().action,
)


_TALKERS = (
    *[_said] * 6,
    *[_unsaid] * 3,
    lambda pick: act.EditComment(comment=pick(COMMENTS), text=pick(_texts)),
    lambda pick: act.React(comment=pick(COMMENTS), emoji=pick("👍🎉"), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.PinComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.EditOption(option=Option(id=pick(("flask", "django")), name=pick("AB"))),
    lambda pick: act.SetBoard(settings=_board_change(pick)),
)


class _Pick:
    """Makes choices of a number's digits, with an eye on the round that is on."""

    def __init__(self, number, board=None):
        self._number = number
        self.current = board.round if board else None

    def __call__(self, among):
        choices = range(among) if isinstance(among, int) else among
        self._number, digit = divmod(self._number, len(choices))
        return choices[digit]


def first_round_of(number):
    pick = _Pick(number)
    method = pick(_METHODS)
    settings = _settings(pick, method)
    drawn = (*OPTIONS, *(FURTHER_DISCUSSION,) * settings.further_discussion)
    return entry(act.OpenRound(method=method, settings=settings, drawn=drawn), "host")


def entry_of(number, board=None):
    """Make an entry, and the pause before it in milliseconds, of a number."""
    pick = _Pick(number, board)
    by = pick((*SEATS, *SEATS, "host", ""))
    # A client's ids are its own: what `once` is made from never meets between two seats.
    once = pick(("", "", *"1234567890"))
    pause = pick((0, 400, 7000))
    action = pick(_MAKERS)(pick)
    host = pick(("", "", *HOSTS))
    # The name of a message is made from all of it.
    named = f"{by} {once} {zlib.crc32(act.encode(act.Entry(action=action)))}" if once else ""
    return pause, act.Entry(rules=act.RULES, by=by, host=host, once=named, action=action)


@st.composite
def logs(draw, size=40):
    """Draw a whole log: positions, the store's times, entries."""
    # All from one number: drawn one by one, most of them would be alike.
    dice = random.Random(draw(st.integers(0, 2**64)))
    numbers = [dice.getrandbits(60) for _ in range(dice.randint(size // 2, size))]
    at, log, board = T0, [(1, T0, create())], Board()
    while board.round is None:
        # Nothing can happen in a round that was refused.
        log[1:] = [(2, T0, first_round_of(dice.getrandbits(60)))]
        board = replayed(log)
    for seq, number in enumerate(numbers, 3):
        pause, happened = entry_of(number, board)
        at += pause
        if isinstance(happened.action, act.Vote | act.Withdraw) and happened.by in SEATS:
            voter = PSEUDONYMS.voter(happened.by, board.code, board.round)
            happened = structs.replace(happened, by=voter)
        log.append((seq, at, happened))
        board.apply(*log[-1])
    return log


@st.composite
def talks(draw, size=25):
    """Draw a log of which nearly all is talk, about few comments: most of it meets."""
    dice = random.Random(draw(st.integers(0, 2**64)))
    log = [(1, T0, create())]
    for seq in range(2, size + 2):
        pick = _Pick(dice.getrandbits(60))
        by, action = pick(SEATS[:2]), pick(_TALKERS)(pick)
        host = pick(("first", "", "h1"))
        named = pick(("", f"{by} {zlib.crc32(act.encode(act.Entry(action=action)))}"))
        told = act.Entry(rules=act.RULES, by=by, host=host, once=named, action=action)
        log.append((seq, T0 + 1000 * seq, told))
    return log


seats = st.sampled_from(SEATS)
