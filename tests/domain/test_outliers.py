from statistics import fmean, median

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.domain.outliers import MAX_VOTERS, outliers


def stands(**rows):
    return {voter: dict(zip("abc", row, strict=False)) for voter, row in rows.items()}


def test_who_is_farthest_from_the_group():
    assert outliers(stands(ann=[5, 0, 1], ben=[5, 1, 1], cleo=[4, 0, 1], dan=[0, 5, 1])) == ["dan"]


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"ann": [5], "ben": [0]},
        {"ann": [5, 1], "ben": [5, 1], "cleo": [5, 1]},
        {"ann": [5, 0], "ben": [5, 0], "cleo": [0, 5], "dan": [0, 5]},
        {"ann": [5], "ben": [0], "cleo": [], "dan": []},
    ],
    ids=["nobody", "two", "all alike", "two camps", "two with an opinion"],
)
def test_where_no_one_stands_out(rows):
    assert outliers(stands(**rows)) == []


def test_what_someone_says_nothing_of_puts_them_nowhere():
    mostly = stands(ann=[5, 5], ben=[5, 5], cleo=[5], dan=[5, 0])
    assert outliers(mostly) == ["dan"]


def test_some_may_be_equally_far_but_not_many():
    rows = {f"v{n}": [5, 0] for n in range(8)}
    assert outliers(stands(**rows, x=[0, 5], y=[0, 5])) == ["x", "y"]
    assert outliers(stands(**rows, w=[0, 5], x=[0, 5], y=[0, 5], z=[0, 5])) == []


def test_in_a_crowd_no_one_is_looked_for():
    crowd = {f"v{n}": {"a": 5} for n in range(MAX_VOTERS)}
    assert outliers(crowd | {"x": {"a": 0}}) == []
    crowd.pop("v0")
    assert outliers(crowd | {"x": {"a": 0}}) == ["x"]


@example({"p": {"a": 1}, "q": {"a": 2, "b": 2}, "r": {"a": 0, "b": 0, "c": 0}})
@given(
    st.dictionaries(
        st.sampled_from("pqrstuv"), st.dictionaries(st.sampled_from("abc"), st.integers(0, 5))
    )
)
def test_an_outlier_is_the_farthest_from_the_mean_of_all_and_far_from_most(rows):
    found = outliers(rows)
    said = {voter: row for voter, row in rows.items() if row}
    middle = {
        option: fmean(row[option] for row in said.values() if option in row)
        for option in {option for row in said.values() for option in row}
    }
    distance = {
        voter: fmean(abs(value - middle[option]) for option, value in row.items())
        for voter, row in said.items()
    }
    farthest = max(distance.values(), default=0)
    are = [voter for voter in said if distance[voter] == pytest.approx(farthest)]
    is_far = farthest > 0 and farthest >= 1.5 * median(distance.values()) - 1e-9
    few = len(are) <= min(3, (len(said) - 1) // 2)
    assert found == (sorted(are) if len(said) >= 3 and is_far and few else [])
