import fcntl
import logging
import os
import subprocess
import sys

import pytest

from server.security import shared_rate_limit as module
from server.security.shared_rate_limit import SharedRates, SharedTimes

SALT = b"the same in all processes"

ANOTHER = """
import sys
from pathlib import Path
from server.security.shared_rate_limit import SharedRates, SharedTimes
times = SharedTimes("limits", {salt!r}, Path(sys.argv[1]))
rates = SharedRates(times, "boards", 0.001, 1000)
print(sum(rates.allows("here") for _ in range(800)))
"""


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    return clock


def test_a_bucket_fills_up_again_and_holds_no_more_than_its_burst(clock):
    rates = SharedRates(SharedTimes("limits"), "boards", 2, 3)
    assert [rates.allows("a") for _ in range(4)] == [True] * 3 + [False]
    assert not rates.has_left("a")
    assert rates.has_left("b")
    clock[0] += 0.5
    assert rates.has_left("a")
    assert [rates.allows("a") for _ in range(2)] == [True, False]
    clock[0] += 100
    assert [rates.allows("a") for _ in range(4)] == [True] * 3 + [False]


def test_what_is_given_back_can_be_taken_again_and_no_more(clock):
    rates = SharedRates(SharedTimes("limits"), "boards", 1, 2)
    assert rates.allows("a")
    assert rates.allows("a")
    rates.give_back("a")
    assert [rates.allows("a") for _ in range(2)] == [True, False]
    for _ in range(10):
        rates.give_back("a")
    assert [rates.allows("a") for _ in range(3)] == [True, True, False]


def test_limits_of_different_names_are_counted_apart(clock):
    times = SharedTimes("limits")
    boards, keys = (SharedRates(times, name, 1, 1) for name in ("boards", "keys"))
    assert boards.allows("a")
    assert keys.allows("a")
    assert not boards.allows("a")


def test_processes_count_together_and_never_one_too_many(tmp_path):
    code = ANOTHER.format(salt=SALT)
    others = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    allowed = [int(other.communicate(timeout=60)[0]) for other in others]
    assert sum(allowed) == 1000
    here = SharedRates(SharedTimes("limits", SALT, tmp_path), "boards", 0.001, 1000)
    assert not here.has_left("here")
    assert here.has_left("elsewhere")
    assert (tmp_path / "limits.times").stat().st_mode & 0o777 == 0o600


def test_the_file_tells_no_address(tmp_path):
    times = SharedTimes("limits", SALT, tmp_path)
    SharedRates(times, "guesses", 1, 10).allows("192.0.2.77")
    assert b"192.0.2.77" not in (tmp_path / "limits.times").read_bytes()


def test_a_process_that_was_frozen_while_it_held_the_lock_stops_no_one(tmp_path):
    rates = SharedRates(SharedTimes("limits", SALT, tmp_path), "boards", 1, 5)
    held = os.open(tmp_path / "limits.times", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        assert rates.allows("a")
    finally:
        os.close(held)


def test_without_room_for_the_file_limits_hold_and_it_is_said(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    rates = SharedRates(SharedTimes("limits", SALT, tmp_path / "missing"), "boards", 1, 1)
    assert [rates.allows("a") for _ in range(2)] == [True, False]
    assert "to each worker separately" in caplog.text
    assert caplog.records[0].event == "limits_not_shared"


def test_where_there_are_too_many_keys_those_that_are_full_soonest_make_room(clock, monkeypatch):
    monkeypatch.setattr(module, "_SETS", 1)
    rates = SharedRates(SharedTimes("limits"), "boards", 1, 10)
    while rates.allows("the worst"):
        pass
    for n in range(100):
        rates.allows(n)
    assert not rates.has_left("the worst")
