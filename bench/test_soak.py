"""Refused requests are sent at the given rate, and refused as expected."""

import time
from pathlib import Path

import pytest

from bench import machine
from bench.generator import FailedError
from bench.soak import RESTS, RefusedTraffic, Rest, memory
from bench.stackvote import running

PER_MINUTE = 3000


def wait_for_responses(traffic: RefusedTraffic, times: int = 1) -> None:
    while len(traffic.responses) < 3 or min(traffic.responses.values()) < times:
        time.sleep(0.01)


def test_each_kind_is_refused_at_its_rate_while_new_clients_connect(tmp_path: Path) -> None:
    with running(tmp_path, "server", machine.cores()) as server:
        board, cookies = server.open_board(), tmp_path / "cookies"
        server.write_cookies(board, 16, cookies)
        known = cookies.read_text().splitlines()
        with RefusedTraffic(server.port, board, known, PER_MINUTE) as traffic:
            server.write_cookies(board, 50, cookies)
            wait_for_responses(traffic, PER_MINUTE // 20)
            server.write_cookies(board, 50, cookies)
        assert traffic.per_minute.keys() == {"forged cookies", "refusals", "unknown codes"}
        assert max(traffic.per_minute.values()) < PER_MINUTE * 1.2

        # Without a valid cookie, the vote is refused for another reason, which is detected.
        wrong = RefusedTraffic(server.port, board, ["stackvote_browser=made-up"], PER_MINUTE)
        with pytest.raises(FailedError, match=r"refusals: POST .* got 403"), wrong:
            wait_for_responses(wrong)


def test_memory_in_use_is_measured_of_all_workers(tmp_path: Path) -> None:
    with running(tmp_path, "server", machine.cores(), 2) as server:
        assert server.resident_kib() > 2 * 20_000
        in_use = server.in_use()
        assert in_use.blocks > 2 * 100_000
        assert 2 * 2**20 < in_use.malloc_bytes < server.resident_kib() * 1024
        server.resident_kib()
        # The same for doing nothing, however often it is measured.
        assert abs(server.in_use().blocks / in_use.blocks - 1) < 0.01


def test_changes_are_reported_since_the_warm_up_and_in_the_second_half() -> None:
    rests = [Rest(100.0 + n, 1000 + 10 * n, 10.0) for n in range(RESTS + 1)]
    found = {measure.name: measure.median for measure in memory(rests)}
    assert found["memory of the workers, at rest after the warm-up"] == 100.0
    assert found[f"memory of the workers, at rest after {RESTS}/{RESTS}"] == 100.0 + RESTS
    assert found["memory of the workers, change since the warm-up"] == RESTS
    assert found["of that in use, small objects, change since the warm-up"] == RESTS
    assert 0 < found["of that in use, small objects, change in the second half"] < RESTS
    assert found["of that in use, all that is larger, change since the warm-up"] == 0
