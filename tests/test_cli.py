import re
import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from server.cli import main
from server.settings import SETTINGS
from server.store.embedded import EmbeddedStore
from support.disks import fill, small_disk


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch):
    for setting in SETTINGS:
        monkeypatch.delenv(setting.environment, raising=False)


@pytest.mark.slow
def test_it_is_the_same_by_either_name():
    installed = Path(sys.executable).with_name("stackvote")
    for command in ([installed], [sys.executable, "-m", "server"]):
        shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert shown.stdout == f"stackvote {version('stackvote')}\n"


def test_the_help_names_every_knob_with_its_place_in_the_environment(capsys):
    for command in ("run", "check"):
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        shown = re.sub(r"\s+", "", capsys.readouterr().out)
        for setting in SETTINGS:
            assert setting.flag in shown
            assert f"{setting.environment}]" in shown


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--wings"], ["worker", "extra"]])
def test_wrong_use_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage: stackvote" in capsys.readouterr().err


def test_a_wrong_value_is_refused_in_one_line(capsys):
    assert main(["run", "--port", "many"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("stackvote: --port is 'many'")
    assert err.count("\n") == 1


def test_a_misspelt_name_in_the_environment_is_mentioned(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("STACKVOTE_PROCESES", "4")
    assert main(["check", "--data", str(tmp_path)]) == 0
    assert "Did you mean STACKVOTE_PROCESSES?" in capsys.readouterr().err


def test_check_changes_nothing(tmp_path, capsys):
    folder = tmp_path / "data"
    assert main(["check", "--data", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert f"A secret will be created at {folder}/secret" in shown
    assert f"keeps its data in {folder}" in shown
    assert not folder.exists()


def test_check_looks_at_the_store_that_runs(tmp_path, capsys):
    with EmbeddedStore(tmp_path):
        assert main(["check", "--data", str(tmp_path)]) == 0
    assert "writes to disk before it answers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--redis-url", "redis://me:s3cret@127.0.0.1:1/0"], "cannot be reached"),
        (["--data", "/dev/null/here"], "cannot be created or written to"),
    ],
)
def test_check_finds_what_is_wrong(arguments, words, tmp_path, capsys):
    assert main(["check", "--secret-file", str(tmp_path / "secret"), *arguments]) == 1
    shown = capsys.readouterr().out
    assert re.search(rf"^fault .*{words}", shown, re.MULTILINE)
    assert "s3cret" not in shown


def test_a_brand_is_checked_too_and_a_server_does_not_start_with_a_bad_one(tmp_path, capsys):
    brand = tmp_path / "brand.yaml"
    brand.write_text("name: Acme votes")
    options = ["--data", str(tmp_path / "data"), "--brand", str(brand)]
    assert main(["check", *options]) == 0
    assert "Pages are named Acme votes, and their colours can be read." in capsys.readouterr().out
    brand.write_text('accent: {light: "#fc0"}')
    assert main(["check", *options]) == 1
    assert re.search(r"^fault .*accent\.light is #ffcc00", capsys.readouterr().out, re.MULTILINE)
    assert main(["run", *options]) == 1
    assert "accent.light is #ffcc00" in capsys.readouterr().err


def test_few_files_get_advice(tmp_path, capsys):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    many = str(min(1_000_000, hard + 1))
    assert main(["check", "--data", str(tmp_path), "--max-connections", many]) == 0
    assert re.search(
        rf"^advice .*--max-connections {hard - 300}\.", capsys.readouterr().out, re.MULTILINE
    )
    assert main(["check", "--data", str(tmp_path), "--max-connections", "10"]) == 0
    assert "enough files for 10 people" in capsys.readouterr().out


def test_data_in_memory_or_far_away_get_advice(tmp_path, capsys):
    with small_disk(tmp_path / "in memory", "1m") as place:
        assert main(["check", "--data", str(place / "data")]) == 0
        shown = capsys.readouterr().out
        assert re.search(r"^advice .*in memory \(tmpfs\)", shown, re.MULTILINE)
        assert re.search(r"^advice .*Make room", shown, re.MULTILINE)
        fill(place)
        assert main(["check", "--data", str(place / "data")]) == 1
        assert re.search(r"^fault .*No space left", capsys.readouterr().out, re.MULTILINE)


def test_an_open_secret_is_refused_by_check_and_by_run(tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("x" * 64)
    secret.chmod(0o644)
    for command in ("check", "run"):
        assert main([command, "--data", str(tmp_path), "--port", "0"]) == 1
        shown = capsys.readouterr()
        assert f"chmod 600 {secret}" in shown.out + shown.err


def test_https_without_proxy_headers_gets_advice(tmp_path, capsys):
    arguments = ["check", "--data", str(tmp_path), "--public-url", "https://127.0.0.1:1"]
    assert main(arguments) == 0
    assert re.search(r"^advice .*--proxy-headers", capsys.readouterr().out, re.MULTILINE)
    assert main([*arguments, "--proxy-headers"]) == 0
    assert "--proxy-headers" not in capsys.readouterr().out
