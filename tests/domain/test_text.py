import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.text import free_slug, same_name, slug, tidy, visible


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FastAPI", "fastapi"),
        ("Ruby on Rails", "ruby-on-rails"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("F#", "f-sharp"),
        (".NET", "dot-net"),
        ("ASP.NET", "asp-net"),
        ("Node.js", "node-js"),
        ("#1 choice", "1-choice"),
        ("R&D", "r-and-d"),
        ("Let's Encrypt", "lets-encrypt"),
        ("Größe", "grosse"),
        ("Café Ünïcode", "cafe-unicode"),
        ("日本語", ""),
        ("?!", ""),
        ("x" * 60, "x" * 40),
        ("x" * 39 + " y", "x" * 39),
    ],
)
def test_a_slug_can_be_read(name, expected):
    assert slug(name) == expected


@settings(deadline=None)
@given(st.text(max_size=100))
def test_a_slug_is_empty_or_an_id_and_its_own_slug(name):
    made = slug(name)
    assert made == "" or re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", made)
    assert slug(made) == made


def test_a_slug_that_is_taken_gets_the_first_free_number():
    assert free_slug("go", {"rust"}) == "go"
    assert free_slug("go", {"go"}) == "go-2"
    assert free_slug("go", {"go", "go-2", "go-3"}) == "go-4"
    assert free_slug("x" * 40, {"x" * 40}) == "x" * 38 + "-2"
    assert free_slug("x" * 37 + "-yz", {"x" * 37 + "-yz"}) == "x" * 37 + "-2"


def test_space_around_a_text_is_taken_off():
    assert tidy("  Flask \n") == "Flask"
    assert tidy("one\r\n two ", lines=True) == "one\n two"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\u2028b"])
def test_a_line_break_has_no_place_on_one_line(text):
    with pytest.raises(ValueError, match="must be on one line"):
        tidy(text)


@pytest.mark.parametrize(
    ("text", "point"),
    [("a\x00b", "U+0000"), ("a\tb", "U+0009"), ("\ud800x", "U+D800"), ("a\u202eb", "U+202E")],
)
def test_control_characters_are_refused_by_their_number(text, point):
    with pytest.raises(ValueError, match=re.escape(point)):
        tidy(text)
    with pytest.raises(ValueError, match=re.escape(point)):
        tidy(text + "\nmore", lines=True)


def test_emoji_and_joiners_stay():
    assert tidy("👩\u200d💻 नि") == "👩\u200d💻 नि"


@pytest.mark.parametrize("name", ["FLASK", "flask", " Flask", "\uff26\uff4c\uff41\uff53\uff4b"])
def test_names_that_people_take_for_the_same_are_the_same(name):
    assert same_name(name) == same_name("Flask")


def test_names_that_differ_in_a_symbol_are_not_the_same():
    assert same_name("C") != same_name("C++")


def test_spaces_and_unseen_characters_leave_no_mark():
    assert not visible("")
    assert not visible(" \u200b\u00a0")
    assert not visible("\u3164")
    assert not visible("\u2800\u2800")
    assert not visible("\u115f\u1160\uffa0\u034f\ufe0f\U000e0100")
    assert visible("\u200bx")
