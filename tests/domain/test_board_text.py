import json
from pathlib import Path

import msgspec
import pytest

from server.domain.board_text import MAX_TEXT, TextError, read_board
from server.domain.options import OptionDraft, complete

FRAMEWORKS = Path(__file__).parents[2] / "data" / "boards" / "python-web-frameworks.yaml"


def names(text, taken=()):
    return [option.name for option in read_board(text, taken).options]


def test_a_list_is_read_with_what_is_wrong_in_each_line():
    read = read_board("- Django\n\n* " + "x" * 81 + "\n- django\nC++\n")
    assert [(each.line, each.problem) for each in read.lines] == [
        (1, ""),
        (3, "name must have at most 80 characters"),
        (4, "name “django” is already in the list"),
        (5, ""),
    ]
    assert read.problem == f"Line 3, “* {'x' * 37}…”: name must have at most 80 characters."


def test_a_list_for_a_board_knows_what_the_board_has():
    taken = complete([OptionDraft(name="Flask")])
    assert read_board("- FLASK", taken).problem == (
        "Line 1, “- FLASK”: name “FLASK” is already in the list."
    )
    many = complete([OptionDraft(name=f"Option {n}") for n in range(49)])
    assert read_board("A", many).problem == ""
    assert "at most 50 options; this would make 51" in read_board("A\nB", many).problem


def test_a_line_with_a_link_that_leads_nowhere_is_told():
    assert read_board("name;link\nA;ftp://a.org\nB;").problem == (
        "Line 2, “A;ftp://a.org”: link must start with http:// or https://."
    )
    assert read_board("name;id\nA;Not an id\nB;b").problem.startswith(
        "Line 2, “A;Not an id”: id must"
    )


@pytest.mark.parametrize("text", ["", "\n \n", "| Name |\n|---|\n"])
def test_nothing_is_no_board(text):
    assert read_board(text).problem == "A board needs at least one option."


def test_yaml_is_read_as_a_template():
    text = FRAMEWORKS.read_text()
    read = read_board("\ufeff" + text.replace("\n", "\r\n"))
    assert read.title == "Python web frameworks"
    assert [option.id for option in read.options][:2] == ["django", "flask"]
    assert len(read.criteria) == 4
    assert read.problem == ""
    lines = text.splitlines()
    assert all(f"id: {each.option.id}" in lines[each.line - 1] for each in read.lines)
    assert names("options:\n  - Django\n  - name: Flask\n") == ["Django", "Flask"]
    assert read_board("title: T\noptions: [a, A]").problem == (
        "Line 2, “A”: name “A” is already in the list."
    )


def test_json_is_read_as_the_api_writes_it_and_as_people_do():
    board = {
        "code": "K7QF2M",
        "title": "T",
        "context": "c",
        "settings": {"comments": "open"},
        "decision": None,
        "options": [msgspec.to_builtins(option) for option in complete([OptionDraft(name="C++")])],
        "criteria": [{"id": "speed", "name": "Speed", "weight": 2.0}],
    }
    for text in (json.dumps({"epoch": "x", "board": board}), json.dumps(board, indent=2)):
        read = read_board(text)
        assert (read.title, read.context, read.problem) == ("T", "c", "")
        assert read.options[0].id == "c-plus-plus"
        assert read.criteria[0].name == "Speed"
    assert names('["Django", {"name": "Flask", "strapline": "s"}]') == ["Django", "Flask"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("options:\n- C #1\n- B", "Line 2: options[0]: YAML ends it at “C”"),
        ("title: a\noptions:\n- {nam: B}", "Line 3: options[0].nam: is not a known field."),
        ("options:\n\t- a", "indent with spaces, not with tabs"),
        ("options: []", "options: must not be empty."),
        ('{"title": "a", "options": [}', "Line 1: this is not valid JSON from here on."),
        ('{\n"title": "a",\n"options": [x]}', "Line 3: this is not valid JSON from here on."),
        ('{"title": "a"}', "options: is missing."),
        ('{"title": 5, "options": ["a"]}', "title: must be text, not a whole number."),
        ("x" * (MAX_TEXT + 1), f"at most {MAX_TEXT:,} are read"),
        ("\n" * 1000, "at most 1,000 are read"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(text, words):
    with pytest.raises(TextError) as caught:
        read_board(text)
    assert words in str(caught.value)


def test_a_list_that_looks_like_a_document_stays_a_list():
    assert names("[Tornado](https://t.org)\n[x] Flask") == ["Tornado", "Flask"]
    assert names("Options:\n- A") == ["Options:", "A"]
    assert names("{curly}\n[square]") == ["{curly}", "[square]"]
    assert names("[1, 2]") == ["[1, 2]"]


def test_a_list_as_python_writes_it_is_one():
    assert [o.name for o in read_board("['Ann', \"Ben's\"]").options] == ["Ann", "Ben's"]
    (sentence,) = read_board("['a', 'b'] is the list").options
    assert sentence.name == "['a', 'b'] is the list"


def test_an_option_of_json_is_named_by_its_number():
    assert read_board('["Ann", "ann"]').problem == (
        "Option 2, “ann”: name “ann” is already in the list."
    )
