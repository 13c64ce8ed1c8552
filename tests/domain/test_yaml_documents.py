import re

import pytest

from server.domain.yaml_documents import DocumentError, read


def refusal(text):
    with pytest.raises(DocumentError) as caught:
        read(text)
    return caught.value


def test_a_document_is_plain_values_and_their_lines():
    document = read("title: Tea\nweights:\n  - 1\n  - 2.5\n  - {fine: yes}\nfirst: '1'\n")
    assert document.value == {"title": "Tea", "weights": [1, 2.5, {"fine": True}], "first": "1"}
    lines = {field: origin.line for field, origin in document.origins.items()}
    assert lines == {
        "": 1,
        "title": 1,
        "weights": 2,
        "weights[0]": 3,
        "weights[1]": 4,
        "weights[2]": 5,
        "weights[2].fine": 5,
        "first": 6,
    }


def test_a_text_over_several_lines_belongs_to_the_line_of_its_field():
    document = read("a: 1\ncontext: >-\n  one\n  two\n")
    assert document.value["context"] == "one two"
    assert document.origins["context"].line == 2


def test_an_error_in_what_is_missing_stands_where_it_is_missing():
    document = read("options:\n  - name: x\n  - strapline: y\n")
    assert document.error("options[1].name", "is missing").line == 3
    assert document.error("options[7].name", "is missing").line == 1
    assert document.error("title", "is missing").line == 1


def test_a_field_with_nothing_behind_it_counts_as_left_out():
    assert read("a:\nb: ''\n").value == {"b": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes", True),
        ("off", False),
        ("~", None),
        ("null", None),
        ("-3", -3),
        (".5", 0.5),
        ("!!str 3", "3"),
        ("&a x", "x"),
    ],
)
def test_plain_words_and_numbers_mean_what_yaml_says(text, value):
    assert read(f"a: {text}").value == {"a": value}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no", "true or false"),
        ("null", "nothing"),
        ("3.10", "a number"),
        ("42", "a number"),
    ],
)
def test_a_surprise_of_yaml_is_explained_where_text_was_wanted(text, kind):
    error = read(f"- {text}").error("[0]", "must be text, not something else")
    assert error.problem == f"YAML reads “{text}” as {kind}; put it in quotes to keep it as text"
    assert read(f"- '{text}'").value == [text]


def test_a_surprise_is_not_told_where_it_is_not_the_trouble():
    document = read("a: no\nb:\n  c: no\n")
    assert document.error("a", "must be a list, not true or false").problem.startswith("must be")
    assert document.error("b", "must be text, not a group of fields").problem.startswith("must be")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024-01-31", "a date"),
        ("1:30", "a number"),
        ("0x1F", "a number"),
        ("0x_", "a number"),
        ("010", "a number"),
        ("1_000", "a number"),
        (".inf", "a number"),
        (".nan", "a number"),
        ("1.0e+5", "a number"),
        ("9" * 20, "a number"),
        ("<<", "a sign of its own"),
        ("=", "a sign of its own"),
    ],
)
def test_what_yaml_would_twist_is_refused_at_once(text, kind):
    error = refusal(f"b: x\na: {text}\n")
    assert (error.line, error.field) == (2, "a")
    assert error.problem == f"YAML reads “{text}” as {kind}; put it in quotes to keep it as text"


def test_a_long_surprise_is_cut():
    assert len(refusal(f"a: {'9' * 5000}").problem) < 120


@pytest.mark.parametrize(
    ("text", "line", "field", "problem"),
    [
        ("", 1, "", "there is nothing in it"),
        ("# only a comment\n", 1, "", "there is nothing in it"),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "appears twice, first in line 1"),
        ("x:\n  - a: 1\n    a: 2\n", 3, "x[0].a", "appears twice, first in line 2"),
        ("a: 1\n[b]: 2\n", 2, "", "cannot be the name of a field"),
        ("a: 1\nB c: 2\n", 2, "", "“B c” cannot be the name of a field"),
        ("a: {b: 1}\n<<: {c: 1}\n", 2, "", "“<<” cannot be the name of a field"),
        ("a: &x 1\nb: *x\n", 2, "", "aliases"),
        ("&x [*x]", 1, "", "aliases"),
        ("a: b: c\n", 1, "", "text that contains a colon needs quotes around it"),
        ("a:\n\tb: c\n", 2, "", "indent with spaces, not with tabs"),
        ("a: 1\nb: 'open\n\n\n", 2, "", "unexpected end of stream"),
        ("a: 1\nb: [1\n\n", 2, "", "stream end"),
        ("a: 1\n---\nb: 2\n", 2, "", "another document"),
        ("a: 1\nb: \x07\n", 2, "", "U+0007 cannot be in a YAML file"),
        ("a: 1\nb: \ud800\n", 2, "", "U+D800 cannot be in a YAML file"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2, "", "too large"),
        ("%YAML 1." + "9" * 5000 + "\n---\na: 1\n", 1, "", "too large"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "b", "must not have the tag"),
        ("a: 1\nb: !!set {c, d}\n", 2, "b", "must not have the tag"),
        ("a: 1\nb: !!bool perhaps\n", 2, "b", "YAML reads “perhaps” as true or false"),
        ("a: 1\nb: !!binary eA==\n", 2, "b", "must not have the tag"),
        ("a: 1\nb: !mine [1]\n", 2, "b", "must not have the tag “!mine”"),
        ("[\n" * 100_000, 11, "", "nested too deeply"),
        ("- " * 100_000, 1, "", "nested too deeply"),
        ("- a\n" * 50_000, 5000, "", "more than 5000 values"),
        ("{a: " * 50_000, 1, "", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, line, field, problem):
    error = refusal(text)
    assert (error.line, error.field) == (line, field)
    assert problem in error.problem
    assert re.match(rf"{line}: ", str(error))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("name: C #1\n", "“C”"),
        ("name: C # the language", "“C”"),
        ("name: F  #\r\n", "“F”"),
        ("names: [A, B #2\n]", "“B”"),
        ("name: one\n  two #3\n", "“one two”"),
    ],
)
def test_a_text_that_is_cut_at_a_comment_is_refused(text, shown):
    found = refusal(text)
    assert f"YAML ends it at {shown}" in found.problem
    assert "put the text in quotes" in found.problem
    assert found.field.startswith("name")


def test_comments_elsewhere_are_comments():
    text = "# one\nname: 'C #1' # two\nnumber: 2 # three\n# four\nurl: a#b\nlast: >\n  x #1\n"
    assert read(text).value == {"name": "C #1", "number": 2, "url": "a#b", "last": "x #1\n"}
    assert read("name: C#").value == {"name": "C#"}
