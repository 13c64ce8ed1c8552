"""Breaks a tie for the win, by an order that was fixed before voting began."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from server.domain.methods import Result
from server.domain.refusals import Code, Refused
from server.domain.rules import TieBreak
from server.words.catalogue import words

_DECIDED = {TieBreak.LISTED: "decided-by-list", TieBreak.LOT: "decided-by-lot"}


def tie_order(kind: TieBreak, options: Sequence[str], lot: Sequence[str]) -> tuple[str, ...]:
    """Return the order that breaks ties; `lot` is the lot recorded in the log. Raises Refused."""
    if kind is TieBreak.LISTED:
        return tuple(options)
    if kind is TieBreak.NONE:
        return ()
    if sorted(lot) != sorted(options):
        raise Refused(
            Code.BAD_SETTINGS,
            words("refusal-lot-changed"),
        )
    return tuple(lot)


def break_tie(
    result: Result, kind: TieBreak, order: Sequence[str], names: Mapping[str, str]
) -> Result:
    """Leave one winner. The order of the options still shows which are tied by the ballots."""
    if kind is TieBreak.NONE or len(result.winners) < 2:
        return result
    winner = min(result.winners, key=order.index)
    sentence = words(_DECIDED[kind], name=names[winner])
    return structs.replace(
        result,
        winners=[winner],
        decided_by=f"{result.decided_by} {sentence}",
        steps=[*result.steps, sentence],
    )
