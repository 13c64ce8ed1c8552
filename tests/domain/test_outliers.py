import pytest

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
def test_where_nobody_stands_out(rows):
    assert outliers(stands(**rows)) == []


def test_what_somebody_says_nothing_of_puts_them_nowhere():
    mostly = stands(ann=[5, 5], ben=[5, 5], cleo=[5], dan=[5, 0])
    assert outliers(mostly) == ["dan"]


def test_some_may_be_equally_far_but_not_many():
    rows = {f"v{n}": [5, 0] for n in range(8)}
    assert outliers(stands(**rows, x=[0, 5], y=[0, 5])) == ["x", "y"]
    assert outliers(stands(**rows, w=[0, 5], x=[0, 5], y=[0, 5], z=[0, 5])) == []


def test_in_a_crowd_nobody_is_looked_for():
    crowd = {f"v{n}": {"a": 5} for n in range(MAX_VOTERS)}
    assert outliers(crowd | {"x": {"a": 0}}) == []
    crowd.pop("v0")
    assert outliers(crowd | {"x": {"a": 0}}) == ["x"]
