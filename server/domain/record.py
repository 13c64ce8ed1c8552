"""The record of a decision: what a board decided and why, for those who were not there.

A record is made of a board and nothing else. What is hidden or secret is not in it: nothing of a
round that is not revealed, no hidden or deleted comment, no name where the board or the round hides
names. Ballots of a secret round come in an order that depends only on what they say.

`docs/record.md` describes it as JSON. A new field needs a default; a field that changes its meaning
needs a new `VERSION`.
"""

import hashlib
from collections.abc import Generator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, Struct, structs

from server.domain.actions import Kind, Side
from server.domain.comments import Comment
from server.domain.criteria import Criterion
from server.domain.decision import Consequence, Deferral, Prediction, brier_score
from server.domain.experience import Lens, told_groups
from server.domain.gates import Gate, Standing, failed
from server.domain.insights import insights
from server.domain.methods import Result
from server.domain.methods.base import finished
from server.domain.movement import Movement
from server.domain.options import FURTHER_DISCUSSION, Option
from server.domain.refusals import Code, Refused
from server.domain.risks import Risk, asked_round, risks_of, subject
from server.domain.rounds import Round, State
from server.domain.rules import About, Names, RoundSettings
from server.domain.stances import Stance
from server.domain.state import BoardState
from server.domain.verdict.verdict import Verdict
from server.words.catalogue import listed, words

VERSION = 1
REMARKS = 5
"""The most arguments of each kind that an option keeps: those with the most support."""
_PROS = frozenset((Kind.PRO,))
_CONS = frozenset((Kind.CON, Kind.RISK))
_DISSENT = frozenset(("split", "outlier"))
"""Insights that tell who does not agree."""


class Status(StrEnum):
    UNDECIDED = "undecided"
    DECIDED = "decided"
    DEFERRED = "deferred"


class Decided(Struct, frozen=True, kw_only=True, tag="decided"):
    """The outcome of a board that chose an option. `at` is milliseconds since 1970."""

    option: str
    name: str
    because: str
    at: int
    revisit_on: str | None = None
    """The date on which to look at it again, as 2027-06-01."""
    without_vote: bool = False
    """Whether no one had voted on the board."""
    consequences: tuple[Consequence, ...] = ()
    confirmation: str = ""
    """How it will be seen whether it was right; empty if that is not said."""
    predictions: tuple[Prediction, ...] = ()
    brier: float | None = None
    """The Brier score of the predictions that were scored, from 0 to 1; None if none was."""


Outcome = Decided
"""What a meeting can come to; `type` tells which."""


class Argument(Struct, frozen=True, kw_only=True):
    """One comment for or against an option."""

    kind: Kind
    text: str
    support: int
    """The number of supporting reactions."""
    name: str | None = None
    """Who wrote it, if the board shows names."""
    reworded: bool = False
    """A host worded it, so that it quotes no one: there is no name, and no support."""


class Commitment(Struct, frozen=True, kw_only=True):
    """How many people said what to the outcome of the last revealed round."""

    round: int
    option: str
    """What the outcome was for them."""
    commit: int
    reservation: int
    block: int


class Considered(Struct, frozen=True, kw_only=True):
    """An option of the board, with the arguments that hosts chose, or else those that have the most
    support.
    """

    id: str
    name: str
    strapline: str = ""
    link: str = ""
    hue: int = 0
    pros: tuple[Argument, ...] = ()
    cons: tuple[Argument, ...] = ()
    failed: tuple[str, ...] = ()
    """Names of the gates that it fails; it dropped out if there are any."""


