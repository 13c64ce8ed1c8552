"""What a team weighs when it compares options."""

from collections.abc import Sequence

from msgspec import Struct, structs

from server.domain.limits import CriterionName, Slug, Weight
from server.domain.text import free_slug, same_name, slug, tidy, visible

MAX_CRITERIA = 20


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that counts, and how much beside the others."""

    id: Slug
    name: CriterionName
    weight: Weight = 1.0


class CriterionDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion as a person or a file gives it: the id may be left to the board."""

    id: Slug | None = None
    name: CriterionName
    weight: Weight = 1.0


class CriterionError(ValueError):
    """A criterion cannot stand; `str()` of it tells a person why. `index` counts from 0."""

    def __init__(self, index: int, field: str, problem: str) -> None:
        super().__init__(f"Criterion {index + 1}: {field} {problem}.")
        self.index = index
        self.field = field
        self.problem = problem


def complete(drafts: Sequence[CriterionDraft]) -> tuple[Criterion, ...]:
    """Make criteria of drafts. Raises CriterionError for what a person has to put right."""
    ids = {draft.id for draft in drafts if draft.id is not None}
    criteria: list[Criterion] = []
    for index, draft in enumerate(drafts):
        try:
            name = tidy(draft.name)
        except ValueError as error:
            raise CriterionError(index, "name", str(error)) from None
        if not visible(name):
            raise CriterionError(index, "name", "must not be empty")
        if any(draft.id == other.id for other in criteria):
            raise CriterionError(index, "id", f"“{draft.id}” is there already")
        if any(same_name(name) == same_name(other.name) for other in criteria):
            raise CriterionError(index, "name", f"“{name}” is there already")
        made = draft.id
        if made is None:
            made = free_slug(slug(name) or f"criterion-{index + 1}", ids)
            ids.add(made)
        criteria.append(Criterion(**{**structs.asdict(draft), "id": made, "name": name}))
    return tuple(criteria)
