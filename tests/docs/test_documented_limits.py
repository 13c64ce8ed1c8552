"""What docs/operations.md says of a board's limits, held against the code and against memory."""

import random
import re
import secrets
import tracemalloc
from pathlib import Path

import pytest

from server.domain import actions as act
from server.domain import names
from server.domain.board import MAX_BYTES, MAX_ENTRIES, Board
from server.domain.criteria import MAX_CRITERIA, Criterion
from server.domain.limits import MAX_OPTIONS
from server.domain.options import Option
from server.domain.rules import RoundSettings, Visibility
from server.live.parsing import MAX_BYTES as MAX_MESSAGE

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
IDS = [f"option-{n}" for n in range(MAX_OPTIONS)]
CRITERIA = tuple(Criterion(id=f"c{n}", name=f"C {n}") for n in range(MAX_CRITERIA))
DICE = random.Random(1)


def row(of):
    (found,) = re.findall(rf"^\| {of} \| (.*) \| .*\|$", PAGE, re.MULTILINE)
    return found


def test_the_limits_of_a_board_are_those_of_the_code():
    assert row("what was ever done on a board").startswith(
        f"{MAX_ENTRIES:,} votes and other messages, or {MAX_BYTES // 1_000_000} MB of them;"
    )
    assert row("a message, a request").startswith(f"{MAX_MESSAGE // 1024} KiB,")


def vote(**ballot):
    return act.Vote(round=1, ballot=ballot)


KINDS = {
    "single": lambda: vote(choice=DICE.choice(IDS)),
    "approval": lambda: vote(approve=DICE.sample(IDS, MAX_OPTIONS)),
    "score": lambda: vote(scores={option: DICE.randint(0, 5) for option in IDS}),
    "score, one option": lambda: vote(scores={DICE.choice(IDS): 5}),
    "ranked": lambda: vote(ranking=[[option] for option in DICE.sample(IDS, MAX_OPTIONS)]),
    "matrix": lambda: vote(
        scores={o: {c.id: DICE.randint(0, 5) for c in CRITERIA} for o in IDS},
    ),
    "matrix, one cell": lambda: vote(scores={DICE.choice(IDS): {"c1": 5}}),
    "rename": lambda: act.Rename(name="\N{GRINNING FACE}" * 40),
    "observe": lambda: act.Observe(on=True),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_board_takes_no_more_memory_of_a_worker_than_is_said(kind, monkeypatch):
    board, number, size = Board(), 400, 0
    # A board that holds this share of all entries has this share of what is limited otherwise.
    most = names.MOST_COMPARED * number // MAX_ENTRIES
    monkeypatch.setattr(names, "MOST_COMPARED", most)
    options = tuple(Option(id=id_, name=id_) for id_ in IDS)
    create = act.Create(code="C", title="T", host="0" * 64, options=options, criteria=CRITERIA)
    board.apply(1, 1, act.Entry(action=create))
    if kind not in {"rename", "observe"}:
        settings = RoundSettings(visibility=Visibility.AFTER_VOTE)
        opened = act.OpenRound(method=kind.partition(",")[0], settings=settings)
        board.apply(2, 2, act.Entry(rules=act.RULES, action=opened))
    payloads = [
        act.encode(
            act.Entry(
                rules=act.RULES,
                by=secrets.token_urlsafe(12),
                idempotency_key=secrets.token_urlsafe(12),
                action=KINDS[kind](),
            )
        )
        for _ in range(number)
    ]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for seq, payload in enumerate(payloads, 3):
            board.apply(seq, seq, act.decode(payload))
            size += len(payload)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    entries = min(MAX_ENTRIES, MAX_BYTES * number / size)
    said = int(re.search(r"up to (\d+) MB in each worker", row("a board at all its limits"))[1])
    assert taken / number * entries < said * 1_000_000