class RecordedBallot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ballot in the shape of the wire; `name` only in a round with open names."""

    ballot: dict[str, Any]
    name: str | None = None


class RecordedRound(Struct, frozen=True, kw_only=True):
    """One round. Of a round that is not revealed, only that it was opened, and its rules."""

    n: int
    method: str
    state: State
    rules: int
    """The version of the rules by which it counts."""
    opened_at: int
    settings: RoundSettings
    options: dict[str, str]
    """Names of the options, by id, as they were when the round opened."""
    voters: int | None = None
    result: Result | None = None
    insights: tuple[str, ...] = ()
    verdict: Verdict | None = None
    """How sure the result is; None as well if no option wins."""
    movement: Movement | None = None
    """What changed since the round before; None for the first."""
    moved_by: tuple[str, ...] = ()
    """The comments that moved people since the round before, as they said themselves, in sentences.
    """
    lens: Lens | None = None
    """The result by how well voters know the options; None if they were not asked."""
    ballots: tuple[RecordedBallot, ...] = ()
    """Empty unless they were requested."""

    @property
    def places(self) -> dict[str, int]:
        """Return the place of each option, best first; tied options share one."""
        found: dict[str, int] = {}
        for group in self.result.order if self.result else ():
            found |= dict.fromkeys(group, len(found) + 1)
        return found


class Record(Struct, frozen=True, kw_only=True):
    """A board's decision, and how it came about. Times are milliseconds since 1970."""

    version: int = VERSION
    code: str
    seq: int
    """The position of the log of which it was made."""
    title: str
    context: str
    status: Status
    outcome: Outcome | None
    deferral: Deferral | None
    """Why nothing is decided yet, who brings it back, and when."""
    missing: tuple[str, ...]
    """What this record lacks, in sentences; empty if nothing."""
    drivers: tuple[Criterion, ...]
    """The criteria of the last round by criteria or, before one, those of the board."""
    weights_from: int | None = None
    """The round about criteria that gave the drivers their weights; None if a host did."""
    gates: tuple[Gate, ...] = ()
    """What an option must have, and whether each does."""
    options: tuple[Considered, ...]
    rounds: tuple[RecordedRound, ...]
    dissent: tuple[str, ...]
    """Who or how many would have preferred something else, in sentences."""
    commitment: Commitment | None = None
    """None if people were not asked whether they commit."""
    risks: tuple[Risk, ...] = ()
    """What people have reservations about or blocked, and feared in a pre-mortem."""

    @property
    def revealed(self) -> list[RecordedRound]:
        return [each for each in self.rounds if each.result is not None]

    @property
    def on_options(self) -> list[RecordedRound]:
        """Return the revealed rounds about options, which are all but those about criteria."""
        return [each for each in self.revealed if each.settings.about is not About.CRITERIA]

    @property
    def standing(self) -> list[Considered]:
        """Return the options in the order of the last round that was revealed."""
        last = self.on_options[-1].places if self.on_options else {}
        behind = len(last) + 1
        return sorted(self.options, key=lambda option: last.get(option.id, behind))

    def answers_to(self, gate: Gate) -> list[tuple[str, Standing, str]]:
        """Return what a gate says, those that fail first: the names of options of which the same is
        said, with the same evidence.
        """
        same: dict[tuple[Standing, str], list[str]] = {}
        for option in self.options:
            known = gate.answer_for(option.id)
            same.setdefault((known.answer, known.evidence), []).append(option.name)
        order = (Standing.FAIL, Standing.UNKNOWN, Standing.PASS)
        told = sorted(same.items(), key=lambda each: order.index(each[0][0]))
        return [(listed(names), answer, evidence) for (answer, evidence), names in told]


def told_gate(gate: Gate) -> str:
    """Name a gate, with its owner."""
    if not gate.owner:
        return gate.name
    return words("record-consequence", text=gate.name, owner=gate.owner)


def told_predictions(outcome: Outcome | None) -> list[str]:
    """Say what was predicted, and what came of it; a sentence each."""
    if outcome is None:
        return []
    return [
        words(
            "record-prediction",
            text=each.text,
            confidence=each.confidence,
            came_true="open" if each.came_true is UNSET else "yes" if each.came_true else "no",
        )
        for each in outcome.predictions
    ]


def told_brier(outcome: Outcome | None) -> str:
    """Say how good the predictions were, and what that means; empty if none was scored."""
    if outcome is None or outcome.brier is None:
        return ""
    return words("record-brier", score=words("figure-mean", mean=outcome.brier))


def is_worth_recording(board: BoardState) -> bool:
    """Whether something happened that a record can tell."""
    return board.outcome is not None or any(e.state is State.REVEALED for e in board.rounds)


def record_of(board: BoardState, *, ballots: bool = False) -> Record:
    """Return the record of a board, with the ballots of revealed rounds if they are requested."""
    return finished(recording(board, ballots=ballots))


def recording(board: BoardState, *, ballots: bool = False) -> Generator[None, None, Record]:
    """Make the record of a board in steps; the board must not change in between."""
    people = board.names if board.settings.show_names else {}
    rounds = []
    for each in board.rounds:
        if each.state is State.REVEALED:
            yield from each.counting()
        cast: tuple[RecordedBallot, ...] = ()
        if ballots and each.state is State.REVEALED:
            cast = yield from collecting(board, each)
        made = _round(each, people, cast, by_name=board.settings.show_names)
        rounds.append(structs.replace(made, moved_by=tuple(_moving(board, made.movement))))
    outcome = _outcome(board)
    return Record(
        code=board.code,
        seq=board.seq,
        title=board.title,
        context=board.context,
        status=_status(board),
        outcome=outcome,
        deferral=board.deferral,
        missing=tuple(_missing(board)),
        drivers=_drivers(board)[0],
        weights_from=_drivers(board)[1],
        gates=board.gates,
        options=_considered(board),
        rounds=tuple(rounds),
        dissent=tuple((yield from _dissenting(board, outcome, people))),
        commitment=commitment_of(board),
        risks=tuple(risks_of(board)),
    )


