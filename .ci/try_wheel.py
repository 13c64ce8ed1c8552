"""Build the wheel, install it into an environment of its own, and use it from another folder."""

import json
import re
import signal
import subprocess
import tempfile
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The host's address sets a cookie and sends the browser on.
BROWSER = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def main() -> None:
    """Raise where something that belongs to the wheel is not in it."""
    with tempfile.TemporaryDirectory(prefix="stackvote-wheel-") as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / "bin"
        pip = [programs / "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
        subprocess.run([*pip, "install", *folder.glob("*.whl")], check=True)
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        subprocess.run([programs / "stackvote", "check"], cwd=elsewhere, check=True)
        command = [programs / "stackvote", "run", "--port", "0", "--drain-seconds", "1"]
        with subprocess.Popen(
            command, cwd=elsewhere, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                look_around(read_greeting(server))
            finally:
                server.send_signal(signal.SIGTERM)
        expect(server.returncode == 0, "it ends in good order")
        expect((elsewhere / ".stackvote" / "secret").is_file(), "its data are where it started")


def read_greeting(server: "subprocess.Popen[str]") -> str:
    """Wait until it is ready, and give the host's address."""
    for line in server.stdout or ():
        if found := re.search(r"http://127\.0\.0\.1:\d+\S+key=\S+", line):
            return found[0]
    raise SystemExit("not so: it says where it serves")


def look_around(host: str) -> None:
    """Open the pages, the files that they name, and the templates."""
    base = host.partition("/b/")[0]
    files = set()
    for address in (f"{base}/", f"{base}/b/FRAMEWORKS", f"{base}/b/FRAMEWORKS/screen", host):
        page = fetch(address)
        expect("<!doctype html>" in page[:40].lower(), f"{address.split('?')[0]} is a page")
        files |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    expect(any(file.endswith(".js") for file in files), "pages have scripts")
    expect(any(file.endswith(".css") for file in files), "pages have styles")
    for file in files:
        expect(fetch(base + file) != "", f"{file} is there")
    found = json.loads(fetch(f"{base}/api/templates"))
    templates = found["templates"] if isinstance(found, dict) else found
    expect(len(templates) >= 4, "there are templates")


def fetch(address: str) -> str:
    """Give what is at an address; raises where that is an error."""
    with BROWSER.open(address, timeout=10) as answer:
        return answer.read().decode()


def expect(holds: bool, words: str) -> None:
    """Say what holds, and stop where it does not."""
    if not holds:
        raise SystemExit(f"not so: {words}")
    print(f"ok  {words}")


if __name__ == "__main__":
    main()
