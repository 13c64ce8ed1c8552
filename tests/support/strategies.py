"""What can happen on a board: strategies for entries and whole meetings, valid and invalid."""

import copy
import itertools
import os
import random
import zlib

from hypothesis import settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct, structs

from server.domain import actions as act
from server.domain.board import Board
from server.domain.criteria import Criterion
from server.domain.deduplication import SeenMessages
from server.domain.gates import Gate, Standing
from server.domain.invitations import Invitations
from server.domain.levels import Level
from server.domain.methods import Tally
from server.domain.methods.cells import Cells
from server.domain.methods.pairwise import Pairwise
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.proposals import Proposals
from server.domain.refusals import Refusal
from server.domain.rounds import Round
from server.domain.rules import (
    About,
    BoardSettings,
    BoardSettingsChange,
    Comments,
    Entrance,
    Names,
    Proposing,
    RoundSettings,
    TieBreak,
    Visibility,
)
from server.domain.stances import Stance, Stances
from server.domain.steps import Steps
from server.live import messages
from server.live.outcome_views import own_moved_by, own_stance, stances_view
from server.live.views import (
    Audience,
    board_view,
    comment_views,
    names_shown,
    own_proposals,
    own_sealed,
    people_view,
    proposal_views,
    round_beside,
    round_view,
    sealed_view,
    tally_view,
)
from server.security.pseudonyms import Pseudonyms

# The same examples every time, and many more where someone searches for faults.
EXAMPLES = int(os.environ.get("EXAMPLES", "0"))
settings.register_profile("same", derandomize=True, database=None, deadline=None, max_examples=60)
settings.register_profile("search", database=None, deadline=None, max_examples=EXAMPLES or 1)
many = settings(settings.get_profile("search" if EXAMPLES else "same"))

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


def entry(action, by="ann", idempotency_key=""):
    return act.Entry(rules=act.RULES, by=by, idempotency_key=idempotency_key, action=action)


class Meeting:
    """A board, its log, and a clock that advances by one second per entry."""

    def __init__(self, first=None):
        self.board = Board()
        self.log = []
        self.do(first or create())

    @property
    def now(self):
        return T0 + 1000 * len(self.log)

    def do(self, happened, by="ann", *, idempotency_key="", after=0):
        """Log an action and apply it; return the outcome."""
        if not isinstance(happened, act.Entry):
            happened = entry(happened, by, idempotency_key)
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
    """Check that nothing was done, and that the message contains the words."""
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
    """Return all that anyone could be shown of a board, for all audiences, as bytes."""
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
    """Return what else is shown of a board: tallies with names, rounds, history, proposals."""
    tallies = [
        tally_view(each, Audience(host=False, result=True), names_shown(board))
        for each in board.rounds
    ]
    proposed = [proposal_views(board), *(own_proposals(board, seat) for seat in SEATS)]
    said = [stances_view(board, host=host) for host in (False, True)]
    said += [view(board, seat) for view in (own_stance, own_moved_by) for seat in SEATS]
    return messages.encode([tallies, rounds_beside(board), list(board.history), proposed, said])


def told_of_sealed(board):
    """Return what is told of sealed comments, to everyone and to their authors."""
    return messages.encode([sealed_view(board), *(own_sealed(board, seat) for seat in SEATS)])


def rounds_beside(board):
    return [round_beside(board, each) for each in board.rounds]


DERIVED = (
    "_method",
    "_weigh",
    "_result",
    "_outliers",
    "_pivotal",
    "_verdict",
    "_before",
    "_movement",
    "_lens",
    "_finish",
)


def _is_immutable(value):
    """Whether nothing in it can change, at any depth, so that it need not be copied."""
    if isinstance(value, Struct) and not value.__struct_config__.frozen:
        return False
    try:
        hash(value)
    except TypeError:
        return False
    return isinstance(value, str | bytes | int | float | tuple | Struct | None)