def revealed_round(board: BoardState, n: int | None = None) -> Round:
    """Return round `n` or, by default, the last one that was revealed.

    Raises Refused `no_such_round`, or `round_open` for one that is not revealed.
    """
    if n is None:
        if not board.rounds:
            raise Refused(Code.NO_SUCH_ROUND, words("record-no-round"))
        revealed = (e.n for e in reversed(board.rounds) if e.state is State.REVEALED)
        n = next(revealed, len(board.rounds))
    if not 1 <= n <= len(board.rounds):
        raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-round", round=n))
    if board.rounds[n - 1].state is not State.REVEALED:
        raise Refused(Code.ROUND_OPEN, words("refusal-ballots-hidden", round=n))
    return board.rounds[n - 1]


def recording_ballots(board: BoardState, each: Round) -> Generator[None, None, RecordedRound]:
    """Return a revealed round with its ballots, in steps."""
    yield from each.counting()
    cast = yield from collecting(board, each)
    return _round(each, {}, cast, by_name=False)


def collecting(
    board: BoardState, current: Round
) -> Generator[None, None, tuple[RecordedBallot, ...]]:
    """Collect the ballots of a revealed round, in steps.

    Their order is that of a hash of what they say, so that it tells nothing about who voted when.
    """
    shows_names = current.settings.names is Names.OPEN and board.settings.show_names
    found = []
    for voter in current.ballots:
        ballot = current.ballot_of(voter) or {}
        name = board.names.get(voter) if shows_names else None
        said = msgspec.json.encode((board.code, current.n, ballot, name), order="deterministic")
        found.append((hashlib.sha256(said).digest(), RecordedBallot(ballot=ballot, name=name)))
        yield
    return tuple(ballot for _, ballot in sorted(found, key=lambda each: each[0]))


def _status(board: BoardState) -> Status:
    if board.deferral is not None:
        return Status.DEFERRED
    return Status.UNDECIDED if board.decision is None else Status.DECIDED


def _outcome(board: BoardState) -> Outcome | None:
    decision = board.decision
    if decision is None:
        return None
    names = {option.id: option.name for option in board.options}
    names[FURTHER_DISCUSSION] = words("further-discussion")
    return Decided(
        option=decision.option,
        name=names.get(decision.option, decision.option),
        because=decision.because,
        at=decision.at,
        revisit_on=decision.revisit_on,
        without_vote=decision.without_vote is True,
        consequences=decision.consequences or (),
        confirmation=decision.confirmation or "",
        predictions=decision.predictions or (),
        brier=brier_score(decision.predictions or ()),
    )


def commitment_of(board: BoardState) -> Commitment | None:
    """Return how many commit to the outcome; None if no one was asked, or there is none."""
    asked = asked_round(board)
    option = None if asked is None else subject(board, asked)
    if asked is None or option is None:
        return None
    counts = asked.stances.counts(option)
    return Commitment(
        round=asked.n,
        option=option,
        commit=counts[Stance.COMMIT],
        reservation=counts[Stance.RESERVATION],
        block=counts[Stance.BLOCK],
    )


def told_commitment(record: Record) -> str:
    """Say how many commit to the outcome; empty if no one did, or was asked."""
    asked = record.commitment
    if asked is None or not asked.commit + asked.reservation + asked.block:
        return ""
    return words(
        "record-commitment", commit=asked.commit, reservation=asked.reservation, block=asked.block
    )


def told_lens(each: RecordedRound) -> list[str]:
    """Say how those who know an option see it; a sentence for each option."""
    groups = each.lens.groups if each.lens else {}
    return [told_groups(each.options[option], told) for option, told in groups.items()]


def told_risk(risk: Risk) -> str:
    """Say a risk, where it comes from and who sees to it, in one sentence."""
    return words(
        "record-risk",
        text=risk.text,
        source=risk.source,
        owner=risk.owner,
        owned="yes" if risk.owner else "no",
    )


