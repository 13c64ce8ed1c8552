"""Reads the figures of a server as Prometheus does, and the files in which its processes keep them."""

import contextlib
import os
import re
import threading
from collections import defaultdict
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from support.wait import eventually


def numbers(server, name):
    """All numbers of a metric, whatever their labels."""
    status, text = server.get("/metrics")
    assert status == 200
    return [float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)]


def total(server, name):
    return sum(numbers(server, name))


def files_of(server):
    """The files in which the processes of a server keep their numbers."""
    environment = Path(f"/proc/{min(server.workers())}/environ").read_bytes()
    folder = dict(each.partition(b"=")[::2] for each in environment.split(b"\0"))
    return Path(os.fsdecode(folder[b"PROMETHEUS_MULTIPROC_DIR"]))


class Scraper:
    """Scrapes all the time, and keeps every value that a metric ever had."""

    def __init__(self, server):
        self.server = server
        self.fallen = []
        """Counters that fell: what, before, after."""
        self._values = defaultdict(set)
        self._first = {}
        self._last = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._scrape)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    @property
    def shown(self):
        return set(self._values)

    @property
    def moved(self):
        """The metrics that had more than one value, or had none at first."""
        return {name for name, values in self._values.items() if len(values) > 1}

    def last(self, name, **labels):
        """Return the latest value; 0 if there is none."""
        return self._last.get((name, tuple(sorted(labels.items()))), 0)

    async def rises(self, name, **labels):
        """Wait until a sample is above what it was at first."""
        first = self._first.get((name, tuple(sorted(labels.items()))), 0)
        await eventually(lambda: self.last(name, **labels) > first)

    async def moves(self, *names):
        """Wait until each of these metrics has had more than one value."""
        with contextlib.suppress(AssertionError):
            await eventually(lambda: self.moved >= set(names))
        assert not (still := set(names) - self.moved), still

    def _scrape(self):
        while not self._ended.wait(0.2):
            for family in _families(self.server):
                shown = []
                for name, labels, value, *_ in family.samples:
                    if name.endswith("_created"):
                        continue
                    key = (name, tuple(sorted(labels.items())))
                    shown.append((key, value))
                    # Sums over processes are rounded differently each time.
                    if family.type != "gauge" and value < self._last.get(key, 0) * (1 - 1e-9):
                        self.fallen.append((key, self._last[key], value))
                    self._last[key] = value
                if self._first and family.name not in self._values:
                    self._values[family.name].add(())
                self._values[family.name].add(tuple(sorted(shown)))
            self._first = self._first or dict(self._last)


def _families(server):
    status, text = server.get("/metrics")
    if status == 0:
        return []  # A worker was killed while it answered.
    assert status == 200, text
    return list(text_string_to_metric_families(text))
