import os
import re

import pytest

from server.cli import main
from server.live import board_templates as offered_module
from server.live.board_templates import TemplatesError, load_board_templates, require_first
from server.live.create_board import DEFAULT_TEMPLATE
from server.resources import resources
from server.settings import Settings
from support.server import launched
from support.wait import until

GOOD = "title: {}\noptions:\n  - name: A\n  - name: B\n"


@pytest.fixture
def own(tmp_path):
    """A folder with boards of one's own, good and bad."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("teas.yaml", "mine.yml", "Shout.YML", "databases.yaml"):
        (folder / name).write_text(GOOD.format(name))
    (folder / "shout.YML").write_text(GOOD.format("shout.YML"))
    (folder / "bad.yaml").write_text("title: C #1\noptions: [{name: A}]\n")
    (folder / "teas.yml").write_text(GOOD.format("the second"))
    (folder / "folder.yaml").mkdir()
    (folder / "README.md").write_text("no board")
    (folder / "teas.json").write_text("{}")
    os.mkfifo(folder / "pipe.yaml")
    return folder


def test_own_boards_come_first_and_take_the_place_of_those_that_come_along(own):
    found, faults = load_board_templates(Settings(boards=str(own)))
    ids = list(found)
    assert ids[0] == DEFAULT_TEMPLATE
    assert set(ids[1:5]) == {"databases", "mine", "shout", "teas"}
    assert "message-brokers" in ids[5:]
    assert found["databases"].title == "databases.yaml"
    assert found["teas"].title == "teas.yaml"
    shown = "\n".join(faults)
    assert re.search(r"bad\.yaml:1: title: YAML ends it at “C”", shown)
    assert re.search(r"folder\.yaml:1: cannot be read", shown)
    assert re.search(r"Shout\.YML:1: the file's name must consist of", shown)
    assert re.search(r"teas\.yml:1: another file already defines teas", shown)
    assert re.search(r"teas\.json:1: is not read: the names of templates end in \.yaml", shown)
    assert re.search(r"pipe\.yaml:1: cannot be read: this is not a file", shown)
    assert len(faults) == 6


def test_without_a_folder_those_that_come_along_are_offered():
    found, faults = load_board_templates(Settings())
    assert len(found) >= 6
    assert faults == []


def test_a_board_that_cannot_be_opened_first_is_told_with_the_place(tmp_path, monkeypatch):
    (tmp_path / "data" / "boards").mkdir(parents=True)
    there = resources()._replace(data=tmp_path / "data")
    monkeypatch.setattr(offered_module, "resources", lambda: there)
    with pytest.raises(TemplatesError, match=rf"{DEFAULT_TEMPLATE}\.yaml is missing"):
        require_first(Settings())
    (tmp_path / "data" / "boards" / f"{DEFAULT_TEMPLATE}.yaml").write_text("title: x\n")
    with pytest.raises(TemplatesError, match="options: is missing"):
        require_first(Settings())
    (tmp_path / f"{DEFAULT_TEMPLATE}.yml").write_text(GOOD.format("first"))
    require_first(Settings(boards=str(tmp_path)))


def test_check_reads_all_of_them(own, tmp_path, capsys):
    assert main(["check", "--data", str(tmp_path / "data"), "--boards", str(own)]) == 0
    shown = capsys.readouterr().out
    assert re.search(
        r"^advice +A board would not be offered: .*bad\.yaml:1: title", shown, re.MULTILINE
    )
    assert re.search(r"^ok +\d+ boards are offered", shown, re.MULTILINE)


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_folder_that_is_not_there_is_told(command, tmp_path, capsys):
    there = ["--data", str(tmp_path), "--port", "0", "--boards", str(tmp_path / "no")]
    assert main([command, *there]) == 1
    shown = capsys.readouterr()
    assert "no, but there is no such folder." in shown.out + shown.err


def test_a_server_names_what_it_leaves_out_and_offers_the_rest(own, tmp_path):
    with launched(tmp_path / "server", STACKVOTE_BOARDS=str(own)) as server:
        server.await_greeting()
        assert "mine.yml" in server.get("/api/templates")[1]
        assert "bad.yaml:1: title: YAML ends it at" in server.log
        assert "Traceback" not in server.log


def test_a_server_reads_its_own_boards_again_when_a_file_changes(own, tmp_path):
    def offered():
        return server.get("/api/templates")[1]

    with launched(tmp_path / "server", STACKVOTE_BOARDS=str(own)) as server:
        server.await_greeting()
        (own / "new.yml").write_text(GOOD.format("Brand new"))
        until(lambda: "Brand new" in offered())
        (own / "bad.yaml").write_text(GOOD.format("Mended"))
        until(lambda: "Mended" in offered())
        (own / "new.yml").write_text("title: x\noptions: [\n")
        until(lambda: "Brand new" not in offered())
        assert "new.yml:3: this is not valid YAML" in server.log
        (own / "teas.yaml").unlink()
        until(lambda: "the second" in offered())
        assert server.log.count("bad.yaml:1: title: YAML ends it at") == 1
        assert "Traceback" not in server.log


def test_a_server_whose_first_board_is_gone_is_told_so_and_does_not_try_again(tmp_path):
    prelude = f"""
from pathlib import Path
from server.live import board_templates as offered
gone = offered.resources()._replace(data=Path({str(tmp_path)!r}))
offered.resources = lambda: gone
"""
    with launched(tmp_path / "server", prelude=prelude) as server:
        assert server.ended() == 1
    assert "python-web-frameworks.yaml is missing" in server.log
    assert "Worker" not in server.log


def test_boards_that_vanish_while_it_runs_keep_no_worker_from_starting(own, tmp_path):
    with launched(tmp_path / "server", STACKVOTE_BOARDS=str(own)) as server:
        server.await_greeting()
        own.rename(tmp_path / "elsewhere")
        server.signal(1)
        until(lambda: "All workers are new." in server.log)
        assert "own:1: cannot be read: No such file or directory" in server.log
        until(server.is_ready)
