"""Limits on the length of texts and the size of numbers: the one place for limits on input.

Each is a type that msgspec checks while decoding, so a decoded struct is within its limits. Lengths
are counted in characters.
"""

import re
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, ValidationError

from server.words.catalogue import words

# `\Z`, because `$` would accept a trailing line break.
_SLUG = r"^[a-z0-9][a-z0-9-]{0,39}\Z"

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Alphabet of codes that people type, without characters that are easily confused."""

MAX_OPTIONS = 50
MIN_OPTIONS_TO_VOTE = 2

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Context = Annotated[str, Meta(max_length=2000)]

Slug = Annotated[str, Meta(pattern=_SLUG)]
OptionName = Annotated[str, Meta(min_length=1, max_length=80)]
Strapline = Annotated[str, Meta(max_length=160)]
Feature = Annotated[str, Meta(min_length=1, max_length=200)]
Features = Annotated[tuple[Feature, ...], Meta(max_length=12)]
SuitedTo = Annotated[str, Meta(max_length=300)]
Link = Annotated[str, Meta(max_length=500)]
Tag = Annotated[str, Meta(min_length=1, max_length=40)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=12)]
Hue = Annotated[int, Meta(ge=0, le=359)]

CriterionName = Annotated[str, Meta(min_length=1, max_length=80)]
Weight = Annotated[float, Meta(gt=0, le=100)]

GateOwner = Annotated[str, Meta(max_length=80)]
"""Who finds out whether an option passes. Empty: no one was named."""
Evidence = Annotated[str, Meta(max_length=500)]
"""Why an option passes or fails. Empty: it is not said."""

ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
LONGEST_COMMENT = 2000
CommentText = Annotated[str, Meta(min_length=1, max_length=LONGEST_COMMENT)]
Emoji = Annotated[str, Meta(min_length=1, max_length=16)]
AnyPersonName = Annotated[str, Meta(max_length=40)]
"""Empty: no name."""
HostName = Annotated[str, Meta(min_length=1, max_length=40)]
ArgumentText = Annotated[str, Meta(max_length=500)]
"""How a host words a comment for the record. Empty: as it was written."""
ProposalWord = Annotated[str, Meta(max_length=300)]
"""What a host says to a proposal. Empty: nothing."""
Because = Annotated[str, Meta(max_length=4000)]
Consequence = Annotated[str, Meta(min_length=1, max_length=200)]
MAX_CONSEQUENCES = 10
Confirmation = Annotated[str, Meta(max_length=500)]
"""How it will be seen whether a decision was right. Empty: it is not said."""
Prediction = Annotated[str, Meta(min_length=1, max_length=280)]
Confidence = Annotated[int, Meta(ge=0, le=100)]
"""How sure someone is of a prediction, in percent."""
MAX_PREDICTIONS = 5
StanceReason = Annotated[str, Meta(max_length=280)]
"""Why someone has a reservation, or blocks. Empty: they commit."""
AnyOwner = Annotated[str, Meta(max_length=80)]
"""Who sees to a risk. Empty: no one."""
Owner = Annotated[str, Meta(min_length=1, max_length=80)]
Day = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date"})]
"""A day as people write it, such as 2027-06-01; `live/outcomes.py` parses it."""


class Breach(NamedTuple):
    """What is wrong with a value: its field (`options[2].link`), the rest of a sentence, a code."""

    field: str
    problem: str
    code: Literal["too_long", "too_many", "not_understood"]


_KINDS = {
    "str": words("breach-kind-text"),
    "int": words("breach-kind-whole"),
    "float": words("breach-kind-number"),
    "bool": words("breach-kind-bool"),
    "array": words("breach-kind-list"),
    "object": words("breach-kind-fields"),
    "null": words("breach-kind-nothing"),
}
_FORMS = {
    _SLUG: words("breach-slug"),
}
_COMPARISONS = {
    ">=": "breach-at-least",
    "<=": "breach-at-most",
    ">": "breach-more-than",
    "<": "breach-less-than",
}


def breach(error: ValidationError) -> Breach:
    """Translate an error of msgspec, written for programmers, into words for a person."""
    what, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$").removeprefix(".")
    if match := re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", what):
        missing = match[1] == "missing required"
        problem = words("breach-missing" if missing else "breach-unknown-field")
        return Breach(f"{field}.{match[2]}".removeprefix("."), problem, "not_understood")
    if match := re.fullmatch(r"Expected `(str|array)` of length ([<>]=) (\d+)", what):
        return _length(field, match[1], match[2], int(match[3]))
    if match := re.fullmatch(r"Expected `str` matching regex '(.*)'", what):
        pattern = match[1].replace("\\\\", "\\")
        return Breach(field, _FORMS.get(pattern, words("breach-form")), "not_understood")
    if match := re.fullmatch(r"Expected `\w+` ([<>]=?) ([\d.]+)", what):
        problem = words(_COMPARISONS[match[1]], limit=match[2].removesuffix(".0"))
        return Breach(field, problem, "not_understood")
    if match := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", what):
        wanted, got = (_KINDS.get(kind, kind) for kind in match.groups())
        got = words("breach-kind-decimal") if match.groups() == ("int", "float") else got
        return Breach(field, words("breach-kind", wanted=wanted, got=got), "not_understood")
    return Breach(field, words("breach-not-understood"), "not_understood")


def _length(field: str, kind: str, comparison: str, limit: int) -> Breach:
    if comparison == "<=":
        code: Literal["too_long", "too_many"] = "too_long" if kind == "str" else "too_many"
        problem = words("breach-too-long" if kind == "str" else "breach-too-many", limit=limit)
        return Breach(field, problem, code)
    if limit == 1:
        return Breach(field, words("breach-not-empty"), "not_understood")
    few = words("breach-too-short" if kind == "str" else "breach-too-few", limit=limit)
    return Breach(field, few, "not_understood")
