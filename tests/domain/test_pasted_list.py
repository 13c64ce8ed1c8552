import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.pasted_list import MAX_LINES, LeftOut, ListError, Row, draft_of, read_list

NAMES = [
    *("Django", "C++", "C#", ".NET", "1.1.1.1", "-O2", "*nix", "#!/bin/sh", "3D", "F#", "Node.js"),
    *("A/B", "--help", "+1", "R&D", "Let's Encrypt", "[x]", "a)", "__init__", "**kwargs"),
    *(
        "@angular/core",
        "日本語",
        "7-Zip",
        "Vue 3",
        "C:",
        "$HOME",
        "(none)",
        ">=3.11",
        "🚀 Go",
        "~/bin",
    ),
]


def rows(text):
    return [each for each in read_list(text) if isinstance(each, Row)]


def names(text):
    return [row.fields["name"] for row in rows(text)]


def straplines(text):
    return [row.fields.get("strapline", "") for row in rows(text)]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((name, name) for name in NAMES),
        ("1.", "1."),
        ("-", "-"),
        ("- Django", "Django"),
        ("* Django", "Django"),
        ("+ Django", "Django"),
        ("• Django", "Django"),
        ("•Django", "Django"),
        ("– Django", "Django"),
        ("    - Django  ", "Django"),
        ("1. Django", "Django"),
        ("12) Django", "Django"),
        ("(3) Django", "Django"),
        ("b) Django", "Django"),
        ("1.\tDjango", "Django"),
        ("- [x] Flask", "Flask"),
        ("* [ ] Flask", "Flask"),
        ("1. [X] Flask", "Flask"),
        ("☑ Flask", "Flask"),
        ('"Django"', "Django"),
        ("'Django'", "Django"),
        ("“Django”", "Django"),
        ("„Django“", "Django"),
        ("«Django»", "Django"),
        ("‘Django’", "Django"),
        ("`Django`", "Django"),
        ("**Django**", "Django"),
        ('- "Django",', "Django"),
        ('"Say ""hi"""', 'Say "hi"'),
        ('"Django" and "Flask"', '"Django" and "Flask"'),
        ('"1. FC Köln"', "1. FC Köln"),
        ('"- dash"', "- dash"),
        ("Django,", "Django"),
        ("Django;", "Django"),
        ("Django ,", "Django"),
        ("- -O2", "-O2"),
        ("* *nix", "*nix"),
        ("1. 1.1.1.1", "1.1.1.1"),
        ("- 3D", "3D"),
        ("\ufeffDjango", "Django"),
        ("\u200eDjango\u00a0", "Django"),
        ("Djan\u200bgo", "Django"),
        ("Yes, please", "Yes, please"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_a_line_is_read_as_the_name_in_it(typed, name):
    assert names(typed) == [name]
    assert names(f"First\n{typed}\nLast") == ["First", name, "Last"]


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("[Tornado](https://www.tornadoweb.org/)", ("Tornado", "https://www.tornadoweb.org/", "")),
        ('- [A \\[b\\]](https://a.org "title"),', ("A [b]", "https://a.org", "")),
        ("* [W](https://en.org/W_(x))", ("W", "https://en.org/W_(x)", "")),
        ("- [D](http://d.org) - The one", ("D", "http://d.org", "The one")),
        ("- [D](http://d.org): The one", ("D", "http://d.org", "The one")),
        ("[Page](Page.md)", ("Page", "", "")),
        ("[Script](javascript:alert)", ("Script", "", "")),
        ("Flask https://flask.org/", ("Flask", "https://flask.org/", "")),
        ("Flask (https://flask.org/)", ("Flask", "https://flask.org/", "")),
        ("Flask: <https://flask.org/>", ("Flask", "https://flask.org/", "")),
        ("https://flask.org/", ("https://flask.org/", "https://flask.org/", "")),
        ("[a](https://a.org)[b](https://b.org)",) * 1
        + (("[a](https://a.org)[b](https://b.org)", "", ""),),
    ],
)
def test_links_become_links(typed, fields):
    (row,) = rows(typed)
    read = row.fields
    assert (read["name"], read.get("link", ""), read.get("strapline", "")) == fields


