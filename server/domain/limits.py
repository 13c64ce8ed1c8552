"""How long a text and how large a number may be: one place for every limit on what people send.

Each is a type that msgspec checks while it reads, so a value of a struct that
was read is within its limits. Lengths are counted in characters.
"""

from typing import Annotated

from msgspec import Meta

# `\Z`, because `$` would let a line break through at the end.
_SLUG = r"^[a-z0-9][a-z0-9-]{0,39}\Z"

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
PersonName = Annotated[str, Meta(min_length=1, max_length=40)]
Because = Annotated[str, Meta(max_length=4000)]
