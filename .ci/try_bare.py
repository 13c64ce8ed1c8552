"""Run the README's two commands as a newcomer does: in a fresh clone, with no optional program.

    python .ci/try_bare.py [PYTHON ...]

Each PYTHON, `python3` where none is named, gets a clone of its own. Only what a bare Debian has,
with git, make and Python, is on the PATH. Prints what the commands print, and how long each took.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from try_wheel import expect, look_around, read_greeting

ROOT = Path(__file__).parents[1]
KEPT = ("HOME", "LANG", "TMPDIR", "http_proxy", "https_proxy", "no_proxy")
"""What a shell has in its environment besides a PATH; the settings of pip are kept as well."""


def main(pythons: list[str]) -> None:
    """Try each Python; raises SystemExit where a command fails."""
    times = []
    for python in pythons:
        with tempfile.TemporaryDirectory(prefix="stackvote-bare-") as name:
            times += try_bare(python, Path(name))
    print("\n".join(times), flush=True)


def try_bare(python: str, folder: Path) -> list[str]:
    """Clone, run, test; return a line for each command with its time in seconds."""
    programs = link_programs(folder / "bin", python)
    kept = {name: value for name, value in os.environ.items() if is_kept(name)}
    environment = kept | {"PATH": str(programs)}
    expect(shutil.which("nginx", path=str(programs)) is None, "no optional program is found")
    clone = folder / "stackvote"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    version = subprocess.run(
        [programs / "python3", "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()

    print(f"── make run, with {version} and no optional program", flush=True)
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
            host = read_greeting(server)
            run_seconds = time.monotonic() - began
            look_around(host)
        finally:
            # Ctrl-C goes to all that the terminal runs, make included.
            os.killpg(server.pid, signal.SIGINT)
    # make ends by the signal itself, once its command has ended.
    expect(server.returncode == -signal.SIGINT, "Ctrl-C ends it")
    expect((clone / ".stackvote" / "secret").is_file(), "its data are in .stackvote")

    print(f"── make test, with {version} and no optional program", flush=True)
    began = time.monotonic()
    subprocess.run(["make", "test"], cwd=clone, env=environment, check=True)
    test_seconds = time.monotonic() - began
    expect(git_status(clone) == "", "git has nothing to say about what they left")
    return [
        f"{version}: make run was ready after {run_seconds:.0f} s, set-up included",
        f"{version}: make test took {test_seconds:.0f} s, set-up included",
    ]


def is_kept(name: str) -> bool:
    """Tell whether a name of the environment is passed on."""
    return name in KEPT or name.startswith(("PIP_", "LC_"))


def link_programs(folder: Path, python: str) -> Path:
    """Fill a folder with links to what a bare Debian has, and to git, make and a Python."""
    folder.mkdir()
    for program in bare_programs():
        (folder / program.name).unlink(missing_ok=True)
        (folder / program.name).symlink_to(program)
    for name in ("git", "make"):
        found = shutil.which(name)
        expect(found is not None, f"{name} is installed")
        (folder / name).symlink_to(found or "")
    asked = [python, "-c", "import sys; print(sys._base_executable)"]
    real = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    (folder / "python3").symlink_to(Path(real).resolve())
    return folder


def bare_programs() -> list[Path]:
    """Return the programs of the packages that every Debian has."""
    asked = ["dpkg-query", "--show", "--showformat", "${Priority} ${Package}\n"]
    packages = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in packages.splitlines()]
    asked = [
        "dpkg-query",
        "--listfiles",
        *(name for priority, name in rows if priority == "required"),
    ]
    listed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    places = {"/bin", "/sbin", "/usr/bin", "/usr/sbin"}
    files = [Path(line) for line in listed.splitlines() if line.rpartition("/")[0] in places]
    # `sh` and `awk` are links that packages make when they are installed.
    return [file for file in files if file.exists()] + [Path("/bin/sh"), Path("/usr/bin/awk")]


def git_status(clone: Path) -> str:
    """Return what git calls changed or new."""
    asked = ["git", "-C", clone, "status", "--porcelain"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:] or ["python3"])
