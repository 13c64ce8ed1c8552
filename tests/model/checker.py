"""An independent model: everything that anyone was sent is checked against the log.

There is one function for each thing that must never happen; see `docs/architecture.md`.
"""

import asyncio
from collections import defaultdict
from operator import attrgetter

from model.ballot_filling import plain
from model.reference_board import ReferenceBoard

SETTLES = 10.0
"""Seconds after which all pages must show the same."""
SAYS_MORE = {"open_round", "lock_round", "reveal_round", "add_option", "edit_option"}
"""Requests that are logged with more, or fewer, fields than were sent."""


async def settled(store, crowd, recording, *, only_epoch=None, patience=SETTLES):
    """Wait until all pages show what the log says, then check everything that anyone was sent.

    `only_epoch` ignores what was sent before a store lost its memory.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        reference = ReferenceBoard.of(store, crowd.code)
        wrong = differences(reference, crowd)
        if not wrong:
            break
        assert asyncio.get_running_loop().time() < deadline, "\n".join(wrong[:20])
        await asyncio.sleep(0.05)
    check(reference, crowd, recording, only_epoch=only_epoch)
    return reference


def differences(reference, crowd):
    """Return how the pages differ from the log, and from who is here."""
    here = len({person.seat for person in crowd.voters if person.welcomes and person.seat})
    voted = len(reference.ballots)
    wrong = [each for person in crowd.all for each in differs(reference, person)]
    wrong += [
        f"{person} shows the people {person.people}, not {here} here and {voted} voted"
        for person in crowd.all
        if person.people is None or (person.people["here"], person.people["voted"]) != (here, voted)
    ]
    return wrong


def differs(reference, person):
    """Return how a page differs from the log; empty if it does not."""
    wrong = []
    if not person.present or person.waiting:
        wrong.append(f"present: {person.present}, without an answer: {person.waiting}")
    if person.epoch and person.epoch.partition(".")[0] != reference.epoch:
        wrong.append(f"epoch: {person.epoch}, not {reference.epoch}")
    state = reference.round.state if reference.round else None
    if (person.round or {}).get("state") != state:
        wrong.append(f"round: {person.round}, which is {state}")
    counted = reference.tally(reference.top)
    if not _agrees(person.tally, counted):
        wrong.append(f"tally: {person.tally}, not {counted}")
    wrong += _talk_differs(reference, person)
    return [f"{person} shows at {person.seq} of {reference.top}: {each}" for each in wrong]


def check(reference, crowd, recording, *, only_epoch=None):
    """Compare everything that anyone was sent with the log."""

    def told_of_it(facts):
        return [
            fact
            for fact in facts
            if fact.epoch.partition(".")[0] == reference.epoch
            and only_epoch in (None, fact.epoch)
            and fact.who in members
        ]

    members = set(crowd.all) | set(crowd.gone)
    assert not recording.wrong, "\n".join(recording.wrong[:5])
    acks = told_of_it(recording.acks)
    _check_acks(reference, acks)
    voters = _check_voters(reference, acks)
    # People who left for good may not have learned that their last vote counts.
    whole = only_epoch is None and not any(person.waiting for person in crowd.gone)
    _check_ballots(reference, crowd, recording, acks, voters, whole=whole)
    _check_tallies(reference, told_of_it(recording.tallies), voters)
    _check_own_ballots(told_of_it(recording.ballots), members)
    _check_names(reference, told_of_it(recording.voters_named))
    _check_talk(told_of_it(recording.comments), members)


def _check_acks(reference, acks):
    """Each acknowledged message is in the log, takes effect once, and is as it was sent."""
    positions = {}
    for ack in acks:
        entry = reference.entries.get(ack.seq)
        if entry is None and ack.message.get("comment") in reference.deleted:
            continue
        assert entry is not None, f"acknowledged, but not in the log: {ack}"
        said = {key: value for key, value in ack.message.items() if key != "id"}
        alike = {key: entry["action"].get(key) for key in said} == said
        assert alike or said["type"] in SAYS_MORE, (ack, entry)
        assert ack.seq in reference.counted, f"acknowledged, but it does not count: {ack}"
        one = positions.setdefault(ack.seq, ack.message["id"])
        assert one == ack.message["id"], f"two messages are acknowledged at one place: {ack}"
    effects = [reference.entries[seq].get("once") for seq in reference.counted]
    effects = [once for once in effects if once]
    assert len(effects) == len(set(effects)), "one message counts twice"


def _check_voters(reference, acks):
    """In each round a seat has one id, and no two seats share one. Returns the ids."""
    voters = {}
    for ack in acks:
        if ack.message["type"] in {"vote", "withdraw"}:
            name = reference.entries[ack.seq]["by"]
            known = voters.setdefault((ack.message["round"], ack.seat), name)
            assert known == name, f"one seat votes under two names: {ack}"
    for n in {n for n, _ in voters}:
        names = [name for (of, _), name in voters.items() if of == n]
        assert len(names) == len(set(names)), "two seats vote under one name"
    return voters


def _last_words(acks, voters):
    """Return, by round and voter id, the last ballot acknowledged to each voter."""
    last = {}
    for ack in sorted(acks, key=attrgetter("seq")):
        if ack.message["type"] in {"vote", "withdraw"}:
            n = ack.message["round"]
            last.setdefault(n, {})[voters[n, ack.seat]] = plain(ack.message.get("ballot"))
    return {
        n: {name: ballot for name, ballot in said.items() if ballot is not None}
        for n, said in last.items()
    }


def _check_ballots(reference, crowd, recording, acks, voters, *, whole):
    """Each ballot is the last of its seat; in a `whole` story, no one has a ballot without casting
    it.
    """
    said = _last_words(acks, voters)
    for each in reference.rounds:
        refused = [one for one in recording.refused if one[1].get("round") == each.n]
        counted = {name: plain(ballot) for name, ballot in each.ballots.items()}
        mine = said.get(each.n, {})
        if whole:
            invented = counted.keys() - mine.keys()
            assert not invented, (
                f"round {each.n}: ballots without a voter: {invented},"
                f" in the log {list(map(reference.entries_by, invented))}, and refused were {refused}"
            )
        for name, ballot in mine.items():
            assert counted.get(name) == ballot, (
                f"round {each.n}: {name} said {ballot}, but {counted.get(name)} counts;"
                f" in the log is {reference.entries_by(name)}, and refused were {refused}"
            )
    for person in crowd.voters if reference.round else ():
        name = voters.get((reference.round.n, person.seat))
        if name is None and not whole:
            continue
        shown, counted = plain(person.ballot), plain(reference.ballots.get(name))
        assert shown == counted, f"{person} shows {shown}; as {name} counts {counted}"


def _check_tallies(reference, tallies, voters):
    """At one position everyone saw the same tally, it matches the log, and they may see it."""
    shown = {}
    for seen in tallies:
        key = (seen.epoch, seen.seq, "result" in seen.what)
        before = shown.setdefault(key, seen)
        assert before.what == seen.what, f"two tallies at one position:\n{before}\n{seen}"
        if "result" in seen.what:
            assert reference.may_see_result(seen, voters), f"seen too early: {seen}"
    # If positions were assigned twice, only the latest history is in the store.
    for seen in shown.values():
        counted = reference.tally(seen.seq)
        assert _agrees(seen.what, counted), f"{seen}\nis not what the log says: {counted}"


def _check_own_ballots(ballots, members):
    """No one was shown a ballot as their own that no page of their seat had sent."""
    said = defaultdict(list)
    for person in members:
        for message in person.messages:
            if message["type"] == "vote":
                for seat in person.seats:
                    said[seat, message["round"]].append(plain(message["ballot"]))
    for seen in ballots:
        own = said[seen.seat, seen.what["round"]]
        assert plain(seen.what["ballot"]) in own, f"somebody else's ballot: {seen}"


def _check_names(reference, told):
    """Who has voted is not sent while anyone can see the result of a secret round change."""
    for seen in told:
        moment = reference.moment(seen.seq)
        settings = moment.round.settings
        open_ = settings["names"] == "open"
        hidden = settings["visibility"] == "on_reveal" and not moment.host_sees_results
        assert open_ or hidden, f"told who voted: {seen}"


def _check_talk(comments, members):
    """Every comment that anyone read is what its author wrote, and hidden text is not sent."""
    said = defaultdict(set)
    for person in members:
        for message in person.messages:
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
    """Whether a tally as shown matches the count."""
    if tally is None or counted is None:
        return tally is counted
    if (tally["round"], tally["voters"]) != (counted["round"], counted["voters"]):
        return False
    shown = tally.get("result")
    if shown is None or counted["result"] is None:
        return shown is None
    if tally.get("counted") != counted["counted"]:
        return False
    return all(shown[key] == value for key, value in counted["result"].items())


def _talk_differs(reference, person):
    """Compare comments; of a long talk, a page has only the newest."""
    shown = {id_: _essence(comment) for id_, comment in person.comments.items()}
    counted = {
        id_: _as_seen(comment, person.view)
        for id_, comment in reference.comments.items()
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
