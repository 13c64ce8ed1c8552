"""Run the two commands of the README as a newcomer does: in a fresh clone, no optional programs.

    python .ci/try_bare.py [PYTHON ...]

Each PYTHON, by default only `python3`, gets its own clone. The PATH has only what every Debian has,
plus git, make and Python. Prints the output of the commands, and how long each took.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from try_wheel import expect, open_pages, read_host_address

ROOT = Path(__file__).parents[1]
PASSED_ON = ("HOME", "LANG", "TMPDIR", "http_proxy", "https_proxy", "no_proxy")
"""Environment variables that are passed on, in addition to the settings of pip."""


def main(pythons: list[str]) -> None:
    """Try each Python; raises SystemExit if a command fails."""
    times = []
    for python in pythons:
        with tempfile.TemporaryDirectory(prefix="stackvote-bare-") as name:
            times += try_bare(python, Path(name))
    print("\n".join(times), flush=True)


def try_bare(python: str, folder: Path) -> list[str]:
    """Clone, run, test; return a line for each command with its time in seconds."""
    programs = link_programs(folder / "bin", python)
    environment = {name: value for name, value in os.environ.items() if is_passed_on(name)}
    environment["PATH"] = str(programs)
    expect(shutil.which("nginx", path=str(programs)) is None, "optional programs are not found")
    clone = folder / "stackvote"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    version = subprocess.run(
        [programs / "python3", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()

    print(f"── make run, with {version}, without optional programs", flush=True)
    # A job in the background ignores this signal, and so would everything that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    with subprocess.Popen(
        ["make", "run", "ARGS=--port 0 --drain-seconds 1"],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            host = read_host_address(server)
            run_seconds = time.monotonic() - began
            open_pages(host)
        finally:
            # Ctrl-C goes to everything that the terminal runs, including make.
            os.killpg(server.pid, signal.SIGINT)
    # The signal ends make itself, once its command has ended.
    expect(server.returncode == -signal.SIGINT, "Ctrl-C stops it")
    expect((clone / ".stackvote" / "secret").is_file(), "its data is in .stackvote")

    print(f"── make test, with {version}, without optional programs", flush=True)
    began = time.monotonic()
    subprocess.run(["make", "test"], cwd=clone, env=environment, check=True)
    test_seconds = time.monotonic() - began
    expect(git_status(clone) == "", "git status is clean afterwards")
    return [
        f"{version}: make run was ready after {run_seconds:.0f} s, including set-up",
        f"{version}: make test took {test_seconds:.0f} s, including set-up",
    ]


def is_passed_on(name: str) -> bool:
    """Whether an environment variable is passed on."""
    return name in PASSED_ON or name.startswith(("PIP_", "LC_"))


def link_programs(folder: Path, python: str) -> Path:
    """Fill a folder with links to what every Debian has, and to git, make and a Python."""
    folder.mkdir()
    for program in bare_programs():
        (folder / program.name).unlink(missing_ok=True)
        (folder / program.name).symlink_to(program)
    for name in ("git", "make"):
        found = shutil.which(name)
        expect(found is not None, f"{name} is installed")
        (folder / name).symlink_to(found or "")
    command = [python, "-c", "import sys; print(sys._base_executable)"]
    real = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    (folder / "python3").symlink_to(Path(real).resolve())
    return folder


def bare_programs() -> list[Path]:
    """Return the programs of the packages that every Debian has."""
    command = ["dpkg-query", "--show", "--showformat", "${Priority} ${Package}\n"]
    packages = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in packages.splitlines()]
    command = [
        "dpkg-query",
        "--listfiles",
        *(name for priority, name in rows if priority == "required"),
    ]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    folders = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"}
    files = [Path(line) for line in listed.splitlines() if line.rpartition("/")[0] in folders]
    # `sh` and `awk` are links that packages create when they are installed.
    return [file for file in files if file.exists()] + [Path("/bin/sh"), Path("/usr/bin/awk")]


def git_status(clone: Path) -> str:
    """Return what git reports as changed or new."""
    command = ["git", "-C", clone, "status", "--porcelain"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:] or ["python3"])
