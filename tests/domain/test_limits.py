from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from server.domain import limits
from server.domain.options import Option, OptionDraft


@pytest.mark.parametrize(
    ("value", "field", "problem", "code"),
    [
        ({}, "name", "is missing", "not_understood"),
        ({"name": "x", "price": 1}, "price", "is not a known field", "not_understood"),
        ({"name": "x" * 81}, "name", "must have at most 80 characters", "too_long"),
        ({"name": ""}, "name", "must not be empty", "not_understood"),
        ({"name": 3}, "name", "must be text, not a whole number", "not_understood"),
        ({"name": None}, "name", "must be text, not nothing", "not_understood"),
        ({"name": ["x"]}, "name", "must be text, not a list", "not_understood"),
        ({"name": "x", "tags": "y"}, "tags", "must be a list, not text", "not_understood"),
        ({"name": "x", "tags": ["y"] * 13}, "tags", "must have at most 12 entries", "too_many"),
        (
            {"name": "x", "features": ["y", ""]},
            "features[1]",
            "must not be empty",
            "not_understood",
        ),
        ({"name": "x", "hue": 360}, "hue", "must be at most 359", "not_understood"),
        ({"name": "x", "hue": -1}, "hue", "must be at least 0", "not_understood"),
        ({"name": "x", "hue": "3"}, "hue", "must be a whole number, not text", "not_understood"),
        ([], "", "must be a group of fields, not a list", "not_understood"),
    ],
)
def test_a_breach_is_told_in_words(value, field, problem, code):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, OptionDraft)
    assert limits.breach(caught.value) == (field, problem, code)


@pytest.mark.parametrize("wrong", ["", "-a", "A", "a_b", "a" * 41, "a\n", "ä"])
def test_an_id_of_the_wrong_form_is_told_what_the_form_is(wrong):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"id": wrong, "name": "x"}, Option)
    field, problem, _ = limits.breach(caught.value)
    assert field == "id"
    assert problem.startswith("must be 1 to 40 of a to z")


@pytest.mark.parametrize(
    ("weight", "problem"),
    [
        (0, "must be more than 0"),
        (101, "must be at most 100"),
        (float("nan"), "must be more than 0"),
    ],
)
def test_a_weight_is_a_number_that_counts(weight, problem):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(weight, limits.Weight)
    assert limits.breach(caught.value).problem == problem


def test_a_least_length_above_one_is_told_as_a_number():
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(["a"], Annotated[list[str], Meta(min_length=2)])
    assert limits.breach(caught.value).problem == "must have at least 2 entries"


def test_what_has_no_words_yet_still_makes_a_sentence():
    assert limits.breach(msgspec.ValidationError("Number out of range")).problem == (
        "is not understood"
    )
