import asyncio

import pytest

from ops.test_administration import stackvote
from server.domain import actions as act
from server.ops.adr import write_adr
from server.ops.store_access import AdministrationError
from server.settings import Settings
from server.store.embedded import EmbeddedStore
from support.decisions import whole_meeting, write_boards


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with a decided board, and one without a decision."""
    folder = tmp_path_factory.mktemp("data")
    decided = [act.encode(entry) for _, _, entry in whole_meeting().log]
    with EmbeddedStore(folder) as embedded:
        asyncio.run(write_boards(embedded.url, {"K7QF2M": decided, "K7QF2N": decided[:6]}))
    return folder


@pytest.mark.slow
def test_a_decision_gets_the_next_number(data, tmp_path):
    (tmp_path / "0011-earlier.md").write_text("kept")
    (tmp_path / "README.md").write_text("kept")
    status, out, err = stackvote("record", "k7q-f2m", "--adr", str(tmp_path), "--data", str(data))
    assert (status, err) == (0, "")
    file = tmp_path / "0012-which-one-flask.md"
    assert out == f"Wrote {file}.\n"
    text = file.read_text()
    assert text.startswith("---\nstatus: accepted\n")
    assert "/b/K7QF2M/record>" in text
    again = write_adr(Settings(data=data), "K7QF2M", tmp_path)
    assert again.name == "0013-which-one-flask.md"
    assert (tmp_path / "0011-earlier.md").read_text() == "kept"


def test_the_first_number_is_one(data, tmp_path):
    assert write_adr(Settings(data=data), "K7QF2M", tmp_path).name.startswith("0001-")


@pytest.mark.parametrize(
    ("code", "folder", "words"),
    [
        ("K7QF2N", ".", "There is no decision to record. No option has been chosen yet."),
        ("K7QF2P", ".", "There is no board K7Q-F2P."),
        ("!", ".", "is not a board code"),
        ("K7QF2M", "none", "There is no folder"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words(data, tmp_path, code, folder, words):
    with pytest.raises(AdministrationError, match=words):
        write_adr(Settings(data=data), code, tmp_path / folder)
    assert list(tmp_path.iterdir()) == []
