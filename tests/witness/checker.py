"""An independent witness: whatever anybody was ever told is held against the log.

What must never happen is asked here, one question a function; see `docs/architecture.md`.
"""

import asyncio
from collections import defaultdict
from operator import attrgetter

from filling_in import plain
from ledger import Ledger

SETTLES = 10.0
"""Seconds after which all pages must show the same."""
SAYS_MORE = {"open_round", "lock_round", "reveal_round", "add_option", "edit_option"}
"""Requests of which the log holds more, or less, than was said."""


async def settled(store, crowd, journal, *, only_epoch=None, patience=SETTLES):
    """Wait until all pages show what the log says, then check all that anybody was told.

    `only_epoch` leaves out what was told before a store lost its memory.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        ledger = Ledger.of(store, crowd.code)
        wrong = differences(ledger, crowd)
        if not wrong:
            break
        assert asyncio.get_running_loop().time() < deadline, "\n".join(wrong[:20])
        await asyncio.sleep(0.05)
    check(ledger, crowd, journal, only_epoch=only_epoch)
    return ledger


def differences(ledger, crowd):
    """Say in what the pages differ from the log, and from who is here."""
    here = len({person.seat for person in crowd.voters if person.welcomes and person.seat})
    voted = len(ledger.ballots)
    wrong = [each for person in crowd.all for each in differs(ledger, person)]
    wrong += [
        f"{person} shows the people {person.people}, not {here} here and {voted} voted"
        for person in crowd.all
        if person.people is None or (person.people["here"], person.people["voted"]) != (here, voted)
    ]
    return wrong


def differs(ledger, person):
    """Say in what a page differs from the log; empty where it does not."""
    wrong = []
    if not person.present or person.waiting:
        wrong.append(f"present: {person.present}, without an answer: {person.waiting}")
    if person.epoch and person.epoch.partition(".")[0] != ledger.epoch:
        wrong.append(f"epoch: {person.epoch}, not {ledger.epoch}")
    state = ledger.round.state if ledger.round else None
    if (person.round or {}).get("state") != state:
        wrong.append(f"round: {person.round}, which is {state}")
    counted = ledger.tally(ledger.top)
    if not _agrees(person.tally, counted):
        wrong.append(f"tally: {person.tally}, not {counted}")
    wrong += _talk_differs(ledger, person)
    return [f"{person} shows at {person.seq} of {ledger.top}: {each}" for each in wrong]


def check(ledger, crowd, journal, *, only_epoch=None):
    """Compare everything that anybody was told with the log."""

    def told_of_it(facts):
        return [
            fact
            for fact in facts
            if fact.epoch.partition(".")[0] == ledger.epoch
            and only_epoch in (None, fact.epoch)
            and fact.who in members
        ]

    members = set(crowd.all) | set(crowd.gone)
    assert not journal.wrong, "\n".join(journal.wrong[:5])
    acks = told_of_it(journal.acks)
    _check_acks(ledger, acks)
    voters = _check_voters(ledger, acks)
    # Whoever left for good may not have heard that a last vote is in.
    whole = only_epoch is None and not any(person.waiting for person in crowd.gone)
    _check_ballots(ledger, crowd, journal, acks, voters, whole=whole)
    _check_tallies(ledger, told_of_it(journal.tallies), voters)
    _check_own_ballots(told_of_it(journal.ballots), members)
    _check_names(ledger, told_of_it(journal.voters_named))
    _check_talk(told_of_it(journal.comments), members)


def _check_acks(ledger, acks):
    """Each acknowledged message is in the log, once in effect, and as it was said."""
    positions = {}
    for ack in acks:
        entry = ledger.entries.get(ack.seq)
        if entry is None and ack.message.get("comment") in ledger.deleted:
            continue
        assert entry is not None, f"acknowledged, but not in the log: {ack}"
        said = {key: value for key, value in ack.message.items() if key != "id"}
        alike = {key: entry["action"].get(key) for key in said} == said
        assert alike or said["type"] in SAYS_MORE, (ack, entry)
        assert ack.seq in ledger.counted, f"acknowledged, but it does not count: {ack}"
        one = positions.setdefault(ack.seq, ack.message["id"])
        assert one == ack.message["id"], f"two messages are acknowledged at one place: {ack}"
    effects = [ledger.entries[seq].get("once") for seq in ledger.counted]
    effects = [once for once in effects if once]
    assert len(effects) == len(set(effects)), "one message counts twice"


def _check_voters(ledger, acks):
    """In each round a seat has one name, and no two have the same. Gives the names."""
    voters = {}
    for ack in acks:
        if ack.message["type"] in {"vote", "withdraw"}:
            name = ledger.entries[ack.seq]["by"]
            known = voters.setdefault((ack.message["round"], ack.seat), name)
            assert known == name, f"one seat votes under two names: {ack}"
    for n in {n for n, _ in voters}:
        names = [name for (of, _), name in voters.items() if of == n]
        assert len(names) == len(set(names)), "two seats vote under one name"
    return voters


def _last_words(acks, voters):
    """Give, by round, the last ballot that each voter was told is in; by the voter's name."""
    last = {}
    for ack in sorted(acks, key=attrgetter("seq")):
        if ack.message["type"] in {"vote", "withdraw"}:
            n = ack.message["round"]
            last.setdefault(n, {})[voters[n, ack.seat]] = plain(ack.message.get("ballot"))
    return {
        n: {name: ballot for name, ballot in said.items() if ballot is not None}
        for n, said in last.items()
    }


