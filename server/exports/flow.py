"""How first choices moved between two rounds, as an SVG: options on both sides, people as bands.

It shows what the sentences of a movement say (`server/domain/movement.py`), and nothing where that
may not be told. The height depends on the number of options.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import UNSET

from server.domain.movement import Choice, Movement
from server.domain.record import Considered, Record
from server.domain.refusals import Code, Refused
from server.exports.svg import SOFT, Style, document, filled_as, text_line, wrapped
from server.words.catalogue import words

WIDTH = 760
_TOP, _BOTTOM = 60, 12
_PEOPLE = 300
"""Height of all people together."""
_SLOT, _GAP = 28, 10
"""The least height of an option's place, so that names do not touch, and the space between."""
_NODE = 12
_LEFT, _RIGHT = 250, WIDTH - 250
_HEAD, _NAME = Style(18, bold=True, fill=SOFT), Style(20)
_EDGE = 10


def as_svg(record: Record, n: int) -> str:
    """Return the picture of what changed in round `n`.

    Raises Refused `no_such_round` if it is not revealed or no revealed round comes before it, and
    `not_allowed` if who moved may not be told.
    """
    at = next((each for each in record.revealed if each.n == n), None)
    if at is None or at.movement is None:
        raise Refused(Code.NO_SUCH_ROUND, words("refusal-no-earlier-round", round=n))
    movement = at.movement
    if movement.flows is UNSET:
        raise Refused(Code.NOT_ALLOWED, words("refusal-no-flow", round=n))
    then = next(each for each in record.rounds if each.n == movement.since)
    flow = _Flow(
        moves=_moves(movement),
        order=[*dict.fromkeys([*at.places, *then.places]), None],
        names={**then.options, **at.options},
        options={option.id: option for option in record.options},
    )
    before, after = flow.side(0), flow.side(1)
    height = round(_TOP + max(before.height, after.height) + _BOTTOM)
    title = words("movement-since", since=movement.since, n=n)
    drawn = [
        text_line(_LEFT, 38, words("round-number", n=movement.since), _HEAD, end=True),
        text_line(_RIGHT, 38, words("round-number", n=n), _HEAD),
        *flow.bands(before, after),
        *flow.bars(before, is_left=True),
        *flow.bars(after, is_left=False),
    ]
    return document(title, " ".join(movement.because), (WIDTH, height), drawn)


def _moves(movement: Movement) -> Counter[tuple[Choice, Choice]]:
    """Return how many people had which first choice then and now."""
    moves: Counter[tuple[Choice, Choice]] = Counter()
    for flow in movement.flows or ():
        moves[flow.source, flow.target] = flow.people
    kept = movement.kept or {}
    for option, people in kept.items():
        moves[option, option] = people
    moves[None, None] = (movement.stayed or 0) - sum(kept.values())
    return +moves


class _Side(NamedTuple):
    """One column: how many people chose each option, and where these begin."""

    people: dict[Choice, int]
    tops: dict[Choice, float]
    height: float


class _Flow(NamedTuple):
    """What is drawn."""

    moves: Counter[tuple[Choice, Choice]]
    order: list[Choice]
    names: Mapping[str, str]
    options: Mapping[str, Considered]

    def tall(self, people: int) -> float:
        return people * _PEOPLE / max(1, self.moves.total())

    def side(self, which: int) -> _Side:
        people: Counter[Choice] = Counter()
        for choices, number in self.moves.items():
            people[choices[which]] += number
        y, tops = float(_TOP), {}
        for choice in filter(people.get, self.order):
            tall = self.tall(people[choice])
            tops[choice] = y + max(0.0, (_SLOT - tall) / 2)
            y += max(_SLOT, tall) + _GAP
        return _Side({choice: people[choice] for choice in tops}, tops, y - _TOP)

    def bands(self, before: _Side, after: _Side) -> Iterator[str]:
        """Yield those who stayed, pale, and those who moved, in the colour of where they were."""
        left, right = _LEFT + _NODE, _RIGHT - _NODE
        middle = (left + right) // 2
        out, into = dict(before.tops), dict(after.tops)
        for source in before.tops:
            for target in after.tops:
                thick = self.tall(self.moves[source, target])
                if not thick:
                    continue
                a, b = out[source], into[target]
                out[source], into[target] = c, d = a + thick, b + thick
                yield (
                    f'<path d="M{left} {a:.1f}C{middle} {a:.1f} {middle} {b:.1f} {right} {b:.1f}'
                    f'V{d:.1f}C{middle} {d:.1f} {middle} {c:.1f} {left} {c:.1f}Z" '
                    f"{self.filled(source)} "
                    f'fill-opacity="{0.16 if source == target else 0.55}"/>'
                )

    def bars(self, side: _Side, *, is_left: bool) -> Iterator[str]:
        """Yield a bar for each option, and its name."""
        for choice, people in side.people.items():
            y, tall = side.tops[choice], self.tall(people)
            yield (
                f'<rect x="{_LEFT if is_left else _RIGHT - _NODE}" y="{y:.1f}" width="{_NODE}" '
                f'height="{tall:.1f}" {self.filled(choice)}/>'
            )
            name = words("movement-no-first") if choice is None else self.names[choice]
            (shown,) = wrapped(name, _NAME, _LEFT - 2 * _EDGE - 64, 1)
            text = words("picture-figure", option=f"\u2068{shown}\u2069", total=str(people))
            x = _LEFT - _EDGE if is_left else _RIGHT + _EDGE
            yield text_line(x, round(y + tall / 2 + _NAME.size / 3), text, _NAME, end=is_left)

    def filled(self, choice: Choice) -> str:
        return 'fill="#8a8e95"' if choice is None else filled_as(self.options.get(choice))
