"""Every component of the pages in each of its states, for those who work on them: with `--dev`.

They are the templates, scripts and styles of the pages, filled by boards that exist nowhere else.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from msgspec import UNSET
from tornado.web import HTTPError

from server.domain import actions as act
from server.domain.board import Board
from server.domain.criteria import Criterion
from server.domain.gates import Gate, Standing
from server.domain.methods import METHODS
from server.domain.options import Option
from server.domain.record import record_of
from server.domain.rules import Names, RoundSettings
from server.domain.templates import Template
from server.exports.distribution import distribution
from server.exports.pairs import pairs
from server.live.create_board import DEFAULT_TEMPLATE
from server.live.messages import PeopleView
from server.live.views import Audience, parts_of, talk_counts
from server.resources import resources
from server.web.comment_html import rich_texts
from server.web.example import STARTED, enter
from server.web.handler import Access, Handler
from server.web.pages import threads_of

_VOTERS = 12
STATES = ("setup", "open", "locked", "revealed", "decided", "deferred")
_TOKEN = re.compile(r"^  --([\w-]+): ", re.MULTILINE)
_CRITERIA = tuple(Criterion(id=f"c{n}", name=name) for n, name in enumerate(("A", "B", "C")))


class DesignPage(Handler):
    """The page; there is none without `--dev`."""

    access = Access.ANYONE

    async def get(self) -> None:
        if not self.site.settings.dev:
            raise HTTPError(404)
        template = self.site.templates[DEFAULT_TEMPLATE]
        board = _commented(_played(template, "score", "decided"))
        shown = _shown(board)
        texts = ["", *(each.text for each in shown["comments"] if not each.deleted)]
        texts += [answer.evidence for gate in board.gates for answer in gate.answers]
        self.render(
            "design.html",
            sample=shown,
            comments=shown["comments"],
            proposals=[],
            sealed=None,
            talk=talk_counts(board),
            threads=threads_of(shown["comments"]),
            html_of=await rich_texts(texts),
            now=STARTED * 2,
            methods=list(METHODS.values()),
            options=board.options,
            tokens=_tokens(),
            phases={state: _shown(_played(template, "approval", state)) for state in STATES},
            results={
                method: _state(_played(template, method, "revealed"))
                for method in METHODS
                if method != "score"
            },
            ballots={
                method: _state(_played(template, method, "open")) for method in ("ranked", "matrix")
            },
            state=_state(board),
            meeting=SimpleNamespace(ended=False, current="3"),
            lead="1",
            questions=list(_questions(template.title)),
            charts={
                "distribution": distribution(record := record_of(board), 1),
                "pairs": pairs(record, 1),
            },
            controls=list(_controls(board.options)),
        )


@cache
def _tokens() -> Mapping[str, list[str]]:
    """Return the names of what the pages are made of, by kind."""
    sheet = Path(resources().static / "css" / "tokens.css").read_text(encoding="utf-8")
    names = list(dict.fromkeys(_TOKEN.findall(sheet)))
    kinds = {
        "colours": r"bg|card|ink|soft|line|edge|wash|accent.*|on-accent|good|good-wash|warn|bad",
        "type": r"t-?\d(-5)?|t-small|f\d|page.*",
        "space": r"s\d",
        "radii": r"r\d|round",
    }
    return {
        kind: [name for name in names if re.fullmatch(pattern, name)]
        for kind, pattern in kinds.items()
    }


def _played(template: Template, method: str, state: str) -> Board:
    """Return a board in a state, with a round by a method once there is one."""
    board = Board()
    do = partial(enter, board)
    options = template.options
    do(
        act.Create(
            code="DESIGN",
            title=template.title,
            context=template.context,
            host="0" * 64,
            options=options,
            criteria=_CRITERIA,
        )
    )
    if state == "setup":
        return board
    do(act.OpenRound(method=method, settings=RoundSettings(names=Names.OPEN)))
    for n in range(_VOTERS):
        do(act.Vote(round=1, ballot=_ballot(method, options, n)), f"s{n}")
    if state == "open":
        return board
    do(act.LockRound(round=1))
    if state == "locked":
        return board
    do(act.RevealRound(round=1, at_once=True))
    if state == "decided":
        do(act.Decide(option=options[0].id, because=template.context, revisit_on="2027-06-01"))
    if state == "deferred":
        do(act.Defer(owner="Ada", because=template.context, revisit_on="2027-06-01"))
    return board


def _ballot(method: str, options: tuple[Option, ...], n: int) -> dict[str, Any]:
    """Return a ballot: voters agree on the first options, and are split about the last."""
    ids = [option.id for option in options]
    liked = ids[: 1 + n % 4]
    scores = {id_: max(0, 5 - at // 2 - n % 2) for at, id_ in enumerate(ids)}
    scores[ids[-1]] = 5 * (n % 2)
    match method:
        case "single":
            return {"choice": ids[n % 3 * (n % 2)]}
        case "approval":
            return {"approve": liked}
        case "dots":
            return {"dots": dict.fromkeys(liked, 1)}
        case "ranked":
            return {"ranking": [[id_] for id_ in (ids[:3] if n % 3 else ids[2::-1])]}
        case "matrix":
            return {"scores": {i: {c.id: s for c in _CRITERIA} for i, s in scores.items()}}
    return {"scores": scores}


def _commented(board: Board) -> Board:
    """Add a comment of each kind, one of them pinned, one hidden, one deleted; and must-haves."""
    do = partial(enter, board)
    option = board.options[0]
    for n, kind in enumerate(act.Kind):
        said = act.Comment(comment=f"c{n}", option=option.id, kind=kind, text=option.strapline)
        do(said, f"s{n}")
    reply = act.Comment(comment="r", option=option.id, kind=act.Kind.NOTE, text="`+1`", parent="c0")
    do(reply, "s9")
    do(act.React(comment="c0", emoji="👍", on=True), "s8")
    do(act.PinComment(comment="c0", on=True))
    do(act.HideComment(comment="c1", on=True))
    do(act.SetGates(gates=(Gate(id="g", name=option.name, owner="Ada"),)))
    for each, answer in zip(
        board.options, (Standing.PASS, Standing.UNKNOWN, Standing.FAIL), strict=False
    ):
        answered = act.AnswerGate(gate="g", option=each.id, answer=answer, evidence=each.strapline)
        do(answered)
    return board


def _questions(title: str) -> Iterator[SimpleNamespace]:
    """Yield a question of a meeting in each state."""
    for n, state in enumerate((*STATES, "gone"), 1):
        record = "#main" if state in ("decided", "deferred") else UNSET
        yield SimpleNamespace(n=n, code=str(n), title=title, state=state, outcome="", record=record)


def _shown(board: Board) -> dict[str, Any]:
    """Return what the templates show of a board."""
    current = board.round
    people = PeopleView(
        here=_VOTERS + 2,
        observing=0,
        lost=0,
        voted=current.voters if current else 0,
        choosing=2,
        names=None,
    )
    return parts_of(board, Audience(host=False, result=True)) | {"people": people}


def _state(board: Board) -> str:
    """Return what the scripts show of a board: a frame `welcome`, as JSON."""
    you = {"seat": "s0", "name": None, "role": "voter", "votes": True, "invite": None}
    own = board.round.ballot_of("s0") if board.round else None
    frame = _shown(board) | {
        "type": "welcome",
        "epoch": "design",
        "seq": board.seq,
        "you": you,
        "ballot": own,
    }
    return msgspec.json.encode(frame).decode()


def _controls(options: tuple[Option, ...]) -> list[str]:
    """Return what each control of a ballot shows: nothing, a choice, and a closed round."""
    values: dict[str, tuple[Any, Any]] = {
        "checkbox": (False, True),
        "radio": (False, True),
        "scale": (None, 4),
        "dots": ({"n": 0, "room": 5, "most": 5}, {"n": 3, "room": 2, "most": 5}),
    }
    states = itertools.product(values, ((0, True), (1, True), (1, False)))
    return [
        msgspec.json.encode(
            {
                "kind": kind,
                "name": options[at % len(options)].name,
                "group": f"control-{at}",
                "value": values[kind][which],
                "isOpen": is_open,
                "aside": "",
            }
        ).decode()
        for at, (kind, (which, is_open)) in enumerate(states)
    ]


routes = [(r"/design", DesignPage)]
