"""Seed data: boards with a long history. Their logs are written directly into a store, in the
server's format and with its scripts, because casting the votes would take hours.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import redis
from redis.client import Pipeline

from bench.generator import Board
from bench.stackvote import TEMPLATE
from server.domain import actions as act
from server.domain.rules import Names, RoundSettings, Visibility
from server.domain.templates import load_templates
from server.resources import resources
from server.store import keys
from server.store.embedded import EmbeddedStore
from server.store.node import Script

CODE = "BENCH2"
BATCH = 100
"""Entries per call."""
PIPELINED = 50
"""Calls sent together in a pipeline."""
COMMENT_EVERY = 50
"""On a board with comments, one in this many actions is a comment, and one a reaction to it."""
_CREATE, _APPEND = Script("create"), Script("append")
_FRAMEWORKS = load_templates(resources().data / "boards")[TEMPLATE]
OPTIONS = [option.id for option in _FRAMEWORKS.options]


class Seed(NamedTuple):
    """Log entries, and the totals of the ballots in them."""

    entries: list[bytes]
    totals: dict[str, int]


def board(code: str = CODE) -> Board:
    return Board(f"/b/{code}/live", OPTIONS, 1)


def first_entries(code: str = CODE) -> list[bytes]:
    """Return the first entries of a board: its creation, and a round with a live result."""
    create = act.Create(
        code=code, title=_FRAMEWORKS.title, options=_FRAMEWORKS.options, host="0" * 64
    )
    settings = RoundSettings(visibility=Visibility.LIVE, names=Names.OPEN)
    first_round = act.OpenRound(method="approval", settings=settings)
    return [act.encode(act.Entry(action=action)) for action in (create, first_round)]


def votes(count: int, voters: int) -> Seed:
    """Return votes by `voters` in turn, each time with a different ballot."""
    ballots: dict[int, list[str]] = {}
    entries = []
    for n in range(count):
        chosen = 1 + (n + n // voters) % (2 ** len(OPTIONS) - 1)
        ballot = [id_ for bit, id_ in enumerate(OPTIONS) if chosen >> bit & 1]
        ballots[n % voters] = ballot
        entries.append(entry_by(n % voters, act.Vote(round=1, ballot={"approve": ballot})))
    totals = {id_: sum(id_ in ballot for ballot in ballots.values()) for id_ in OPTIONS}
    return Seed(entries, totals)


def votes_and_comments(count: int, voters: int) -> Seed:
    """Return votes by `voters`, with comments and reactions in between."""
    entries, totals = votes(count, voters)
    for n in range(0, count - voters - 1, COMMENT_EVERY):
        comment = act.Comment(
            comment=f"comment-{n}",
            option=OPTIONS[n % len(OPTIONS)],
            kind=act.Kind.PRO,
            text="It has carried us well for years, and everybody here knows its manual.",
        )
        entries[n] = entry_by(n % voters, comment)
        reaction = act.React(comment=comment.comment, emoji="\N{THUMBS UP SIGN}", on=True)
        entries[n + 1] = entry_by((n + 1) % voters, reaction)
    return Seed(entries, totals)


def seed(
    data: Path,
    boards: Iterable[tuple[str, Sequence[bytes]]],
    first_entries: Callable[[str], list[bytes]] = first_entries,
) -> None:
    """Write the logs of new boards (code and entries) to the store of a data folder.

    `first_entries` returns those of a board, given its code.
    """
    with (
        EmbeddedStore(data) as store,
        redis.Redis(unix_socket_path=str(store.socket_path)) as client,
    ):
        for script in (_CREATE, _APPEND):
            client.script_load(script.source)
        pipeline = client.pipeline(transaction=False)
        for code, entries in boards:
            _queue(pipeline, _CREATE, code, secrets.token_hex(6), first_entries(code))
            for start in range(0, len(entries), BATCH):
                batch_id = secrets.token_hex(4).encode()
                arguments = (batch_id, *entries[start : start + BATCH])
                _queue(pipeline, _APPEND, code, keys.live(code), arguments)
            if len(pipeline) >= PIPELINED:
                pipeline.execute()
        pipeline.execute()


def boards(count: int, voters: int) -> Iterator[tuple[str, list[bytes]]]:
    """Return boards on each of which `voters` have voted once."""
    entries = votes(voters, voters).entries
    return ((f"{CODE}{n}", entries) for n in range(count))


def _queue(
    pipeline: Pipeline, script: Script, code: str, first: str, entries: Iterable[bytes]
) -> None:
    names = (keys.log(code), keys.meta(code))
    pipeline.evalsha(script.sha, len(names), *names, first, "PUBLISH", *entries)


def entry_by(voter: int, action: act.AnyAction) -> bytes:
    return act.encode(
        act.Entry(by=f"person-{voter:09}", idempotency_key=secrets.token_urlsafe(12), action=action)
    )
