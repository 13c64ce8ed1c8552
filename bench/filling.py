"""Boards on which much has happened: their logs are written straight into a store, with the
server's own words and scripts, because to have it voted would take hours.
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
from server.domain.rules import RoundSettings, Visibility
from server.domain.templates import load_templates
from server.log import keys
from server.log.embedded import EmbeddedStore
from server.log.store import Script
from server.resources import resources

CODE = "BENCH2"
BATCH = 100
"""Entries a call."""
CALLS = 50
"""Calls that are sent together."""
RETENTION_MS = 86_400_000
SAID_EVERY = 50
"""On a board where people talk, one action of so many is a comment, and one a reaction to it."""
_CREATE, _APPEND = Script("create"), Script("append")
_FRAMEWORKS = load_templates(resources().data / "boards")[TEMPLATE]
OPTIONS = [option.id for option in _FRAMEWORKS.options]


class Votes(NamedTuple):
    """What a number of people have voted, and how it counts."""

    entries: list[bytes]
    totals: dict[str, int]


def board(code: str = CODE) -> Board:
    return Board(f"/b/{code}/live", OPTIONS, 1)


def opening(code: str = CODE) -> list[bytes]:
    """Return the first entries of a board of the seven frameworks: a round that all see live."""
    create = act.Create(
        code=code, title=_FRAMEWORKS.title, options=_FRAMEWORKS.options, host="0" * 64
    )
    settings = RoundSettings(visibility=Visibility.LIVE)
    first_round = act.OpenRound(method="approval", settings=settings)
    return [act.encode(act.Entry(action=action)) for action in (create, first_round)]


def votes(count: int, people: int) -> Votes:
    """Have people vote in turn, again and again, each time another ballot."""
    ballots: dict[int, list[str]] = {}
    entries = []
    for n in range(count):
        chosen = 1 + (n + n // people) % (2 ** len(OPTIONS) - 1)
        ballot = [id_ for bit, id_ in enumerate(OPTIONS) if chosen >> bit & 1]
        ballots[n % people] = ballot
        entries.append(entry_of(n % people, act.Vote(round=1, ballot={"approve": ballot})))
    totals = {id_: sum(id_ in ballot for ballot in ballots.values()) for id_ in OPTIONS}
    return Votes(entries, totals)


def life(count: int, people: int) -> Votes:
    """Have people vote, and talk in between."""
    entries, totals = votes(count, people)
    for n in range(0, count - people - 1, SAID_EVERY):
        said = act.Comment(
            comment=f"comment-{n}",
            option=OPTIONS[n % len(OPTIONS)],
            kind=act.Kind.PRO,
            text="It has carried us well for years, and everybody here knows its manual.",
        )
        entries[n] = entry_of(n % people, said)
        liked = act.React(comment=said.comment, emoji="\N{THUMBS UP SIGN}", on=True)
        entries[n + 1] = entry_of((n + 1) % people, liked)
    return Votes(entries, totals)


def fill(
    data: Path,
    boards: Iterable[tuple[str, Sequence[bytes]]],
    opening: Callable[[str], list[bytes]] = opening,
) -> None:
    """Write the logs of new boards, code and entries, into the store of a data folder.

    `opening` gives the first entries of a board by its code.
    """
    with (
        EmbeddedStore(data) as store,
        redis.Redis(unix_socket_path=str(store.socket_path)) as client,
    ):
        for script in (_CREATE, _APPEND):
            client.script_load(script.source)
        line = client.pipeline(transaction=False)
        for code, entries in boards:
            _put(line, _CREATE, code, secrets.token_hex(6), opening(code))
            for start in range(0, len(entries), BATCH):
                word = secrets.token_hex(4).encode()
                some = (word, *entries[start : start + BATCH])
                _put(line, _APPEND, code, keys.live(code), some)
            if len(line) >= CALLS:
                line.execute()
        line.execute()


def many(count: int, people: int) -> Iterator[tuple[str, list[bytes]]]:
    """Return boards on each of which so many have voted once."""
    entries = votes(people, people).entries
    return ((f"{CODE}{n}", entries) for n in range(count))


def _put(line: Pipeline, script: Script, code: str, first: str, entries: Iterable[bytes]) -> None:
    names = (keys.log(code), keys.meta(code))
    line.evalsha(script.sha, len(names), *names, first, RETENTION_MS, *entries)


def entry_of(person: int, action: act.AnyAction) -> bytes:
    return act.encode(
        act.Entry(by=f"person-{person:09}", once=secrets.token_urlsafe(12), action=action)
    )