def test_a_table_of_markdown_gives_its_first_column():
    text = """
Our candidates:

| Framework | What | Stars |
|:----------|:----:|------:|
| [Django](https://www.djangoproject.com/) | full stack | 5 |
| a \\| b | | |
| **Flask** | small |
"""
    assert names(text) == ["Our candidates:", "Django", "a | b", "Flask"]
    assert straplines(text) == ["", "full stack", "", "small"]
    assert rows(text)[1].fields["link"] == "https://www.djangoproject.com/"
    left_out = [each for each in read_list(text) if isinstance(each, LeftOut)]
    assert [each.line for each in left_out] == [4, 5]
    assert [row.line for row in rows(text)] == [2, 6, 7, 8]
    assert names("Name | Why\n--- | ---\nGo | fast\nRust | safe") == ["Go", "Rust"]
    assert names("| Go |\n| Rust |") == ["Go", "Rust"]


@pytest.mark.parametrize(
    "table",
    [
        "Ann | one\nBen | two",
        " name | about\n------+-------\n Ann  | one\n Ben  | two",
        "+-----+-----+\n| name | why |\n+-----+-----+\n| Ann | one |\n| Ben | two |\n+-----+-----+",
        "+-----+-----+\n| name | why |\n+=====+=====+\n| Ann | one |\n+-----+-----+\n| Ben | two |",
    ],
)
def test_a_table_that_a_program_printed_is_one(table):
    assert names(table) == ["Ann", "Ben"]
    assert straplines(table) == ["one", "two"]


def test_a_heading_of_names_is_one_whatever_the_others_say():
    assert names("Name\tWhy\nAnn\tone") == ["Ann"]
    assert straplines("Name\tWhy\nAnn\tone") == ["one"]
    assert names("Tool\tWhy\nAnn\tone") == ["Tool", "Ann"]
    read = read_list("Name\tWhat it is\tWebsite\nAnn\tone\thttps://a.org/")
    assert read[1].fields == {"name": "Ann", "strapline": "one", "link": "https://a.org/"}
    assert names("A/B | x\nC") == ["A/B | x", "C"]


def test_the_second_cell_of_a_spreadsheet_is_the_strapline():
    text = "Django\tFull stack\r\n\r\nFlask\tSmall\thttps://flask.org/\r\nTornado\r\n"
    assert names(text) == ["Django", "Flask", "Tornado"]
    assert straplines(text) == ["Full stack", "Small", ""]
    assert rows(text)[1].fields["link"] == "https://flask.org/"
    assert [row.line for row in rows(text)] == [1, 3, 4]
    assert names("Name\tDescription\nGo\tfast") == ["Go"]
    assert names("1\tGo\tfast\n2\tRust\tsafe") == ["Go", "Rust"]
    assert straplines("1\tGo\tfast\n2\tRust\tsafe") == ["fast", "safe"]
    assert names("1.\tGo\n2.\tRust") == ["Go", "Rust"]
    assert names('"Say ""hi"""\tx\n"two\nlines"\ty\nthree\tz') == ['Say "hi"', "two lines", "three"]
    assert names('5" disk\ta\nGo\tb') == ['5" disk', "Go"]
    assert names("\tGo\tfast\n\tRust\tsafe") == ["Go", "Rust"]
    assert names("Go\tfast\n\tnameless") == ["Go", ""]


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_is_read_as_programs_write_it(bom, end, delimiter):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end)
    writer.writerows([["Django", "Full, stack"], ["C; C++", 'the "old" ones'], ["Flask", ""]])
    text = bom + written.getvalue()
    assert names(text) == ["Django", "C; C++", "Flask"]
    assert straplines(text) == ["Full, stack", 'the "old" ones', ""]


def test_a_heading_says_which_cell_is_what():
    text = (
        "Link;Name;Tags;Features;Suited to;Description\n"
        "https://d.org;Django;web, orm;ORM;all;Full\n"
    )
    (row,) = rows(text)
    draft = draft_of(row)
    assert (draft.name, draft.strapline, draft.link) == ("Django", "Full", "https://d.org")
    assert (draft.tags, draft.features, draft.suited_to) == (("web", "orm"), ("ORM",), "all")
    assert names("name, strapline\nDjango, Full stack\nFlask, Small") == ["Django", "Flask"]
    assert straplines("name, strapline\nDjango, Full stack\nFlask, Small") == [
        "Full stack",
        "Small",
    ]
    assert names("sep=;\nGo;fast\nRust;safe") == ["Go", "Rust"]