def _check_ballots(ledger, crowd, journal, acks, voters, *, whole):
    """Each ballot is the last word of its seat; in a `whole` story, nobody has one who gave none."""
    said = _last_words(acks, voters)
    for each in ledger.rounds:
        refused = [one for one in journal.refused if one[1].get("round") == each.n]
        counted = {name: plain(ballot) for name, ballot in each.ballots.items()}
        mine = said.get(each.n, {})
        if whole:
            invented = counted.keys() - mine.keys()
            assert not invented, (
                f"round {each.n}: ballots without a voter: {invented},"
                f" in the log {list(map(ledger.entries_by, invented))}, and refused were {refused}"
            )
        for name, ballot in mine.items():
            assert counted.get(name) == ballot, (
                f"round {each.n}: {name} said {ballot}, but {counted.get(name)} counts;"
                f" in the log is {ledger.entries_by(name)}, and refused were {refused}"
            )
    for person in crowd.voters if ledger.round else ():
        name = voters.get((ledger.round.n, person.seat))
        if name is None and not whole:
            continue
        shown, counted = plain(person.ballot), plain(ledger.ballots.get(name))
        assert shown == counted, f"{person} shows {shown}; as {name} counts {counted}"


def _check_tallies(ledger, tallies, voters):
    """At one position all saw the same, it is what the log comes to, and they may see it."""
    shown = {}
    for seen in tallies:
        key = (seen.epoch, seen.seq, "result" in seen.what)
        before = shown.setdefault(key, seen)
        assert before.what == seen.what, f"two tallies at one position:\n{before}\n{seen}"
        if "result" in seen.what:
            assert ledger.may_see_result(seen, voters), f"seen too early: {seen}"
    # Where positions were handed out twice, only the latest history is in the store.
    for seen in shown.values():
        counted = ledger.tally(seen.seq)
        assert _agrees(seen.what, counted), f"{seen}\nis not what the log says: {counted}"


def _check_own_ballots(ballots, members):
    """Nobody was shown as their own what they, or another page of their seat, never said."""
    said = defaultdict(list)
    for person in members:
        for message in person.said:
            if message["type"] == "vote":
                for seat in person.seats:
                    said[seat, message["round"]].append(plain(message["ballot"]))
    for seen in ballots:
        own = said[seen.seat, seen.what["round"]]
        assert plain(seen.what["ballot"]) in own, f"somebody else's ballot: {seen}"


def _check_names(ledger, told):
    """Who has voted is not told where somebody sees the result of a secret round move."""
    for seen in told:
        moment = ledger.moment(seen.seq)
        settings = moment.round.settings
        open_ = settings["names"] == "open"
        hidden = settings["visibility"] == "on_reveal" and not moment.host_sees_results
        assert open_ or hidden, f"told who voted: {seen}"


def _check_talk(comments, members):
    """Whatever anybody read is what its author said, and what is hidden is not read."""
    said = defaultdict(set)
    for person in members:
        for message in person.said:
            if message["type"] in {"comment", "edit_comment"}:
                said[message["comment"]].add(message["text"])
    for seen in comments:
        comment = seen.what
        if "deleted" in comment:
            assert comment.keys() == {"id", "option", "deleted"}, seen
        elif comment["hidden"] and seen.who.view != "host":
            assert (comment["text"], comment["name"]) == ("", None), seen
        else:
            assert comment["text"] in said[comment["id"]], seen


def _agrees(tally, counted):
    """Say whether a tally as it was shown is what was counted."""
    if tally is None or counted is None:
        return tally is counted
    if (tally["round"], tally["voters"]) != (counted["round"], counted["voters"]):
        return False
    shown = tally.get("result")
    return shown is None or all(shown[key] == value for key, value in counted["result"].items())


def _talk_differs(ledger, person):
    """Compare comments; of a long talk a page has the newest only."""
    shown = {id_: _essence(comment) for id_, comment in person.comments.items()}
    counted = {
        id_: _as_seen(comment, person.view)
        for id_, comment in ledger.comments.items()
        if id_ in shown or not person.has_part_of_the_talk
    }
    if shown == counted:
        return []
    wrong = [id_ for id_, comment in counted.items() if shown.get(id_) != comment]
    wrong += shown.keys() - counted.keys()
    first = wrong[0]
    return [f"{len(wrong)} comments: {shown.get(first)}, not {counted.get(first)}"]


def _as_seen(comment, view):
    if "deleted" in comment:
        return comment
    reactions = {emoji: len(seats) for emoji, seats in comment["reactions"].items() if seats}
    hidden = comment["hidden"] and view != "host"
    return comment | {"reactions": reactions} | ({"text": ""} if hidden else {})


def _essence(comment):
    return {key: value for key, value in comment.items() if key not in {"name", "at", "edited_at"}}
