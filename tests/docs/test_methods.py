"""The examples of `docs/methods.md` come out as the page says."""

import json
import re
from pathlib import Path

import pytest

from server.domain.methods import METHODS
from support.ballots import counted

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text()


@pytest.mark.parametrize("method", METHODS)
def test_the_example_can_be_repeated(method):
    section = PAGE.split(f"\n## {method}\n")[1].split("\n## ")[0]
    ballots, steps = re.findall(r"```(?:json|text)\n(.*?)```", section, re.DOTALL)
    assert counted(method, json.loads(ballots)).steps == steps.splitlines()


def test_every_method_has_its_row_in_order():
    assert re.findall(r"^\| \[(\w+)\]\(#\w+\) \|", PAGE, re.MULTILINE) == list(METHODS)
