import pytest

from server.domain.list_items import linked, name_of, uncounted, unmarked

AT = "https://a.org/"


def read(typed):
    return {field: text for field, text in name_of(typed).items() if text}


@pytest.mark.parametrize(
    "typed",
    [
        f"[Ann]({AT})",
        f"[Ann|{AT}]",
        f"[Ann|{AT}|smart-link]",
        f"[{AT} Ann]",
        f"[[{AT}][Ann]]",
        f"`Ann <{AT}>`_",
        f"`Ann <{AT}>`__",
        f"<{AT}|Ann>",
        f'<a href="{AT}">Ann</a>',
        f"<a class=x href='{AT}' target=_blank>Ann</a>",
        f"**[Ann]({AT})**",
        f"Ann <{AT}>",
        f"Ann {AT}",
        f"Ann: {AT}",
    ],
)
def test_a_link_is_one_in_the_forms_of_many_programs(typed):
    assert read(typed) == {"name": "Ann", "link": AT}


@pytest.mark.parametrize("typed", ["[Ann][1]", "[[Ann]]", "[[Some page|Ann]]", "*Ann*"])
def test_what_leads_nowhere_leaves_its_name(typed):
    assert read(typed) == {"name": "Ann"}


@pytest.mark.parametrize("between", [": ", " – ", " - ", " "])
def test_what_follows_a_bold_name_is_its_strapline(between):
    assert read(f"**Ann**{between}small") == {"name": "Ann", "strapline": "small"}
    assert read(f"**[Ann]({AT})**{between}small") == {
        "name": "Ann",
        "strapline": "small",
        "link": AT,
    }


def test_a_colon_within_a_bold_name_ends_it():
    assert read("**Ann:** small") == {"name": "Ann", "strapline": "small"}


@pytest.mark.parametrize(
    "name", ["**C**++", "[x]", "[a][b]c", "*", "**", "****", "<b>", "a|b", "[]", "`x", "x[1](y)"]
)
def test_what_only_looks_like_a_mark_is_part_of_the_name(name):
    assert read(name) == {"name": name}


@pytest.mark.parametrize("mark", ["→ ", "① ", "✓ ", "✅ ", "► ", "❌ "])
def test_a_symbol_before_a_name_is_a_mark(mark):
    assert unmarked(f"{mark}Ann") == "Ann"


@pytest.mark.parametrize(
    "marks",
    [
        ("A. ", "B. ", "C. "),
        ("a) ", "b) ", "c) "),
        ("(A) ", "(B) ", "(C) "),
        ("I. ", "II. ", "III. "),
        ("#1 ", "#2 ", "#3 "),
        ("①", "②", "③"),
        ("1.", "2.", "3."),
        ("1: ", "2: ", "3: "),
        ("1 - ", "2 - ", "3 - "),
    ],
)
def test_marks_that_count_through_the_list_are_taken_off(marks):
    names = ["Ann", "Ben", "Cleo"]
    assert uncounted([mark + name for mark, name in zip(marks, names, strict=True)]) == names


@pytest.mark.parametrize(
    "names",
    [
        ["A. Smith", "C. Jones"],
        ["A. Smith"],
        ["1 day", "2 days"],
        ["1 - 2 days", "2 - 3 days"],
        ["1.x", "2.x"],
        ["1.0", "2.0"],
        ["#1", "#2"],
        ["①", "②"],
        ["②a", "③b"],
        ["X. Smith", "I. Jones"],
        [],
    ],
)
def test_names_that_only_look_as_if_they_counted_stay(names):
    assert uncounted(names) == names


@pytest.mark.parametrize(
    "part", ["[", "[[a|", "**", "<a ", "`<https://", "[a|", "[https://a ", "[a]("]
)
def test_a_hostile_line_is_no_link_and_takes_no_longer_than_its_length(part):
    text = (part * 2_000)[:2_000]
    assert linked(text) is None
    assert name_of(text)["name"]
