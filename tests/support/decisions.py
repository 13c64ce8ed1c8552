"""Meetings that come to a decision, for tests of its record."""

from server.domain import actions as act
from server.ops.store_access import opened_log
from server.settings import Settings
from support.strategies import CRITERIA, Meeting, create

PEOPLE = {"ann": "Annabel", "ben": "Benedict", "cleo": "Cleopatra", "dan": "Daniela"}


def meeting(**board):
    """Four people with names, on a board with three options."""
    made = Meeting(create(context="For the new portal.", **board))
    for seat, name in PEOPLE.items():
        made.do(act.Rename(name=name), seat)
    return made


def reveal(made):
    made.do(act.RevealRound(round=made.board.round.n), "host")


def decide(made, **more):
    said = {"option": "flask", "because": "It is small.", "revisit_on": "2027-06-01"} | more
    made.do(act.Decide(**said), "host")


def whole_meeting(**settings):
    made = meeting(criteria=CRITERIA)
    made.say("ann", "c1", "It is small.")
    made.say("ben", "c2", "No admin.", kind=act.Kind.CON)
    made.open("approval", **settings)
    made.vote("ann", "flask")
    made.vote("ben", "flask", "django")
    made.vote("cleo", "tornado")
    reveal(made)
    decide(made)
    return made


async def write_boards(url, boards, durability="local"):
    """Write the entries of boards, by their codes, into a store."""
    async with opened_log(Settings(durability=durability), url) as log:
        for code, entries in boards.items():
            assert await log.create(code, entries)
