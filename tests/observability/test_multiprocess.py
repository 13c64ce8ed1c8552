import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from server.observability import multiprocess
from server.observability.multiprocess import SharedMetrics
from support.disks import fill, small_disk
from support.server import launched
from support.wait import until

A_WORKER = """
import os
from server.observability import metrics
metrics.count(metrics.REQUESTS, "vote", by=3)
metrics.APPEND_SECONDS.observe(0.004)
metrics.ROOMS.set(5)
metrics.flush()
print(os.getpid())
"""
A_SCRAPE = "from server.observability import metrics; print(metrics.exposition().decode())"


@pytest.fixture
def shared_metrics(tmp_path, monkeypatch):
    monkeypatch.setattr(multiprocess, "MEMORY", tmp_path)
    with SharedMetrics() as it:
        yield it


def run(shared_metrics, code):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(shared_metrics.folder)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout


def number(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else None


def test_what_a_worker_counted_outlives_it_and_what_it_was_does_not(shared_metrics):
    for _ in range(3):
        shared_metrics.archive_counters(int(run(shared_metrics, A_WORKER)))
    text = run(shared_metrics, A_SCRAPE)
    assert number(text, 'stackvote_requests_total{type="vote"}') == 9
    assert number(text, "stackvote_append_seconds_count") == 3
    assert number(text, 'stackvote_append_seconds_bucket{le="0.005"}') == 3
    assert number(text, "stackvote_append_seconds_sum") == pytest.approx(0.012)
    assert number(text, "stackvote_rooms") == 0
    # However many have ended, a scrape reads two files for all of them.
    ended = {file.name for file in shared_metrics.folder.glob("*_ended.db")}
    assert ended == {"counter_ended.db", "histogram_ended.db"}


def test_files_that_a_worker_has_just_created_have_no_values_yet(shared_metrics, caplog):
    """It gives them their size a moment later, or was killed in between."""
    run(shared_metrics, A_WORKER)
    for name in ("counter_1.db", "histogram_1.db", "gauge_livesum_1.db"):
        (shared_metrics.folder / name).touch()
    text = run(shared_metrics, A_SCRAPE)
    assert number(text, 'stackvote_requests_total{type="vote"}') == 3
    shared_metrics.archive_counters(1)
    assert not list(shared_metrics.folder.glob("*_1.db"))
    assert number(run(shared_metrics, A_SCRAPE), "stackvote_append_seconds_count") == 1
    assert not caplog.text


def test_one_that_lives_is_left_alone(shared_metrics):
    run(shared_metrics, A_WORKER)
    shared_metrics.archive_counters(1)
    assert number(run(shared_metrics, A_SCRAPE), "stackvote_rooms") == 5


def test_what_the_parent_knows_is_shown_with_the_rest(shared_metrics):
    shared_metrics.worker_ends.inc()
    shared_metrics.workers.set(2)
    shared_metrics.write()
    text = run(shared_metrics, A_SCRAPE)
    assert number(text, "stackvote_worker_ends_total") == 1
    assert number(text, "stackvote_workers") == 2
    assert number(text, "stackvote_start_time_seconds") == pytest.approx(time.time(), abs=60)
    assert text.count("# TYPE stackvote_workers gauge") == 1


@pytest.mark.parametrize("damage", [b"\1", b"\xff\x7f\0\0" + bytes(100)])
def test_figures_that_cannot_be_read_end_no_one(shared_metrics, damage, caplog):
    (shared_metrics.folder / "counter_77.db").write_bytes(damage)
    shared_metrics.archive_counters(77)
    assert "are incomplete" in caplog.text
    assert not (shared_metrics.folder / "counter_77.db").exists()
    run(shared_metrics, A_SCRAPE)


def test_a_folder_that_is_gone_ends_no_one(shared_metrics, caplog):
    shared_metrics.folder.rename(shared_metrics.folder.with_name("away"))
    shared_metrics.write()
    shared_metrics.archive_counters(77)
    assert caplog.text.count("are incomplete") == 2


def deleted(folder):
    shutil.rmtree(folder)


def emptied(folder):
    for each in folder.glob("*.db"):
        each.unlink()


@pytest.mark.parametrize("damage", [deleted, emptied])
def test_a_folder_that_is_deleted_is_made_again_and_nothing_is_forgotten(tmp_path, damage):
    with launched(tmp_path, "--processes", "2") as server:
        server.await_greeting()
        (folder,) = {
            Path(target).parent
            for worker in server.workers()
            for target in open_files(worker)
            if "stackvote-metrics-" in target
        }
        limit = number(server.get("/metrics")[1], "stackvote_connections_limit")
        made = server.get("/metrics")[1]
        damage(folder)
        if damage is deleted:
            until(lambda: f"{folder}, was deleted, and was recreated" in server.log)

        def is_whole():
            status, text = server.get("/metrics")
            return status == 200 and number(text, "stackvote_connections_limit") == limit

        until(is_whole)
        text = server.get("/metrics")[1]
        for name in ("stackvote_boards_created_total", "stackvote_workers", "stackvote_rooms"):
            assert number(text, name) == number(made, name), name
        before = number(text, 'stackvote_http_seconds_count{status="2xx"}')
        until(
            lambda: (
                number(server.get("/metrics")[1], 'stackvote_http_seconds_count{status="2xx"}')
                > before
            )
        )
        # A worker that ends is moved into the new folder, and another one starts in it.
        os.kill(min(server.workers()), signal.SIGKILL)
        until(lambda: server.log.count("is ready after") == 3)
        assert server.get("/metrics")[0] == 200
        assert "Traceback" not in server.log
        assert server.stop() == 0
    assert not folder.exists()


def open_files(pid):
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            yield str(each.readlink())


def test_a_folder_that_another_user_made_in_its_place_is_not_used(shared_metrics, caplog):
    shared_metrics.folder.rename(shared_metrics.folder.with_name("away"))
    shared_metrics.folder.symlink_to(shared_metrics.folder.with_name("away"))
    for _ in range(3):
        shared_metrics.repair()
    assert caplog.text.count("cannot be recreated") == 1
    shared_metrics.folder.unlink()
    shared_metrics.repair()
    assert shared_metrics.folder.is_dir()
    assert caplog.text.count("was recreated") == 1
    shared_metrics.write()
    assert "are incomplete" not in caplog.text


def test_folders_of_servers_that_were_killed_are_removed_and_of_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(multiprocess, "MEMORY", tmp_path)
    long_ago = time.time() - 3600
    dead, living, young, other = (
        tmp_path / name
        for name in ("stackvote-metrics-a", "stackvote-metrics-b", "stackvote-metrics-c", "mine")
    )
    for folder in (dead, living, young, other):
        folder.mkdir()
        (folder / "counter_1.db").touch()
    for folder in (dead, living, other):
        os.utime(folder, (long_ago, long_ago))
    lock = os.open(living, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with SharedMetrics() as shared_metrics:
            assert not dead.exists()
            assert living.exists()
            assert young.exists()
            assert other.exists()
            # One that is in use is locked, and so is left alone by the next start.
            os.utime(shared_metrics.folder, (long_ago, long_ago))
            with SharedMetrics():
                assert shared_metrics.folder.exists()
        assert not shared_metrics.folder.exists()
    finally:
        os.close(lock)


def test_where_no_memory_is_to_be_had_as_files_the_disk_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(multiprocess, "MEMORY", tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with SharedMetrics() as shared_metrics:
        assert shared_metrics.folder.parent == tmp_path


def test_a_disk_that_is_full_kills_no_worker(tmp_path):
    with (
        small_disk(tmp_path / "small", "1m") as small,
        launched(tmp_path / "server", TMPDIR=str(small)) as server,
    ):
        server.await_greeting()
        fill(small)
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        until(lambda: server.log.count("is ready after") == 2)
        until(server.is_ready)
        assert server.get("/metrics")[0] == 200
        assert server.log.count("starting another.") == 1
