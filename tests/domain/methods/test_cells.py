import random

import pytest

from server.domain.methods.cells import Cells


@pytest.mark.parametrize("most", [1, 5, 255])
def test_cells_hold_what_was_added_less_what_was_taken_back(most):
    dice = random.Random(most)
    cells, expected, inside = Cells(7, most), [0] * 7, []
    for _ in range(2000):
        if inside and dice.random() < 0.45:
            sign, ballot = -1, inside.pop(dice.randrange(len(inside)))
        else:
            sign, ballot = 1, bytes(dice.choices((0, most, dice.randint(0, most)), k=7))
            inside.append(ballot)
        cells.add(ballot, sign)
        expected = [had + sign * more for had, more in zip(expected, ballot, strict=True)]
        if dice.random() < 0.1:
            assert cells.values() == expected
    assert cells.values() == expected
