import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.options import HUES, Option, OptionDraft, OptionError, complete


def draft(name="Flask", **fields):
    return OptionDraft(name=name, **fields)


def as_drafts(options):
    return [OptionDraft(**msgspec.structs.asdict(option)) for option in options]


def refusal(*drafts, taken=()):
    with pytest.raises(OptionError) as caught:
        complete(drafts, taken)
    return caught.value


def test_ids_come_from_names_and_hues_from_positions():
    flask, csharp = complete([draft("Flask"), draft("C#", strapline=" Sharp ", hue=7)])
    assert flask == Option(id="flask", name="Flask", hue=HUES[0])
    assert csharp == Option(id="c-sharp", name="C#", strapline="Sharp", hue=7)


def test_names_that_make_the_same_id_get_a_number():
    assert [o.id for o in complete([draft("C"), draft("C!"), draft("C?")])] == ["c", "c-2", "c-3"]


def test_a_given_id_goes_before_one_that_would_be_made():
    assert [o.id for o in complete([draft("Go"), draft("Golang", id="go")])] == ["go-2", "go"]


def test_a_name_without_ascii_gets_its_place_on_the_board_as_id():
    there = complete([draft("Flask"), draft("Django")])
    assert complete([draft("日本語")], there)[0].id == "option-3"


def test_no_option_can_pose_as_the_line_for_further_discussion():
    assert complete([draft("Further discussion")])[0].id == "further-discussion-2"
    assert refusal(draft(id="further-discussion")).field == "id"


def test_an_option_among_others_knows_what_they_have_taken():
    there = complete([draft("Flask")])
    (added,) = complete([draft("Flask!")], there)
    assert added.id == "flask-2"
    assert added.hue == HUES[1]
    assert refusal(draft(" FLASK"), taken=there).field == "name"
    assert refusal(draft("Other", id="flask"), taken=there).field == "id"


def test_an_option_after_a_removal_does_not_get_the_hue_of_another():
    _, second, third = complete([draft("A"), draft("B"), draft("C")])
    (added,) = complete([draft("D")], [second, third])
    assert added.hue not in {second.hue, third.hue}


def test_hues_begin_again_when_all_are_in_use():
    options = complete([draft(f"Option {n}") for n in range(23)])
    assert [o.hue for o in options] == [*HUES, *HUES, *HUES[:3]]


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"name": "   "}, "name", "must not be empty"),
        ({"name": "\u200b"}, "name", "must not be empty"),
        ({"name": "a\nb"}, "name", "must be on one line"),
        ({"name": "a\x07b"}, "name", "control character U+0007"),
        ({"name": "x" * 81}, "name", "at most 80 characters"),
        ({"strapline": "x" * 161}, "strapline", "at most 160 characters"),
        ({"features": ("fine", " ")}, "features[1]", "must not be empty"),
        ({"features": ("f",) * 13}, "features", "at most 12 entries"),
        ({"tags": ("a\tb",)}, "tags[0]", "control character U+0009"),
        ({"suited_to": "x" * 301}, "suited_to", "at most 300 characters"),
        ({"id": "Flask"}, "id", "a to z"),
        ({"hue": 400}, "hue", "at most 359"),
        ({"link": "javascript:alert(1)"}, "link", "must start with http:// or https://"),
        ({"link": "//example.org"}, "link", "must start with http:// or https://"),
        ({"link": "https://"}, "link", "complete address"),
        ({"link": "https:///path"}, "link", "complete address"),
        ({"link": "https://[::1"}, "link", "complete address"),
        ({"link": "https://a.example:99999/"}, "link", "complete address"),
        ({"link": "https://bank.example@evil.example/"}, "link", "complete address"),
        ({"link": "https://a.example\\@b.example/"}, "link", "complete address"),
        ({"link": "https://a.example/a b"}, "link", "complete address"),
    ],
)
def test_what_a_person_gets_wrong_is_named(fields, field, problem):
    error = refusal(draft("First"), draft(**fields))
    assert (error.index, error.field) == (1, field)
    assert problem in error.problem
    assert str(error).startswith("Option 2: ")


