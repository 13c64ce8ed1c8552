"""Build the image from the Dockerfile, without an engine, and use it.

Needs root, and Debian's packages `buildah` and `debootstrap`. A small Debian with its own Python
stands in for the official image, so that no registry is needed; all else is as the Dockerfile says.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from try_wheel import ROOT, expect, open_pages, read_host_address

DOCKERFILE = (ROOT / "Dockerfile").read_text()
(BASE,) = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
PACKAGES = "ca-certificates,python3,python3-venv"
ENVIRONMENT = os.environ | {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
"""Without a file system of its own, and without an engine."""
FOR_DEBIAN = ("--python-version", "3.11.2", "--only-binary", ":all:", "async-timeout")
"""What pip downloads for Debian's Python. It takes conditions of libraries for those of the Python
that runs it: redis needs async-timeout before 3.11.3.
"""


def main() -> None:
    """Raise SystemExit if the image cannot be built or used."""
    missing = [name for name in ("buildah", "debootstrap") if not shutil.which(name)]
    if missing or os.geteuid():
        raise SystemExit(f"This needs {' and '.join(['root', *missing])}.")
    with tempfile.TemporaryDirectory(prefix="stackvote-image-") as name:
        folder = Path(name)
        make_base(folder)
        build = ("bud", "--pull-never", "--format", "docker", "--tag", "stackvote")
        buildah(folder, *build, "--volume", f"{folder}/wheels:/wheels:ro", ROOT)
        container = buildah(folder, "from", "--pull-never", "localhost/stackvote")
        user = buildah(folder, "run", container, "--", "id", "--user")
        expect(user == "10001", "it runs as no one special")
        use(folder, container)
        root = Path(buildah(folder, "mount", container))
        packed = folder / "layer.tar.gz"
        subprocess.run(["tar", "-C", root, "-czf", packed, "opt/stackvote"], check=True)
        buildah(folder, "umount", container)
        print(f"Compressed, it adds {packed.stat().st_size / 1e6:.1f} MB to {BASE}.")


def make_base(folder: Path) -> None:
    """Make what stands in for the official image. What pip installs is at /wheels."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    download = [sys.executable, "-m", "pip", "download", "--quiet", *FOR_DEBIAN, "--dest"]
    subprocess.run([*download, folder / "wheels", *wanted], check=True)
    debian = BASE.rpartition("-")[2]
    bootstrap = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", debian]
    subprocess.run([*bootstrap, folder / "debian"], check=True, stdout=subprocess.DEVNULL)
    (folder / "debian/etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    (folder / "debian/usr/local/bin/python").symlink_to("/usr/bin/python3")
    container = buildah(folder, "from", "scratch")
    buildah(folder, "copy", container, folder / "debian", "/")
    buildah(folder, "commit", container, f"docker.io/library/{BASE}")


def use(folder: Path, container: str) -> None:
    """Start a server in a container, open its pages, ask for its health, and stop it."""
    health = re.search(r'"python", "-c", "(.*)"\]', DOCKERFILE)
    run = ("run", "--env", "STACKVOTE_PORT=0", container, "--", "stackvote", "run")
    with subprocess.Popen(
        command(folder, *run),
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            host = read_host_address(server)
            open_pages(host)
            port = re.search(r":(\d+)/", host)
            expect(bool(health and port), "it says how its health is asked for")
            asked = ("run", "--env", f"STACKVOTE_PORT={port[1]}", container, "--", "python", "-c")
            buildah(folder, *asked, health[1])
            expect(condition=True, description="it is healthy")
        finally:
            server.terminate()


def buildah(folder: Path, *arguments: object) -> str:
    """Run buildah in a folder of its own; return the last line that it prints."""
    done = subprocess.run(
        command(folder, *arguments), env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
    )
    return (done.stdout.strip().splitlines() or [""])[-1]


def command(folder: Path, *arguments: object) -> list[str]:
    """Return the command line of buildah in a folder of its own."""
    places = ("--root", f"{folder}/images", "--runroot", f"{folder}/run")
    return ["buildah", *places, *map(str, arguments)]


if __name__ == "__main__":
    main()
