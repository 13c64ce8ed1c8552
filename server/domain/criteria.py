"""What a team weighs when it compares options."""

from msgspec import Struct

from server.domain.limits import CriterionName, Slug, Weight


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that counts, and how much beside the others."""

    id: Slug
    name: CriterionName
    weight: Weight = 1.0