@pytest.mark.parametrize(
    "link", ["https://example.org", "HTTP://Example.org/a?b#c", " http://[::1]:80/ ", ""]
)
def test_a_link_may_be_any_web_address_or_none(link):
    assert complete([draft(link=link)])[0].link == link.strip()


def test_the_sentence_counts_as_people_do():
    error = refusal(draft(features=("fine", " ")))
    assert str(error) == "Option 1: feature 2 must not be empty."
    error = refusal(draft(suited_to="\x00"))
    assert str(error) == "Option 1: suited to must not contain the control character U+0000."


@pytest.mark.parametrize("other", ["Fla\u200bsk", "\ufeffFlask", "Fl\u0430sk", "FIask", "FLASK"])
def test_a_name_that_looks_like_another_is_refused(other):
    assert refusal(draft("Flask"), draft(other)).field == "name"
    assert refusal(draft(other), taken=complete([draft("Flask")])).field == "name"


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\ufeff", "\u00ad\u2060", "\ufe0f"])
def test_a_name_that_shows_nothing_is_refused(blank):
    assert refusal(draft(blank)).problem == "must not be empty"


def test_the_same_name_or_id_twice_is_refused_at_the_second():
    error = refusal(draft("Flask"), draft("Django"), draft("fLASK"))
    assert (error.index, error.field) == (2, "name")
    error = refusal(draft("Flask", id="a"), draft("Django", id="a"))
    assert (error.index, error.field) == (1, "id")


def test_a_board_has_one_to_fifty_options():
    assert len(complete([draft(f"Option {n}") for n in range(50)])) == 50
    there = complete([draft(f"Option {n}") for n in range(49)])
    error = refusal(draft("One"), draft("more"), taken=there)
    assert error.code == "too_many"
    assert "51" in str(error)
    assert "at least one" in str(refusal())


names = st.text(max_size=30) | st.sampled_from(
    ["C", "c#", "C++", "C plus plus", ".NET", "dot-net", "日本語", "한국어", "Further discussion"]
)
ids = st.none() | st.sampled_from(["c", "c-2", "option-1", "option-2", "dot-net"])
drafts_lists = st.lists(
    st.builds(
        OptionDraft,
        id=ids,
        name=names,
        strapline=st.text(max_size=20),
        link=st.sampled_from(["", "https://example.org/", "http://[", "ftp://x"]) | st.text(),
        tags=st.lists(st.text(max_size=5), max_size=3).map(tuple),
        hue=st.none() | st.integers(-1, 360),
    ),
    max_size=8,
)
fair_lists = st.lists(
    st.builds(
        OptionDraft,
        id=st.none(),
        name=names.filter(lambda name: name.isprintable() and name.strip()),
        hue=st.none() | st.integers(0, 359),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda d: d.name.casefold(),
)


def completed(drafts, taken=()):
    """Complete drafts or, where that is refused in words, make no options."""
    try:
        return complete(drafts, taken)
    except OptionError as error:
        told = str(error)
    assert re.fullmatch(r"(Option \d+: .+|A board .+)\.", told)
    return ()


@settings(deadline=None)
@given(drafts_lists, drafts_lists)
def test_any_drafts_make_options_that_are_valid_and_unique_or_an_error_in_words(first, second):
    options = completed(first)
    options += completed(second, options)
    assert len({option.id for option in options}) == len(options)
    assert len({option.name.casefold() for option in options}) == len(options)
    assert "further-discussion" not in {option.id for option in options}
    encoded = msgspec.json.encode(options)
    assert msgspec.json.decode(encoded, type=tuple[Option, ...]) == options


@settings(deadline=None)
@given(fair_lists)
def test_completing_what_is_complete_changes_nothing(drafts):
    options = completed(drafts)
    assert not options or complete(as_drafts(options)) == options


def test_the_property_above_meets_complete_boards():
    """Guards the property: its names must be such that boards come about."""
    drafts = [draft(name) for name in ["C", "c#", "C++", ".NET", "日本語", "한국어"]]
    options = complete(drafts)
    assert [o.id for o in options] == [
        "c",
        "c-sharp",
        "c-plus-plus",
        "dot-net",
        "option-5",
        "option-6",
    ]
    assert complete(as_drafts(options)) == options
