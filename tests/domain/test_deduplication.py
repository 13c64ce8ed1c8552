"""What became of a message is known for as many messages as are remembered, and no longer."""

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import deduplication as module
from server.domain.deduplication import SeenMessages
from server.domain.refusals import Code, Refusal

NO = Refusal(Code.ROUND_CLOSED, "Too late.")


class Plain:
    """The same, as one would write it first."""

    def __init__(self):
        self.held = OrderedDict()

    def get(self, name):
        return self.held.get(name)

    def add(self, name, answer):
        self.held[name] = answer
        if len(self.held) > module.REMEMBERED:
            self.held.popitem(last=False)


def names():
    """Names of a server's own length, and of any other; few enough to come again."""
    return st.integers(0, 60).map(lambda n: f"{n:016}" if n % 2 else "ä" * n)


@pytest.fixture(params=[(3, 2), (20, 5), (100, 64)], ids=str)
def sizes(request, monkeypatch):
    remembered, full = request.param
    for name, value in {"REMEMBERED": remembered, "_FULL": full, "_FEW": 2, "_MANY": 7}.items():
        monkeypatch.setattr(module, name, value)


@given(st.lists(st.tuples(names(), st.booleans()), max_size=200))
def check_against_a_plain_map(said):
    answers, plain = SeenMessages(), Plain()
    for position, (name, counts) in enumerate(said, 1):
        if (before := plain.get(name)) is None:
            answer = position if counts else NO
            answers.add(name, answer)
            plain.add(name, answer)
        assert answers.get(name) == (answer if before is None else before)
    for name in {name for name, _ in said} | {"", "never said", "0" * 16}:
        assert answers.get(name) == plain.get(name)


def test_it_answers_as_a_plain_map_does(sizes):
    check_against_a_plain_map()


def test_as_many_are_known_as_it_says():
    answers, said = SeenMessages(), module.REMEMBERED + 10
    for n in range(said):
        answers.add(f"{n:016}", NO if n % 3 == 0 else n)
    known = [answers.get(f"{n:016}") for n in range(said)]
    assert known[:10] == [None] * 10
    assert known[10:] == [NO if n % 3 == 0 else n for n in range(10, said)]
    assert len(answers._refused) == sum(n % 3 == 0 for n in range(10, said))
