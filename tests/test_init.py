"""Where Stackvote does not run it says so, instead of failing somewhere inside."""

import subprocess
import sys

import pytest

WITHOUT_LOCKS = "import sys; sys.modules['fcntl'] = None; sys.argv[1:] = ['run']; "
"""Windows has no such module."""


@pytest.mark.parametrize(
    "start",
    [
        "from server.cli import main; main()",
        "import runpy; runpy.run_module('server', run_name='__main__')",
    ],
)
def test_a_system_without_file_locks_is_named_in_one_line(start):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LOCKS + start], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "Linux and macOS; on Windows, use WSL or a container" in done.stderr
