import os
import re
import subprocess
import sys

from server.observability import metrics

ONE_PROCESS = """
from server.observability import metrics
for _ in range(int(__import__("sys").argv[1])):
    metrics.count(metrics.REQUESTS, "vote")
metrics.CONNECTIONS.labels("ballot").inc(2)
metrics.STORE_PRESENT.set(1)
metrics.flush()
"""


def number(text, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def test_what_happens_often_is_written_when_it_is_asked_for():
    name = 'stackvote_requests_total{type="test"}'
    metrics.count(metrics.REQUESTS, "test")
    metrics.count(metrics.REQUESTS, "test", by=4)
    assert number(metrics.exposition().decode(), name) == 5
    metrics.count(metrics.REQUESTS, "test")
    metrics.flush()
    metrics.flush()
    assert number(metrics.exposition().decode(), name) == 6


def test_the_numbers_of_several_processes_are_added_up(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for votes in ("3", "4"):
        subprocess.run([sys.executable, "-c", ONE_PROCESS, votes], env=environment, check=True)
    read = "from server.observability import metrics; print(metrics.exposition().decode())"
    shown = subprocess.run(
        [sys.executable, "-c", read], env=environment, check=True, capture_output=True, text=True
    )
    assert number(shown.stdout, 'stackvote_requests_total{type="vote"}') == 7


def test_every_number_is_explained():
    for line in metrics.exposition().decode().splitlines():
        if line.startswith("# HELP stackvote_"):
            assert line.endswith(".")