@pytest.mark.parametrize(
    "text",
    [
        "Yes, please\nNo, thanks",
        "Django\nFlask, the small one\nTornado",
        "Flask, small, fast\nDjango,big",
        "1,000 users\n2,000 users",
        "Django, Flask, Tornado",
        "Tabs; spaces\nNeither",
    ],
)
def test_a_comma_within_a_name_stays(text):
    assert names(text) == text.splitlines()


def test_trailing_commas_are_no_empty_column():
    for text in (
        "Django,\nFlask,\nTornado,",
        "Django,\nFlask,\nTornado",
        '"Django",\n"Flask",\n"Tornado"',
    ):
        assert names(text) == ["Django", "Flask", "Tornado"]


def test_a_quoted_message_is_read_without_its_marks():
    assert names("> - Django\n> - Flask\n>> Tornado") == ["Django", "Flask", "Tornado"]
    assert names("> Django\nFlask") == ["> Django", "Flask"]


def test_lines_are_counted_as_people_count_and_shown_as_typed():
    read = read_list("\n- Django\r\n\r\n   * Flask  \n")
    assert [(row.line, row.typed) for row in read] == [(2, "- Django"), (4, "* Flask")]


def test_a_text_that_is_no_list_of_options_is_refused():
    with pytest.raises(ListError, match="1,001 lines; at most 1,000"):
        read_list("\n" * MAX_LINES)
    with pytest.raises(ListError, match="begins in line 2 is too long"):
        read_list('a\t1\n"' + "\n".join(["x" * 1000] * 200) + '"\tb')


clean = st.text(
    st.characters(categories=("L", "N"), max_codepoint=0x2FFF), min_size=2, max_size=20
).filter(lambda name: name == name.strip())
"""Names without marks; those with marks are tried one by one above."""
wild = st.sampled_from(NAMES)
lists = st.lists(st.one_of(clean, wild), min_size=2, max_size=12)


def written(write):
    def form(names):
        text = io.StringIO()
        write(text, names)
        return text.getvalue()

    return form


FORMS = {
    "plain": "\n".join,
    "windows": "\r\n".join,
    "bullets": lambda names: "\n".join(f"- {name}" for name in names),
    "dots": lambda names: "\n".join(f"• {name}" for name in names),
    "numbers": lambda names: "\n".join(f"{n}. {name}" for n, name in enumerate(names, 1)),
    "word": lambda names: "\n".join(f"{n}.\t{name}" for n, name in enumerate(names, 1)),
    "boxes": lambda names: "\n".join(f"- [ ] {name}" for name in names),
    "quotes": lambda names: ",\n".join(f'"{name}"' for name in names),
    "typographic": lambda names: "\n".join(f"„{name}“" for name in names),
    "commas": lambda names: ",\n".join(names) + ",",
    "table": lambda names: "| Name |\n|---|\n" + "\n".join(f"| {name} |" for name in names),
    "spreadsheet": lambda names: "\n".join(f"{name}\tabout" for name in names),
    "csv": written(lambda text, names: csv.writer(text).writerows([n, "about"] for n in names)),
    "excel": lambda names: "\ufeffname;strapline\r\n" + "".join(f"{n};about\r\n" for n in names),
    "links": lambda names: "\n".join(f"[{n}](https://example.org/)" for n in names if n != "[x]"),
}


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=60)
@given(lists)
def test_each_form_of_a_list_reads_back_in_order(form, given_names):
    if form == "links":
        given_names = [name for name in given_names if name != "[x]"]
    assert names(FORMS[form](given_names)) == given_names


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from(" \t\n\r,;|\"'-*.[]()<>:#ab1\u200b\ufeff“„"), max_size=60))
def test_any_text_is_read_and_each_line_is_accounted_for(text):
    read = read_list(text)
    assert [each.line for each in read] == sorted({each.line for each in read})
    if '"' not in text:
        shown = [
            n
            for n, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        ]
        assert {each.line for each in read} <= set(shown)


def test_a_hostile_text_takes_no_longer_than_its_length():
    for text in (
        "," * 120_000 + "x",
        " " * 120_000 + "x",
        "[" * 120_000,
        "a " * 60_000,
        "|-" * 59_999,
    ):
        assert len(read_list(text)) == 1
    assert len(read_list("\n".join(["| " * 60 + "|"] * 900))) == 900
