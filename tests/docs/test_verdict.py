"""The table of `docs/verdict.md` is what the words mean."""

import re
from pathlib import Path

from server.domain.methods.margin import Margin
from server.domain.verdict.verdict import Certainty, word_for

PAGE = (Path(__file__).parents[2] / "docs" / "verdict.md").read_text()


def test_each_size_of_a_room_has_the_margins_that_its_row_says():
    rows = re.findall(r"^\| ([\d,]+) \| (\d+) \| ([\dto ]*)\| (\d+): .*\|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for voters, toss, leaning, solid in rows:
        room = int(voters.replace(",", ""))
        words = [
            word_for(Margin(least=n, most=n), room, agrees=True) for n in range(1, int(solid) + 2)
        ]
        assert words.index(Certainty.SOLID) + 1 == int(solid)
        assert words.count(Certainty.COIN_TOSS) == int(toss)
        between = [n for n, word in enumerate(words, 1) if word is Certainty.LEANING]
        assert [str(n) for n in between[:1] + between[-1:]] == re.findall(r"\d+", leaning)
