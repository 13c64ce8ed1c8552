"""How long a text and how large a number may be: one place for every limit on what people send.

Each is a type that msgspec checks while it reads, so a value of a struct that
was read is within its limits. Lengths are counted in characters.
"""

import re
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, ValidationError

# `\Z`, because `$` would let a line break through at the end.
_SLUG = r"^[a-z0-9][a-z0-9-]{0,39}\Z"

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes that people type: nothing that is read for something else."""

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

ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
CommentText = Annotated[str, Meta(min_length=1, max_length=2000)]
Emoji = Annotated[str, Meta(min_length=1, max_length=16)]
AnyPersonName = Annotated[str, Meta(max_length=40)]
"""Empty: no name."""
HostName = Annotated[str, Meta(min_length=1, max_length=40)]
Because = Annotated[str, Meta(max_length=4000)]


class Breach(NamedTuple):
    """What a value did wrong: where (`options[2].link`), the rest of a sentence, and the code."""

    field: str
    problem: str
    code: Literal["too_long", "too_many", "not_understood"]


_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a group of fields",
    "null": "nothing",
}
_FORMS = {
    _SLUG: "must be 1 to 40 of a to z, 0 to 9 and hyphens, and must not start with a hyphen",
}
_COMPARISONS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def breach(error: ValidationError) -> Breach:
    """Tell in words for a person what msgspec found, in place of its words for a programmer."""
    what, _, path = str(error).partition(" - at `")
    field = path.rstrip("`").removeprefix("$").removeprefix(".")
    if match := re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", what):
        problem = "is missing" if match[1] == "missing required" else "is not a field known here"
        return Breach(f"{field}.{match[2]}".removeprefix("."), problem, "not_understood")
    if match := re.fullmatch(r"Expected `(str|array)` of length ([<>]=) (\d+)", what):
        return _length(field, match[1], match[2], int(match[3]))
    if match := re.fullmatch(r"Expected `str` matching regex '(.*)'", what):
        pattern = match[1].replace("\\\\", "\\")
        return Breach(field, _FORMS.get(pattern, "has the wrong form"), "not_understood")
    if match := re.fullmatch(r"Expected `\w+` ([<>]=?) ([\d.]+)", what):
        number = match[2].removesuffix(".0")
        return Breach(field, f"must be {_COMPARISONS[match[1]]} {number}", "not_understood")
    if match := re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", what):
        wanted, got = (_KINDS.get(kind, kind) for kind in match.groups())
        got = "one with a point" if match.groups() == ("int", "float") else got
        return Breach(field, f"must be {wanted}, not {got}", "not_understood")
    return Breach(field, "is not understood", "not_understood")


def _length(field: str, kind: str, comparison: str, limit: int) -> Breach:
    things = "characters" if kind == "str" else "entries"
    if comparison == "<=":
        code: Literal["too_long", "too_many"] = "too_long" if kind == "str" else "too_many"
        return Breach(field, f"must have at most {limit} {things}", code)
    problem = "must not be empty" if limit == 1 else f"must have at least {limit} {things}"
    return Breach(field, problem, "not_understood")
