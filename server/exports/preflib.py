"""Rankings as PrefLib keeps them, so that other people's tools can count them again.

The formats are `soi` (strict orders, incomplete) and `toc` (orders with ties, complete); Mattei and
Walsh, "PrefLib: A Library for Preferences", preflib.org/format.
"""

from collections import Counter

from server.domain.record import RecordedRound
from server.domain.refusals import Code, Refused
from server.words.catalogue import words

Order = tuple[tuple[int, ...], ...]


def as_preflib(each: RecordedRound, kind: str, *, title: str, day: str) -> bytes:
    """Return the ballots of a ranked round as `soi` or `toc`; `day` is an ISO date.

    In `toc`, options that a ballot leaves out are tied at its end, which is how they count. In
    `soi`, a ballot that ranks nothing has no place; it counts nothing. Raises Refused
    `unknown_method` for a round that is no ranking, `bad_ballot` for ties in `soi`.
    """
    if each.method != "ranked":
        raise Refused(Code.UNKNOWN_METHOD, words("refusal-ballots-not-ranked", round=each.n))
    numbers = {option: number for number, option in enumerate(each.options, 1)}
    orders: Counter[Order] = Counter()
    for cast in each.ballots:
        groups = [sorted(numbers[option] for option in group) for group in cast.ballot["ranking"]]
        ranked = {number for group in groups for number in group}
        if kind == "toc" and (left := sorted(set(numbers.values()) - ranked)):
            groups.append(left)
        orders[tuple(map(tuple, groups))] += 1
    if kind == "soi":
        orders.pop((), None)
        if any(len(group) > 1 for order in orders for group in order):
            raise Refused(Code.BAD_BALLOT, words("refusal-ballots-tied", round=each.n))
    # The most frequent first and, among equals, in the order of what they say.
    listed = sorted(orders.items(), key=lambda item: (-item[1], item[0]))
    head = {
        "FILE NAME": f"ballots.{kind}",
        "TITLE": title,
        "DESCRIPTION": "",
        "DATA TYPE": kind,
        "MODIFICATION TYPE": "original",
        "RELATES TO": "",
        "RELATED FILES": "",
        "PUBLICATION DATE": day,
        "MODIFICATION DATE": day,
        "NUMBER ALTERNATIVES": len(numbers),
        "NUMBER VOTERS": orders.total(),
        "NUMBER UNIQUE ORDERS": len(orders),
    } | {f"ALTERNATIVE NAME {n}": each.options[option] for option, n in numbers.items()}
    lines = [f"# {name}: {value}".rstrip() for name, value in head.items()]
    lines += [f"{count}: {_written(order)}" for order, count in listed]
    return ("\n".join(lines) + "\n").encode()


def _written(order: Order) -> str:
    return ",".join(
        str(group[0]) if len(group) == 1 else f"{{{','.join(map(str, group))}}}" for group in order
    )
