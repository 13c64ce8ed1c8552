import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.rich_text import pieces
from support.strategies import many

CASES = json.loads((Path(__file__).parents[1] / "rich_text.json").read_text())


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_text_is_taken_apart_as_the_table_says(text, expected):
    assert [list(piece) for piece in pieces(text)] == expected


@many
@given(st.text("ab `()[].\n:/hHtTpPsS", max_size=40) | st.text())
def test_nothing_of_a_text_is_lost(text):
    assert "".join(f"`{t}`" if kind == "code" else t for kind, t in pieces(text)) == text
