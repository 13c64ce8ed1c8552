import pytest
from babel import Locale
from fluent.syntax import FluentParser

from server.words.sentences import Sentences, WordsError


def sentences(text, locale="en"):
    body = FluentParser().parse(text).body
    return Sentences({entry.id.name: entry for entry in body}, Locale.parse(locale))


def said(text, locale="en", **arguments):
    return sentences(f"it = {text}\n", locale).get("it")(arguments)


@pytest.mark.parametrize(
    ("n", "told"), [(0, "no votes"), (1, "1 vote"), (2, "2 votes"), (1.5, "1.5 votes")]
)
def test_a_number_selects_itself_before_its_plural(n, told):
    text = "{ $n ->\n    [0] no votes\n    [one] { $n } vote\n   *[other] { $n } votes\n  }"
    assert said(text, n=n) == told


def test_plurals_are_those_of_the_language():
    text = "{ $n ->\n    [one] { $n } głos\n    [few] { $n } głosy\n   *[many] { $n } głosów\n  }"
    assert [said(text, "pl", n=n) for n in (1, 3, 5, 22)] == [
        "1 głos",
        "3 głosy",
        "5 głosów",
        "22 głosy",
    ]


@pytest.mark.parametrize(("what", "told"), [("title", "The title"), ("else", "The name")])
def test_a_word_selects_its_variant_or_the_usual_one(what, told):
    assert said("{ $what ->\n    [title] The title\n   *[name] The name\n  }", what=what) == told


def test_a_place_selects_by_its_ordinal():
    text = "{ ORDINAL($n) ->\n    [one] { $n }st\n    [two] { $n }nd\n    [few] { $n }rd\n   *[other] { $n }th\n  }"
    assert [said(text, n=n) for n in (1, 2, 3, 11, 21)] == ["1st", "2nd", "3rd", "11th", "21st"]


@pytest.mark.parametrize(
    ("text", "locale", "n", "told"),
    [
        ("{ $n }", "en", 12345, "12345"),
        ("{ $n }", "en", 1234.5, "1234.5"),
        ("{ $n }", "de", 1234.5, "1234,5"),
        ("{ NUMBER($n, useGrouping: 1) }", "en", 12345, "12,345"),
        ("{ NUMBER($n, useGrouping: 1) }", "de", 12345, "12.345"),
        ("{ NUMBER($n, useGrouping: 1) }", "hi", 1234567, "12,34,567"),
        ("{ NUMBER($n) }", "en", 12345, "12345"),
        ("{ NUMBER($n, minimumFractionDigits: 2, maximumFractionDigits: 2) }", "en", 3, "3.00"),
        ("{ NUMBER($n, maximumFractionDigits: 0) }", "en", 2.7, "3"),
    ],
)
def test_numbers_are_written_as_the_sentence_and_the_language_say(text, locale, n, told):
    assert said(text, locale, n=n) == told


def test_an_argument_may_be_of_any_length():
    order = "Tornado, " * 500
    assert said("The order is { $order }.", order=order) == f"The order is {order}."


def test_a_sentence_refers_to_another():
    both = sentences("it = Round { $n } is open. { why }\nwhy = Round { $n } was first.\n")
    assert both.get("it")({"n": 2}) == "Round 2 is open. Round 2 was first."


def test_space_at_the_end_stands_between_quotes():
    assert said('{ ", " }') == ", "


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ -brand }", "TermReference is not supported"),
        ("{ other.title }", "MessageReference is not supported"),
        ("{ DATETIME($day) }", "FunctionReference is not supported"),
        ("{ NUMBER($n, style: 1) }", "NUMBER has no option style here"),
        ("{ NUMBER(5) }", "a function is given one argument"),
        ("{ NUMBER($n) ->\n   *[other] x\n  }", "selects on an argument"),
        ("{ unknown }", "there is no sentence unknown"),
    ],
)
def test_what_is_not_supported_is_an_error(text, why):
    with pytest.raises(WordsError, match=why):
        sentences(f"it = {text}\n").get("it")


@pytest.mark.parametrize(
    ("text", "why"),
    [("{ NUMBER($word) }", "'five' is not a number"), ("{ it }", "refers to itself")],
)
def test_a_wrong_use_is_an_error(text, why):
    with pytest.raises(WordsError, match=why):
        said(text, word="five")


@pytest.mark.parametrize(
    "text", ["{ $name }", "{ NUMBER($name) }", "{ $name ->\n   *[other] x\n  }"]
)
def test_an_argument_that_is_missing_is_an_error(text):
    with pytest.raises(KeyError, match="name"):
        said(text)


def test_percent_signs_stay():
    assert said("{ $n } %", n=50) == "50 %"
    assert said("100 %s") == "100 %s"
