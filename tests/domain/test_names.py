import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.names import LONGEST, Names, impersonates_host, look_the_same, looks

ZWSP, SHY, WJ, BOM, VS16 = "\u200b", "\u00ad", "\u2060", "\ufeff", "\ufe0f"


@pytest.mark.parametrize(
    "other",
    [
        *(f"Fla{unseen}sk" for unseen in (ZWSP, SHY, WJ, BOM, VS16, "\u200d", "\u034f", "\u180e")),
        *(f"{unseen}Flask{unseen}" for unseen in (ZWSP, "\u200e", "\u115f", "\u3164", "\ufff8")),
        "FLASK",
        " flask ",
        "\uff26\uff4c\uff41\uff53\uff4b",
        "Fl\u0430sk",
        "F\u217cask",
        "FIask",
        "F1ask",
        "F|ask",
        "Flas\u212a",
        "\U0001d405lask",
        "fl\u0251sk",
    ],
)
def test_names_that_people_cannot_tell_apart_are_one(other):
    assert look_the_same("Flask", other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("scope", "\u0455\u0441\u043e\u0440\u0435"),
        ("Вода", "вода"),
        ("GPT-4O", "GPT-40"),
        ("x - y", "x \u2013 y"),
        ("O\u2019Reilly", "O'Reilly"),
        ("Ågren", "A\u030agren"),
        ("STRASSE", "straße"),
    ],
)
def test_scripts_marks_and_case_do_not_part_names(name, other):
    assert look_the_same(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("C", "C++"),
        ("C", "C#"),
        ("PI", "PL"),
        ("AI", "AL"),
        ("Mail", "Mall"),
        ("modern", "modem"),
        ("Grosse", "Größe"),
        ("Ola", "Óla"),
        ("k3s", "k8s"),
        ("Vue 2", "Vue 3"),
        ("PL", "p1"),
        ("東京", "京都"),
        ("Вода", "Вада"),
        ("❤", "💙"),
    ],
)
def test_names_that_look_different_are_two(name, other):
    assert not look_the_same(name, other)


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from([ZWSP, SHY, WJ, BOM, VS16, " "]))
def test_what_shows_nothing_makes_no_other_name(name, unseen):
    assert look_the_same(name, f"{unseen}{name}{unseen}")
    assert look_the_same(name, name)
    assert len(looks(name)) == 3


@pytest.mark.parametrize(
    "name",
    [
        *("host", "Host", "HOST", "The Host", "h\u043est", "ho\u200bst", "Host!", "Maria (host)"),
        *("co-host", "H O S T", "\uff28ost", "H0ST", "the hosts"),
    ],
)
def test_some_names_say_that_their_person_is_the_host(name):
    assert impersonates_host(name)


@pytest.mark.parametrize("name", ["Ann", "Ghost", "Hostmann", "Horst", "Ho Stein", ""])
def test_most_names_do_not(name):
    assert not impersonates_host(name)


def test_two_people_with_one_visible_name_are_told_apart():
    names = Names()
    names.choose("a", "Ann", distinct=True)
    names.choose("b", "Аnn", distinct=True)
    names.choose("c", "ANN", distinct=True)
    assert names == {"a": "Ann", "b": "Аnn (2)", "c": "ANN (3)"}
    assert [names.chosen(seat) for seat in "abcd"] == ["Ann", "Аnn", "ANN", None]
    names.choose("b", "Аnn", distinct=True)
    assert names["b"] == "Аnn (2)"
    names.choose("a", "Bea", distinct=True)
    names.choose("d", "ann", distinct=True)
    assert names["d"] == "ann"
    names.choose("e", "Ann (2)", distinct=True)
    assert names["e"] == "Ann (2) (2)"
    names.release("d")
    names.choose("f", "Ann", distinct=True)
    assert names["f"] == "Ann"


def test_a_number_leaves_a_long_name_within_its_limit():
    names = Names()
    for seat in "abc":
        names.choose(seat, "x" * LONGEST, distinct=True)
    assert names["c"] == "x" * (LONGEST - 4) + " (3)"


def test_older_logs_keep_two_people_with_one_name():
    names = Names()
    names.choose("a", "Ann", distinct=False)
    names.choose("b", "Ann", distinct=False)
    names.choose("c", "Ann", distinct=True)
    assert names == {"a": "Ann", "b": "Ann", "c": "Ann (2)"}


def test_names_of_a_crowd_without_end_are_compared_no_longer(monkeypatch):
    monkeypatch.setattr("server.domain.names.MOST_COMPARED", 3)
    names = Names()
    for seat in "abcd":
        names.choose(seat, "Ann", distinct=True)
    assert names == {"a": "Ann", "b": "Ann (2)", "c": "Ann (3)", "d": "Ann"}
    assert names.chosen("d") == "Ann"
    names.release("d")
    names.release("b")
    names.choose("e", "Ann", distinct=True)
    assert names["e"] == "Ann (4)"


def test_names_that_are_given_up_leave_nothing_behind(monkeypatch):
    monkeypatch.setattr("server.domain.names.MOST_COMPARED", 5)
    names = Names()
    for n in range(50):
        names.choose("a", f"Ann{n}", distinct=True)
        names.choose("b", f"ann{n}", distinct=True)
    assert names == {"a": "Ann49", "b": "ann49 (2)"}
    for kept in vars(names).values():
        assert len(kept) <= 6


changes = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from(["Ann", "ann", "Bea", "Ann (2)", ""])),
    max_size=30,
)


@settings(deadline=None)
@given(changes)
def test_however_people_are_renamed_no_two_names_look_the_same(changed):
    names = Names()
    for seat, name in changed:
        if name:
            names.choose(seat, name, distinct=True)
            assert names.chosen(seat) == name
        else:
            names.release(seat)
            assert names.chosen(seat) is None
        shown = list(names.values())
        for n, one in enumerate(shown):
            assert not any(look_the_same(one, other) for other in shown[:n])


def test_a_crowd_with_one_name_takes_no_longer_each():
    names = Names()
    for n in range(3_000):
        names.choose(f"seat {n}", "Ann", distinct=True)
    assert names["seat 2999"] == "Ann (3000)"