def snapshot(board):
    """Copy everything that a board holds, at any depth, except its position."""

    def held(value):
        if isinstance(value, list):
            return [held(each) for each in value]
        if isinstance(value, dict):
            return {name: held(each) for name, each in value.items()}
        if _is_immutable(value):
            return value
        plain = (
            Stances
            | SeenMessages
            | Round
            | Steps
            | Tally
            | Pairwise
            | Cells
            | Invitations
            | Proposals
        )
        if isinstance(value, plain):
            # The rules of a round never change, and what is derived from the tally depends on it.
            inner = {name: each for name, each in vars(value).items() if name not in DERIVED}
            return {name: held(each) for name, each in inner.items()}
        return copy.deepcopy(value)

    return {name: held(value) for name, value in vars(board).items() if name != "seq"}


# Whole meetings. An entry is made from the digits of a single number, given the board at that
# moment, which makes drawing fast. Most entries are valid, the others nearly so.

COMMENTS = ("c1", "c2")
HOSTS = ("first", "h1", "h2")
PROPOSALS = ("p1", "p2", "p3", "p4")
PROPOSED = ("Quart", "QUART ", "Bottle", "Falcon", "Flask")
ABOUT = {"c1": "flask", "c2": "bottle"}
CRITERIA = tuple(Criterion(id=id_, name=id_.capitalize()) for id_ in ("speed", "hiring"))
GATES = (Gate(id="licence", name="Open licence", owner="Ann"), Gate(id="region", name="In the EU"))
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
    {"scores": {"flask": 1}, "no_opinion": ["flask"]},
    {"scores": {"flask": {"speed": 7}}},
    {"ranking": [["flask"], ["flask"]]},
)
_rows = ({"flask": {"speed": 5, "hiring": 1}}, {"django": {"speed": 2}, "tornado": {"hiring": 4}})
RIGHT_BALLOTS = {
    "approval": [{"approve": list(chosen)} for chosen in _chosen],
    "single": [{"choice": option} for option in OPTIONS],
    "dots": [{"dots": {a: 3, b: 2}} for a, b in itertools.permutations(OPTIONS, 2)],
    "score": [
        {"scores": {a: 5, b: 3}} | ({} if a < b else {"no_opinion": [c]})
        for a, b, c in itertools.permutations(OPTIONS)
    ],
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
        own["quorum"] = pick((UNSET, 0.0, 0.3, 1.5))
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
        sealed_talk=pick((UNSET, True)),
        stances=pick((UNSET, True)),
        experience=pick((UNSET, True)),
    )


def _board_change(pick):
    return BoardSettingsChange(
        show_names=pick((True, False)),
        host_sees_results=pick((False, True)),
        comments=pick((Comments.OPEN, Comments.OPEN, Comments.CLOSED)),
        entry=pick(tuple(Entrance)),
        proposals=pick((Proposing.OPEN, Proposing.OPEN, Proposing.CLOSED, Proposing.CRITERIA)),
    )


def _said(pick):
    said = {"comment": (id_ := pick(COMMENTS)), "option": ABOUT[id_]}
    parent = pick((None, None, *COMMENTS))
    return act.Comment(kind=pick(tuple(act.Kind)), text=pick(_texts), parent=parent, **said)


def _argued(pick):
    side = pick((None, *act.Side))
    return act.SetArgument(
        comment=pick(COMMENTS), side=side, text=pick((*_texts, "")) if side else ""
    )


def _unsaid(pick):
    id_ = pick(COMMENTS)
    sealed = pick.sealing if id_ in pick.sealed else pick((0, 0, 0, 0, 3))
    return act.DeleteComment(comment=id_, option=ABOUT[id_], sealed=sealed)


def _accepted(pick):
    id_ = pick(("bottle", "quart", "falcon"))
    return act.AcceptProposal(
        proposal=pick(PROPOSALS),
        option=pick((option(id_), option(id_), None)),
        criterion=pick((None, None, Criterion(id=id_, name=id_.capitalize()))),
        word=pick(_texts),
    )


