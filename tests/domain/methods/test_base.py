import pytest

from server.domain.methods import METHODS
from server.domain.methods.base import listed, ranked_groups


def test_every_method_stands_under_its_own_id_and_explains_itself():
    for id_, method in METHODS.items():
        assert method.id == id_
        assert method.name
        assert method.explains.endswith(".")


def test_equal_totals_stand_together_in_the_order_of_the_round():
    assert ranked_groups({"c": 1, "a": 2, "b": 1, "d": 0}) == [["a"], ["c", "b"], ["d"]]


@pytest.mark.parametrize(
    ("words", "said"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_joined_as_a_person_would(words, said):
    assert listed(words) == said
