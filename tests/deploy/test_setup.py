"""What `make` does before its first command, and what it says where that cannot be done."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sys._base_executable


@pytest.fixture
def clone(tmp_path):
    """Just enough of the repository to be set up."""
    folder = tmp_path / "a clone"  # People have spaces in the names of their folders.
    folder.mkdir()
    for name in ("Makefile", "deploy", "pyproject.toml", "README.md", "LICENSE", "server"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def make(clone, *arguments, **environment):
    """Run make as from a shell, though the tests may be run by make; return its status and all
    that it said.
    """
    foreign = ("PIP_", "MAKE", "MFLAGS")
    done = subprocess.run(
        ["make", *arguments],
        cwd=clone,
        env={key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def script(file, text):
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_a_make_that_is_too_old_is_named(clone):
    status, said = make(clone, "run", "MAKE_VERSION=3.80")
    assert status == 2
    assert "needs GNU make 3.81 or newer, and this is GNU make 3.80" in said


@pytest.mark.parametrize(
    ("pretend", "words"),
    [
        ("echo 'no such command' >&2; exit 127", "does not start"),
        ('case "$2" in *version_info*) exit 1;; *) echo 3.10.9;; esac', "is Python 3.10.9."),
    ],
)
def test_a_python_that_will_not_do_is_named(clone, tmp_path, pretend, words):
    status, said = make(clone, "run", f"PYTHON={script(tmp_path / 'python', pretend)}")
    assert status == 2
    assert words in said
    assert "make run PYTHON=python3.12" in said
    assert "Traceback" not in said


def test_no_python_at_all_is_said(clone):
    status, said = make(clone, "test", "PYTHON=no-such-python")
    assert status == 2
    assert "no-such-python was not found. Stackvote needs Python 3.11 or newer" in said


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_its_other_half_is_told_how_to_get_it(clone, tmp_path, module):
    (tmp_path / f"{module}.py").write_text("raise ModuleNotFoundError(__name__)")
    status, said = make(clone, "run", f"PYTHON={PYTHON}", PYTHONPATH=str(tmp_path))
    assert status == 2
    assert "apt-get install python3-venv" in said
    assert "Traceback" not in said


def test_without_a_network_it_says_so_and_the_next_try_begins_where_it_stopped(clone):
    unreachable = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    unreachable |= {"PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "1"}
    for _ in range(2):
        status, said = make(clone, "run", f"PYTHON={PYTHON}", **unreachable)
        assert status == 2
        # What takes long is announced before it begins.
        assert said.startswith("Setting up .venv with Python 3.")
        assert re.search(r"The libraries could not be downloaded: .*cannot be reached", said)
        assert "Traceback" not in said


def test_half_an_environment_is_made_whole(clone):
    """An interrupted set-up, or a Python that was removed, leaves links to nothing."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to("/no/such/python")
    shutil.copy(ROOT / "LICENSE", clone / ".venv" / "left-behind")
    broken = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    make(clone, "run", f"PYTHON={PYTHON}", PIP_RETRIES="0", PIP_NO_CACHE_DIR="1", **broken)
    asked = [clone / ".venv" / "bin" / "python", "-c", "import pip; print(pip.__version__)"]
    assert subprocess.run(asked, check=True, capture_output=True).stdout
    assert not (clone / ".venv" / "left-behind").exists()