PROPOSERS = (
    *[
        lambda pick: act.Propose(
            proposal=pick(PROPOSALS), name=pick(PROPOSED), strapline=pick(_texts)
        )
    ]
    * 4,
    *[lambda pick: act.WithdrawProposal(proposal=pick(PROPOSALS))] * 2,
    _accepted,
    lambda pick: act.MergeProposal(proposal=pick(PROPOSALS), option=pick(_ids), word=pick(_texts)),
    lambda pick: act.DeclineProposal(proposal=pick(PROPOSALS), word=pick(_texts)),
)


def _answer(pick):
    return act.AnswerGate(
        gate=pick(("licence", "region", "nothing")),
        option=pick(_ids),
        answer=pick(tuple(Standing)),
        evidence=pick(_texts),
    )


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


def _stance(pick):
    stance = pick((None, *Stance))
    return act.TakeStance(round=_round(pick), option=pick(_ids), stance=stance, reason=pick(_texts))


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
    lambda pick: act.ReopenRound(round=_round(pick)),
    lambda pick: act.ExtendRound(round=_round(pick), seconds=pick((30, 1, 90_000))),
    lambda pick: act.PauseRound(round=_round(pick), on=pick((True, False))),
    lambda pick: act.PauseRound(round=_round(pick), on=pick((True, False))),
    lambda pick: act.EditComment(comment=pick(COMMENTS), text=pick(_texts)),
    _unsaid,
    lambda pick: act.React(comment=pick(COMMENTS), emoji=pick("👍🎉"), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.PinComment(comment=pick(COMMENTS), on=pick((True, False))),
    _argued,
    lambda pick: act.Rename(name=pick((None, "Ann", "Ben", "Zoë"))),
    lambda pick: act.AddOption(option=option(pick(SPARE))),
    lambda pick: act.EditOption(option=option(pick(_ids), strapline=pick(_texts))),
    lambda pick: act.RemoveOption(option=pick(_ids)),
    *PROPOSERS,
    lambda pick: act.SetCriteria(criteria=pick((CRITERIA, CRITERIA, CRITERIA[:1]))),
    lambda pick: act.SetCriteria(criteria=pick((CRITERIA, CRITERIA, ()))),
    lambda pick: act.TakeWeights(round=_round(pick)),
    lambda _: act.OpenRound(method="dots", settings=RoundSettings(about=About.CRITERIA)),
    lambda pick: act.SetGates(gates=pick((GATES, GATES[:1], ()))),
    lambda _: act.SetGates(gates=GATES),
    *[_answer] * 3,
    lambda pick: act.SetBoard(title=pick(_texts), settings=_board_change(pick)),
    lambda pick: act.Decide(option=pick(_ids), because=pick(_texts)),
    lambda pick: act.Decide(option=FURTHER_DISCUSSION, because=pick(_texts)),
    _stance,
    _stance,
    lambda pick: act.SayExperience(
        round=_round(pick), option=pick(_ids), level=pick((None, *Level))
    ),
    lambda pick: act.MovedBy(round=_round(pick), comment=pick((None, *COMMENTS))),
    lambda pick: act.OpenPremortem(option=pick(_ids)),
    lambda _: act.RevealPremortem(),
    lambda pick: act.Defer(owner="Ann", because=pick(_texts), revisit_on="2027-06-01"),
    lambda _: act.Reopen(),
    lambda pick: act.Archive(on=pick((False, False, True))),
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


def _sealing(pick):
    settings = RoundSettings(sealed_talk=pick((True, True, UNSET)))
    return act.OpenRound(method="single", settings=settings)


_TALKERS = (
    *[_said] * 6,
    *[_unsaid] * 3,
    lambda pick: act.EditComment(comment=pick(COMMENTS), text=pick(_texts)),
    lambda pick: act.React(comment=pick(COMMENTS), emoji=pick("👍🎉"), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.HideComment(comment=pick(COMMENTS), on=pick((True, False))),
    lambda pick: act.PinComment(comment=pick(COMMENTS), on=pick((True, False))),
    *[_argued] * 3,
    lambda pick: act.EditOption(option=Option(id=pick(("flask", "django")), name=pick("AB"))),
    lambda pick: act.SetBoard(settings=_board_change(pick)),
    _sealing,
    lambda pick: act.RevealRound(round=pick.current.n if pick.current else 1),
)


class _Pick:
    """Makes choices from a number's digits, knowing the current round."""

    def __init__(self, number, board=None):
        self._number = number
        self.current = board.round if board else None
        self.sealed = board.comments.sealed if board else {}
        self.sealing = board.sealing if board else 0

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
    """Make an entry, and the pause before it in milliseconds, from a number."""
    pick = _Pick(number, board)
    by = pick((*SEATS, *SEATS, "host", ""))
    # A client's ids are its own: two seats never have the same idempotency key.
    idempotency_key = pick(("", "", *"1234567890"))
    pause = pick((0, 400, 7000))
    action = pick(_MAKERS)(pick)
    host = pick(("", "", *HOSTS))
    # The idempotency key is derived from the whole message.
    named = (
        f"{by} {idempotency_key} {zlib.crc32(act.encode(act.Entry(action=action)))}"
        if idempotency_key
        else ""
    )
    return pause, act.Entry(rules=act.RULES, by=by, host=host, idempotency_key=named, action=action)


@st.composite
def logs(draw, size=40):
    """Draw a whole log: positions, the store's times, entries."""
    # All from a single number: drawn one by one, most of them would be alike.
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
        if isinstance(happened.action, act.ByVoter) and happened.by in SEATS:
            voter = PSEUDONYMS.voter(happened.by, board.code, board.round)
            happened = structs.replace(happened, by=voter)
        log.append((seq, at, happened))
        board.apply(*log[-1])
    return log


@st.composite
def talks(draw, size=25):
    """Draw a log that consists almost entirely of actions on a few comments."""
    dice = random.Random(draw(st.integers(0, 2**64)))
    log = [(1, T0, create())]
    board = replayed(log)
    for seq in range(2, size + 2):
        pick = _Pick(dice.getrandbits(60), board)
        by, action = pick(SEATS[:2]), pick(_TALKERS)(pick)
        host = pick(("first", "", "h1"))
        named = pick(("", f"{by} {zlib.crc32(act.encode(act.Entry(action=action)))}"))
        told = act.Entry(rules=act.RULES, by=by, host=host, idempotency_key=named, action=action)
        log.append((seq, T0 + 1000 * seq, told))
        board.apply(*log[-1])
    return log


@st.composite
def suggestions(draw, size=30):
    """Draw a log that consists almost entirely of proposals, with a round now and then."""
    dice = random.Random(draw(st.integers(0, 2**64)))
    first = create(settings=BoardSettings(proposals=Proposing.OPEN))
    log = [(1, T0, first)]
    makers = (*PROPOSERS, *PROPOSERS, _between)
    for seq in range(2, size + 2):
        pick = _Pick(dice.getrandbits(60))
        by, action = pick(SEATS[:3]), pick(makers)(pick)
        host = "first" if isinstance(action, HOSTS_ANSWER) else ""
        named = pick(("", f"{by} {zlib.crc32(act.encode(act.Entry(action=action)))}"))
        told = act.Entry(rules=act.RULES, by=by, host=host, idempotency_key=named, action=action)
        log.append((seq, T0 + 1000 * seq, told))
    return log


HOSTS_ANSWER = act.AcceptProposal | act.MergeProposal | act.DeclineProposal


def _between(pick):
    made = pick((act.OpenRound(method="approval"), act.RevealRound(round=1), act.Reopen()))
    return pick((made, made, act.SetBoard(settings=_board_change(pick)), act.Rename(name="Ann")))


seats = st.sampled_from(SEATS)