def _missing(board: BoardState) -> Generator[str, None, None]:
    if board.outcome is None:
        yield words("record-no-decision")
    elif not board.outcome.because.strip():
        yield words("record-no-reason")
    if board.decision is not None:
        decided = board.decision.option
        names = {option.id: option.name for option in board.options}
        for gate in board.gates:
            if decided in names and gate.answer_for(decided).answer is Standing.UNKNOWN:
                yield words("record-gate-unknown", option=names[decided], gate=told_gate(gate))
    if not any(each.state is State.REVEALED for each in board.rounds):
        yield words("record-no-round")
    if board.round and board.round.state is not State.REVEALED:
        yield words("record-round-hidden", round=board.round.n)


def _drivers(board: BoardState) -> tuple[tuple[Criterion, ...], int | None]:
    """Return the criteria, and the round that gave them their weights."""
    for each in reversed(board.rounds):
        if each.settings.criteria:
            return each.settings.criteria, each.weights_from
    return board.criteria, board.weights_from


def _considered(board: BoardState) -> tuple[Considered, ...]:
    said: dict[str, list[Comment]] = {option.id: [] for option in board.options}
    for comment in board.comments.values():
        readable = not (comment.deleted or comment.hidden)
        if readable and comment.option in said:
            said[comment.option].append(comment)
    shows_names = board.settings.show_names
    return tuple(
        _option(board, option, said[option.id], shows_names=shows_names) for option in board.options
    )


def _option(
    board: BoardState, option: Option, said: Sequence[Comment], *, shows_names: bool
) -> Considered:
    def arguments(side: Side, kinds: frozenset[Kind]) -> tuple[Argument, ...]:
        chosen = [comment for comment in said if comment.side is side]
        fitting = chosen or [
            comment
            for comment in said
            if comment.side is None and comment.kind in kinds and not comment.parent
        ]
        # What a host pinned comes first.
        fitting.sort(key=lambda comment: (not comment.pinned, -comment.support, comment.made))
        shown = fitting if chosen else fitting[:REMARKS]
        return tuple(_argument(comment, shows_names=shows_names) for comment in shown)

    return Considered(
        id=option.id,
        name=option.name,
        strapline=option.strapline,
        link=option.link,
        hue=option.hue,
        pros=arguments(Side.PRO, _PROS),
        cons=arguments(Side.CON, _CONS),
        failed=tuple(gate.name for gate in failed(board.gates, option.id)),
    )


def _argument(comment: Comment, *, shows_names: bool) -> Argument:
    if comment.wording:
        return Argument(kind=comment.kind, text=comment.wording, support=0, reworded=True)
    return Argument(
        kind=comment.kind,
        text=comment.text,
        support=comment.support,
        name=comment.name if shows_names else None,
    )


def _round(
    each: Round,
    people: Mapping[str, str],
    ballots: tuple[RecordedBallot, ...],
    *,
    by_name: bool,
) -> RecordedRound:
    shown = each.state is State.REVEALED
    return RecordedRound(
        n=each.n,
        method=each.method,
        state=each.state,
        rules=each.rules,
        opened_at=each.opened_at,
        settings=each.settings,
        options=dict(each.names),
        voters=each.voters if shown else None,
        result=each.result() if shown else None,
        insights=tuple(found.text for found in insights(each, people)) if shown else (),
        verdict=each.verdict() if shown else None,
        movement=each.movement(by_name=by_name) if shown else None,
        lens=each.lens() if shown else None,
        ballots=ballots,
    )


def _moving(board: BoardState, movement: Movement | None) -> Generator[str, None, None]:
    """Say which comments moved people, of those that can be read."""
    names = {option.id: option.name for option in board.options}
    for moving in (movement and movement.moved_by) or ():
        comment = board.comments.get(moving.comment)
        if comment is None or comment.deleted or comment.hidden:
            continue
        yield words(
            "record-moved-by",
            people=moving.people,
            exact="no" if moving.at_least else "yes",
            text=" ".join(comment.text.split()),
            option=names.get(comment.option, comment.option),
            credit="yes" if board.settings.show_names and comment.name else "no",
            name=comment.name or "",
        )


def _dissenting(
    board: BoardState, outcome: Outcome | None, people: Mapping[str, str]
) -> Generator[None, None, list[str]]:
    """Say what the last revealed round tells about those who do not agree, in steps."""
    revealed = [each for each in board.rounds if each.state is State.REVEALED]
    last = next((each for each in reversed(revealed) if not each.is_about_criteria), None)
    if last is None or not last.voters:
        return []
    told = [found.text for found in insights(last, people) if found.kind in _DISSENT]
    if outcome is not None and outcome.option in last.names:
        others = yield from last.favouring_others(outcome.option)
        told.insert(
            0,
            words(
                "record-dissent",
                count=others,
                voters=last.voters,
                name=outcome.name,
                round=last.n,
            ),
        )
    return told
