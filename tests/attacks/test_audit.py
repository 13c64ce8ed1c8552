"""The look for known faults in libraries can fail, and says when it could not look at all."""

import contextlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    find_spec("pip_audit") is None, reason="pip-audit is not installed; `make test-all` brings it"
)
AUDIT = Path(__file__).parents[2] / ".ci" / "audit.py"
FAULT = {
    "id": "GHSA-0000",
    "aliases": [],
    "summary": "It is broken.",
    "details": "Badly.",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "tornado"},
            "versions": ["6.4.0"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "6.5.0"}]}],
        }
    ],
}


@contextlib.contextmanager
def service(faulty):
    """A service that knows one faulty version, as the public ones tell it."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pin = f"{asked['package']['name']}=={asked['version']}"
            said = json.dumps({"vulns": [FAULT]} if pin == faulty else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}/v1/query"
        finally:
            serving.shutdown()
            thread.join()


def audit(*arguments):
    ran = subprocess.run(
        [sys.executable, AUDIT, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_a_known_fault_fails_and_says_where_it_is_fixed():
    with service("tornado==6.4.0") as url:
        status, said = audit("--service-url", url, "tornado==6.4.0", "redis==8.1.0")
        assert (status, said) == (1, "tornado 6.4.0: GHSA-0000, fixed in 6.5.0\n")
        assert audit("--service-url", url, "tornado==6.6.1")[0] == 0


def test_all_that_the_server_runs_with_is_asked_about():
    with service("none") as url:
        status, said = audit("--service-url", url)
        assert status == 0
        assert said.startswith("No vulnerability is known in the ")
        number = int(said.split()[6])
        assert number >= 9


def test_where_no_one_can_be_asked_it_is_said_and_fails_nothing():
    with service("none") as url:
        pass
    status, said = audit("--service-url", url, "tornado==6.4.0")
    assert status == 0
    assert said.startswith("NOT AUDITED: no service answered about tornado.")
