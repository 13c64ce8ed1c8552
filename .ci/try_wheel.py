"""Build the wheel, install it into its own environment, and use it from another folder."""

import json
import re
import signal
import subprocess
import tempfile
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The host's address sets a cookie and redirects the browser.
BROWSER = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def main() -> None:
    """Raise SystemExit if something is missing from the wheel."""
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
                open_pages(read_host_address(server))
            finally:
                server.send_signal(signal.SIGTERM)
        expect(server.returncode == 0, "it exits with status 0")
        expect((elsewhere / ".stackvote" / "secret").is_file(), "its data is where it was started")


def read_host_address(server: "subprocess.Popen[str]") -> str:
    """Wait until the server is ready, and return the host's address."""
    for line in server.stdout or ():
        if found := re.search(r"http://127\.0\.0\.1:\d+\S+key=\S+", line):
            return found[0]
    raise SystemExit("FAILED: it prints its address")


def open_pages(host: str) -> None:
    """Open the pages, the files that they reference, and the templates."""
    base = host.partition("/b/")[0]
    files = set()
    for address in (f"{base}/", f"{base}/b/FRAMEWORKS", f"{base}/b/FRAMEWORKS/screen", host):
        page = fetch(address).decode()
        expect("<!doctype html>" in page[:40].lower(), f"{address.split('?')[0]} is a page")
        files |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    expect(any(file.endswith(".js") for file in files), "pages have scripts")
    expect(any(file.endswith(".css") for file in files), "pages have styles")
    for file in files:
        expect(fetch(base + file) != b"", f"{file} exists")
    found = json.loads(fetch(f"{base}/api/templates"))
    templates = found["templates"] if isinstance(found, dict) else found
    expect(len(templates) >= 4, "there are templates")


def fetch(address: str) -> bytes:
    """Fetch an address; raises if the response is an error."""
    with BROWSER.open(address, timeout=10) as response:
        return response.read()


def expect(condition: bool, description: str) -> None:
    """Print the description if the condition holds; otherwise exit with it."""
    if not condition:
        raise SystemExit(f"FAILED: {description}")
    print(f"ok  {description}")


if __name__ == "__main__":
    main()
