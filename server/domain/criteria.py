"""The criteria by which a team compares options."""

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import Struct, structs

from server.domain.limits import CriterionName, Slug, Weight
from server.domain.listed import add_id, require_new
from server.domain.text import tidy
from server.words.catalogue import words

MAX_CRITERIA = 20
_VOTED_ON = "criterion:"
"""Before the id of a criterion that is voted on: no option can have such an id."""
_LEAST_WEIGHT = 0.01


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One criterion, and its weight relative to the others."""

    id: Slug
    name: CriterionName
    weight: Weight = 1.0


class CriterionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion as a person or a file provides it; the id may be left to the board."""

    id: Slug | None = None
    name: CriterionName
    weight: Weight = 1.0


class CriterionError(ValueError):
    """A criterion is invalid; `str()` of it tells a person why. `index` counts from 0."""

    def __init__(self, index: int, field: str, problem: str) -> None:
        spoken = words("field-name", field=field)
        super().__init__(words("breach-criterion", n=index + 1, field=spoken, problem=problem))
        self.index = index
        self.field = field
        self.problem = problem


def voted_on(criteria: Sequence[Criterion]) -> dict[str, str]:
    """Return what is on the ballot of a round about criteria: names, by id."""
    return {f"{_VOTED_ON}{each.id}": each.name for each in criteria}


def weighted_by(totals: Mapping[str, float], names: Mapping[str, str]) -> tuple[Criterion, ...]:
    """Return the criteria of a round about them, each with its share of all dots, in percent.

    Those that got none are left out, because a weight is more than 0.
    """
    everything = sum(totals.values())
    return tuple(
        Criterion(
            id=id_.removeprefix(_VOTED_ON),
            name=name,
            weight=max(round(100 * totals[id_] / everything, 2), _LEAST_WEIGHT),
        )
        for id_, name in names.items()
        if totals[id_]
    )


def complete(drafts: Sequence[CriterionDraft]) -> tuple[Criterion, ...]:
    """Complete drafts into criteria. Raises CriterionError for mistakes a person has to correct."""
    ids = {draft.id for draft in drafts if draft.id is not None}
    criteria: list[Criterion] = []
    for index, draft in enumerate(drafts):
        try:
            name = tidy(draft.name)
        except ValueError as error:
            raise CriterionError(index, "name", str(error)) from None
        require_new(draft.id, name, criteria, partial(CriterionError, index))
        made = add_id(name, f"criterion-{index + 1}", ids) if draft.id is None else draft.id
        criteria.append(Criterion(**{**structs.asdict(draft), "id": made, "name": name}))
    return tuple(criteria)
