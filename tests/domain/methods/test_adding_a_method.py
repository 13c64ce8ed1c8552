"""A voting method is whole in one file: here is one, and a whole meeting votes by it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tornado.template import Loader

from server.domain import actions as act
from server.domain.methods import METHODS, by_id
from server.domain.methods.base import Method, Tally, field
from server.domain.methods.margin import Margin
from server.domain.methods.plurality import MarkMethod, MarkTally
from server.domain.methods.rule import Rule
from server.domain.record import record_of
from server.domain.refusals import Code, Refused
from server.domain.rules import Names, RoundSettings
from server.domain.verdict.readings import Reading
from server.exports import flow, picture
from server.exports.markdown import as_markdown
from server.exports.tables import ballot_rows, record_rows
from server.live.views import Audience, board_view, round_view, tally_view
from server.words.catalogue import words
from support.ballots import RAW
from support.decisions import reveal
from support.every_ballot import ROUNDS, SMALLER
from support.strategies import (
    RIGHT_BALLOTS,
    Meeting,
    create,
    refused,
    replayed,
    told,
    visible,
)

ROOT = Path(__file__).parents[3]
MARKS = 3


class PluralityOfThree(MarkMethod):
    """Each voter marks exactly three options; the most marks win."""

    id = "plurality_of_three"
    name = "Three marks"
    explains = "Each person marks exactly three options. The most marks win."
    since = act.RULES

    def __init__(
        self, names: Mapping[str, str], settings: RoundSettings, rules: int = act.RULES
    ) -> None:
        super().__init__(names, settings, rules)
        if len(names) <= MARKS:
            raise Refused(Code.BAD_SETTINGS, "Three marks need at least 4 options.")

    def read(self, raw: Mapping[str, Any]) -> bytes:
        ids = field(raw, "marks", '{"marks": ["an-id", "another-id", "a-third-id"]}')
        if not isinstance(ids, list):
            raise Refused(Code.BAD_BALLOT, "`marks` is a list of option ids.")
        marked = {self.places[self._require_option(option)] for option in ids}
        if len(ids) != MARKS or len(marked) != MARKS:
            raise Refused(Code.BAD_BALLOT, "A ballot in this round marks exactly 3 options.")
        return bytes(sorted(marked))

    def write(self, ballot: bytes) -> dict[str, Any]:
        return {"marks": sorted(self.ids[place] for place in ballot)}

    def tally(self) -> Tally[bytes]:
        return MarkTally(self.names, "votes")


FIRST = ("abc", "abd", "acd", "abc", "abd", "abd")
SECOND = ("abc", "abd", "acd", "abc", "abd", "acd")
IDS = {"a": "ant", "b": "bee", "c": "cow", "d": "dog"}


def marks(letters):
    return {"marks": [IDS[letter] for letter in letters]}


@pytest.fixture
def meeting(monkeypatch):
    """Return a meeting that has opened a round by the method."""
    for id_, method in by_id(PluralityOfThree).items():
        monkeypatch.setitem(METHODS, id_, method)
    made = Meeting(create(options=IDS.values()))
    made.open("plurality_of_three", names=Names.OPEN)
    return made


@pytest.fixture
def revealed(meeting):
    """Return the meeting after two rounds; between them, one of six has changed their mind."""
    for n, letters in enumerate(FIRST):
        meeting.do(act.Rename(name=f"Person {n}"), f"seat{n}")
        meeting.cast(f"seat{n}", marks(letters))
    reveal(meeting)
    meeting.open("plurality_of_three", names=Names.OPEN)
    for n, letters in enumerate(SECOND):
        meeting.cast(f"seat{n}", marks(letters))
    reveal(meeting)
    return meeting


def tally(made):
    names = {f"seat{n}": f"Person {n}" for n in range(6)}
    return tally_view(made.board.round, Audience(host=False, result=True), names)


@pytest.mark.parametrize(
    ("ballot", "code", "said"),
    [
        (marks("ab"), Code.BAD_BALLOT, "exactly 3"),
        (marks("abcd"), Code.BAD_BALLOT, "exactly 3"),
        (marks("abb"), Code.BAD_BALLOT, "exactly 3"),
        ({"marks": ["ant", "bee", "zebra"]}, Code.NO_SUCH_OPTION, "no option 'zebra'"),
        ({"choice": "ant"}, Code.BAD_BALLOT, "looks like"),
    ],
)
def test_a_wrong_ballot_is_refused_in_its_words_and_changes_nothing(meeting, ballot, code, said):
    assert refused(meeting.cast("ann", ballot), code, said)
    assert meeting.board.round.voters == 0


def test_a_round_that_it_cannot_count_is_refused(monkeypatch):
    monkeypatch.setitem(METHODS, "plurality_of_three", PluralityOfThree)
    assert refused(Meeting().open("plurality_of_three"), Code.BAD_SETTINGS, "at least 4 options")


def test_logs_of_earlier_rules_do_not_have_it(monkeypatch):
    monkeypatch.setitem(METHODS, "plurality_of_three", PluralityOfThree)
    made = Meeting(create(options=IDS.values()))
    opened = act.OpenRound(method="plurality_of_three")
    outcome = made.do(act.Entry(rules=act.RULES - 1, by="host", action=opened))
    assert refused(outcome, Code.UNKNOWN_METHOD, "")


def test_the_tally_as_every_page_is_sent_it(revealed):
    shown = tally(revealed)
    assert shown.voters == 6
    assert shown.result.winners == ["ant"]
    assert shown.result.totals == {"ant": 6, "bee": 4, "cow": 4, "dog": 4}
    assert shown.insights[0].text == "Ant is 2 ballots ahead of Bee, Cow and Dog."
    assert visible(revealed.board)
    assert told(revealed.board)


def test_the_verdict_has_the_exact_margin_of_a_sum_and_reads_marks_as_nothing_else(revealed):
    verdict = tally(revealed).verdict
    assert verdict.margin == Margin(least=2, most=2)
    assert verdict.readings == [Reading(rule=Rule.OWN, winners=["ant"])]
    assert verdict.because == [
        "It would have taken 2 different ballots, of 6, for Ant to lose.",
    ]


def test_what_changed_since_the_round_before(revealed):
    movement = tally(revealed).movement
    assert (movement.changed, movement.settled) == (1, True)
    assert ET.fromstring(flow.as_svg(record_of(revealed.board), 2)) is not None  # noqa: S314


def test_the_record_and_its_files(revealed):
    record = record_of(revealed.board, ballots=True)
    assert [each.result.winners for each in record.revealed] == [["ant"], ["ant"]]
    text = as_markdown(record, link="http://127.0.0.1/b/K7QF2M", day="2027-01-01")
    assert "Three marks" in text
    assert "| 1 | Ant | 6 |" in text
    assert "Three marks" in picture.as_svg(record)
    ET.fromstring(picture.as_svg(record))  # noqa: S314
    head, *rows = ballot_rows(record.revealed[-1])
    assert head == ["Name", "Ant", "Bee", "Cow", "Dog"]
    assert ["Person 0", 1, 1, 1, 0] in rows
    assert ["Ant", None, 2, "Three marks", 1, 6, None, 6] in [
        [name, decided or None, *rest] for name, decided, *rest in record_rows(record)
    ]


def rendered(part, **shown):
    made = Loader(str(ROOT / "templates/parts")).load(part).generate(words=words, **shown)
    return re.sub(r"<[^>]*>|\s+", " ", made.decode())


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (marks("abc"), "Ant, Bee, Cow"),
        ({"votes": {"ant": 4, "bee": 1}}, "Ant: 4 Bee: 1"),
        ({"veto": "dog"}, "Dog"),
    ],
)
def test_what_was_sent_is_shown_on_a_page_without_script(meeting, mine, said):
    names = {option.id: option.name for option in meeting.board.options}
    shown = rendered(
        "my_ballot.html", mine=mine, round=round_view(meeting.board.round), option_names=names
    )
    assert said in " ".join(shown.split())


def test_the_result_on_a_page_without_script(revealed):
    shown = rendered(
        "ranking.html",
        board=board_view(revealed.board),
        round=round_view(revealed.board.round),
        result=tally(revealed).result,
        in_result=6,
    )
    assert "Rank Option Total 1 Ant 6 2 Bee 4" in " ".join(shown.split())


def test_the_log_reads_the_same(revealed):
    assert visible(replayed(revealed.log)) == visible(revealed.board)


# What is not whole is not loaded


@pytest.mark.parametrize("member", ["id", "name", "explains", "since", "read", "write", "tally"])
def test_a_method_without_a_member_is_told_which_one_it_lacks(member):
    lacking = {
        name: value
        for name, value in vars(PluralityOfThree).items()
        if name not in {member, "__init__", "__abstractmethods__", "_abc_impl"}
    }
    with pytest.raises(TypeError, match=f"PluralityOfThree lacks `{member}`"):
        by_id(type("PluralityOfThree", (MarkMethod,), lacking))


def test_two_methods_with_one_id():
    with pytest.raises(TypeError, match="two voting methods with the id `plurality_of_three`"):
        by_id(PluralityOfThree, PluralityOfThree)


# What a method needs outside its file


def found(pattern, path, within=r"\A(.*)\Z"):
    (text,) = re.findall(within, (ROOT / path).read_text(), re.DOTALL)
    return set(re.findall(pattern, text, re.MULTILINE))


PLACES = {
    "its control on the ballot, in static/js/methods/index.js": lambda: found(
        r"\w+", "static/js/methods/index.js", r"export const methods = {(.*?)}"
    ),
    "its name for scripts, `board-method` in data/words/en/browser-board.ftl": lambda: found(
        r"\[(\w+)\]", "data/words/en/browser-board.ftl", r"\nboard-method =(.*?)\n}"
    ),
    "a section of docs/methods.md": lambda: found(r"^## (\w+)$", "docs/methods.md"),
    "a row of *Ballots* in docs/protocol.md": lambda: found(r"^\| `(\w+)` \|", "docs/protocol.md"),
    "its ballots in RAW of tests/support/ballots.py": lambda: RAW,
    "its ballots in RIGHT_BALLOTS of tests/support/strategies.py": lambda: RIGHT_BALLOTS,
    "every ballot, in ROUNDS of tests/support/every_ballot.py": lambda: ROUNDS,
    "every ballot, in SMALLER of tests/support/every_ballot.py": lambda: SMALLER,
}


def lacking(method):
    return [place for place, known in PLACES.items() if method not in known()]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_what_it_needs_elsewhere(method):
    assert not lacking(method), f"`{method}` lacks {'; '.join(lacking(method))}"
    assert 1 <= METHODS[method].since <= act.RULES


def test_the_documented_members_are_those_of_a_method():
    page = (ROOT / "docs/methods.md").read_text().partition("## Adding a method")[2]
    rows = re.findall(r"^\| ((?:`\w+` ?)+)\|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"\w+", row)}
    public = {name for name in {*vars(Method), *Method.__annotations__} if name[0] != "_"}
    assert documented == public


def test_what_a_new_method_lacks_is_named():
    assert lacking("plurality_of_three") == [*PLACES]
