"""Each sentence of SECURITY.md, and each promise of README.md, has a test or says why it has none."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from attacks.promises import README, SECURITY
from server import app
from server.domain.limits import ALPHABET
from server.live import backlog, connection, create_board, expiry, hub, outbox, parsing
from server.process import sockets
from server.web import http_server, incomplete_requests, paced_response
from server.web.body_limit import MAX_BODY

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
PROMISING = {"Stackvote", "How a meeting goes", "What you can rely on"}
"""Of README.md; the other sections say how to begin, and where what stands."""


def sentences(page, sections=None):
    """Give the sentences of a page's paragraphs and lists, without their bold type."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    blocks, section = [], ""
    for line in text.splitlines():
        words = line.strip()
        if words.startswith("#"):
            section = words.lstrip("# ")
        if not words or words.startswith(("#", "|", "![")):
            blocks.append("")
        elif sections is None or section in sections:
            if item := re.match(r"(?:[-*]|\d+\.) (.*)", words):
                blocks.append(item[1])
            else:
                blocks[-1] = f"{blocks[-1]} {words}".strip()
    for block in blocks:
        yield from filter(None, re.split(r"(?<=[.!?]) (?=[A-Z`])", block.replace("**", "")))


@cache
def names_in(path):
    tree = ast.parse((TESTS / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


@pytest.mark.parametrize(
    ("page", "sections", "held"),
    [("SECURITY.md", None, SECURITY), ("README.md", PROMISING, README)],
    ids=["SECURITY.md", "README.md"],
)
def test_each_sentence_is_held_by_tests_that_are_there(page, sections, held):
    found = list(sentences(page, sections))
    unheld = [each for each in found if not each.startswith(tuple(held))]
    assert not unheld, "no test is named for these"
    # Each name is of one sentence, so that none is held by what was said of another.
    of_each = {begins: [each for each in found if each.startswith(begins)] for begins in held}
    assert {begins: of for begins, of in of_each.items() if len(of) != 1} == {}
    for begins, by in held.items():
        assert by, begins
        for test in () if isinstance(by, str) else by:
            path, _, name = test.partition("::")
            assert name.startswith("test_"), test
            assert name in names_in(path), test


def test_the_figures_are_those_of_the_code():
    said = " ".join((ROOT / "SECURITY.md").read_text().split())
    kib, mib = 1024, 1024 * 1024
    for words in (
        f"one of {len(ALPHABET) ** create_board.CODE_LENGTH / 1e6:.0f} million",
        f"stays wrong for {'a week' if expiry.ENOUGH * expiry.HOUR == 7 * 86_400 else '?'}",
        f"{backlog.LIMIT // mib} MiB wait for all slow readers",
        f"Another {http_server.UNREAD_BYTES // mib} MiB wait",
        f"{outbox.OUTBOX_BYTES // kib} KiB wait for one live connection",
        f"less than {outbox.PACE // kib} KiB a second over {outbox.STALLED:.0f} s",
        f"{paced_response.SLICE // kib} KiB in {paced_response.SLICE_SECONDS:.0f} s",
        f"every request after {http_server.PATIENCE:.0f} s",
        f"{incomplete_requests.LIMIT // mib} MiB are held for unfinished requests",
        f"and {hub.UNFINISHED_BYTES // mib} MiB for unfinished live messages",
        f"body of {MAX_BODY // kib} KiB within {app.BODY_SECONDS} s",
        f"a live message has {parsing.MAX_BYTES // kib} KiB",
        f"KiB, within {connection.MESSAGE_SECONDS:.0f} s.",
    ):
        assert words in said, words
    # The system counts what it keeps twice.
    assert 2 * sockets.KERNEL_BYTES == outbox.OUTBOX_BYTES
