"""Breaking a tie for the win, by an order that was fixed before anybody voted."""

from collections.abc import Mapping, Sequence

from msgspec import structs

from server.domain.methods import Result
from server.domain.refusals import Code, Refused
from server.domain.rules import TieBreak

_SAID = {
    TieBreak.LISTED: "the board's list",
    TieBreak.LOT: "the lot drawn when the round was opened",
}


def tie_order(kind: TieBreak, options: Sequence[str], drawn: Sequence[str]) -> tuple[str, ...]:
    """Return the order that breaks ties; `drawn` stands in the log. Raises Refused."""
    if kind is TieBreak.LISTED:
        return tuple(options)
    if kind is TieBreak.NONE:
        return ()
    if sorted(drawn) != sorted(options):
        raise Refused(
            Code.BAD_SETTINGS,
            "The options changed while the lot was drawn. Open the round again.",
        )
    return tuple(drawn)


def break_tie(
    result: Result, kind: TieBreak, order: Sequence[str], names: Mapping[str, str]
) -> Result:
    """Leave one winner. The order of the options still shows who is tied by the ballots."""
    if kind is TieBreak.NONE or len(result.winners) < 2:
        return result
    winner = min(result.winners, key=order.index)
    said = f"The tie goes to {names[winner]}, the first of them in {_SAID[kind]}."
    return structs.replace(
        result,
        winners=[winner],
        decided_by=f"{result.decided_by} {said}",
        steps=[*result.steps, said],
    )
