"""What this suite says of itself, tried on small suites of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]

LEAVERS = {
    "a socket": "import socket\ndef test_guilty(): kept = socket.socket(); kept.bind(('', 0))",
    "a socket in a circle": """
import socket
class Circle: pass
def test_guilty():
    circle = Circle()
    circle.itself, circle.socket = circle, socket.socket()
""",
    "a socket of a fixture": """
import pytest, socket
@pytest.fixture
def opened(): return socket.socket()
def test_guilty(opened): pass
""",
    "a file": "def test_guilty(): open(__file__)",
    "a process": """
import subprocess, sys
def test_guilty(): subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
""",
    "a coroutine": "async def never(): pass\ndef test_guilty(): never()",
    "a task that failed": """
import asyncio
async def fail(): raise ValueError
async def test_guilty():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
""",
    "a task that waits": """
import asyncio
async def test_guilty():
    asyncio.create_task(asyncio.sleep(3600), name="forgotten")
    await asyncio.sleep(0)
""",
}


def run(folder, source, *arguments):
    """Run a suite of one file under the rules of this one; return what it printed."""
    (folder / "test_it.py").write_text(source)
    rules = ["-p", "conftest", "-p", "no:cacheprovider", "-c", TESTS.parent / "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *rules, "--rootdir", folder, *arguments, folder],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{TESTS}:{TESTS.parent}", "PATH": str(folder)},
    )
    return done.stdout


@pytest.mark.parametrize("what", LEAVERS)
def test_what_is_left_behind_fails_the_test_that_left_it(what, tmp_path):
    said = run(tmp_path, f"{LEAVERS[what]}\ndef test_innocent(): pass\n")
    # What goes when the test returns fails its call, all else its teardown.
    assert "2 passed, 1 error" in said or "1 failed, 1 passed" in said
    assert "test_it.py::test_guilty" in said
    assert "test_innocent" not in said


NEEDY = """
import pytest
@pytest.fixture
def opened(): raise AssertionError("something was opened")
@pytest.fixture(params=[pytest.param("it", marks=pytest.mark.needs("nginx"))])
def proxy(request, opened): pass
@pytest.mark.needs("redis-server")
def test_one(opened): pass
@pytest.mark.needs("redis-server", "nginx")
def test_two(opened): pass
def test_three(proxy): pass
def test_four(): pytest.skip("this machine has no network")
"""


@pytest.mark.parametrize("processes", [[], ["--numprocesses", "2"]])
def test_what_is_skipped_is_skipped_early_and_named_once(processes, tmp_path):
    said = run(tmp_path, NEEDY, *processes)
    assert "4 skipped" in said
    assert said.count("redis-server is not installed") == 1
    assert "2 tests: redis-server is not installed" in said
    assert "1 tests: nginx is not installed" in said
    assert "1 tests: this machine has no network" in said
    assert "To run them too: " in said
    assert " nginx" in said.partition("To run them too")[2]


def test_a_failure_is_named_when_it_happens(tmp_path):
    said = run(tmp_path, "def test_a(): assert 1 == 2\ndef test_b(): print('later')\n", "-s")
    assert said.index("FAILED test_it.py::test_a - assert 1 == 2") < said.index("later")
