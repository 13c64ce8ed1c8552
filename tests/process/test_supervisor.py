import os
import pty
import resource
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.security.secret import host_key, load
from server.store.data_folder import is_held
from support.processes import wait_until_ended
from support.server import launched
from support.wait import until


@pytest.fixture
def pair(tmp_path):
    """A server of two processes."""
    with launched(tmp_path, "--processes", "2") as server:
        yield server.await_greeting()


def test_the_greeting_comes_when_all_are_ready_and_its_addresses_work(pair):
    key = host_key(load(pair.folder / "data" / "secret"), "FRAMEWORKS")
    assert f"http://127.0.0.1:{pair.port}/b/FRAMEWORKS/host?key={key}\n" in pair.greeting
    assert "on disk before it is acknowledged" in pair.greeting
    assert len(pair.workers()) == 2
    assert pair.is_ready()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_everything_ends_and_nothing_stays(pair, number):
    everything = {pair.pid, pair.store(), *pair.workers()}
    pair.signal(number)
    assert pair.ended() == 0
    wait_until_ended(everything)
    assert not is_held(pair.folder / "data")
    assert "Traceback" not in pair.log
    assert "ready to exit" in (pair.folder / "data" / "valkey.log").read_text()


def test_told_twice_within_a_moment_it_still_drains(pair):
    pair.signal(signal.SIGINT)
    pair.signal(signal.SIGTERM)
    assert pair.ended() == 0
    assert "at once" not in pair.log


def test_a_worker_that_is_killed_is_followed_by_another(pair):
    before = pair.workers()
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    after = until(lambda: (now := pair.workers()) != before and len(now) == 2 and now)
    assert before & after == before - {killed}
    until(lambda: pair.log.count("is ready after") == 3)
    until(pair.is_ready)
    assert f"Worker {killed} ended (killed by SIGKILL); starting another." in pair.log


def test_a_parent_that_cannot_start_a_worker_says_so_and_tries_again(pair):
    _, most = resource.prlimit(pair.pid, resource.RLIMIT_NOFILE)
    before, killed = pair.workers(), max(pair.workers())
    # Without a file to open no worker can be started; the other one goes on.
    resource.prlimit(pair.pid, resource.RLIMIT_NOFILE, (8, most))
    os.kill(killed, signal.SIGKILL)
    until(lambda: "A fault in slot: OSError(24, 'Too many open files')." in pair.log)
    assert "Traceback" in pair.log
    until(pair.is_ready)
    resource.prlimit(pair.pid, resource.RLIMIT_NOFILE, (most, most))
    until(lambda: len(pair.workers()) == 2 and killed not in pair.workers())
    until(lambda: "\nstackvote_parent_faults_total 0.0\n" not in pair.get("/metrics")[1])
    assert before - {killed} < pair.workers()
    assert pair.stop() == 0


def test_workers_are_renewed_one_by_one_while_people_are_served(pair):
    before = pair.workers()
    answers = []
    done = threading.Event()

    def ask():
        while not done.is_set():
            answers.append(pair.get("/healthz")[0])

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        pair.signal(signal.SIGHUP)
        try:
            until(lambda: "All workers are new." in pair.log)
        finally:
            done.set()
        for each in asking:
            each.result()
    after = pair.workers()
    assert len(after) == 2
    assert not before & after
    assert set(answers) == {200}


def test_a_hangup_during_a_renewal_renews_once_more_after_it(pair):
    """A version that was installed meanwhile must be what every worker runs."""
    pair.signal(signal.SIGHUP)
    until(lambda: "Replacing the workers one by one." in pair.log)
    pair.signal(signal.SIGHUP)
    # Four workers start and four take leave, on a machine that may have other work.
    until(lambda: pair.log.count("All workers are new.") == 2, 90)
    assert pair.log.count("once more after it") == 1
    assert len(pair.workers()) == 2


def test_a_terminal_that_is_closed_means_stop(tmp_path):
    ours, theirs = pty.openpty()
    try:
        with launched(tmp_path, stdin=theirs) as server:
            server.await_greeting()
            server.signal(signal.SIGHUP)
            assert server.ended() == 0
    finally:
        os.close(ours)
        os.close(theirs)


def test_after_its_parent_was_killed_nothing_stays(pair):
    rest = {pair.store(), *pair.workers()}
    pair.signal(signal.SIGKILL)
    pair.ended()
    wait_until_ended(rest)
    assert not is_held(pair.folder / "data")
    assert pair.log.count("The server's parent process is gone.") == 2


def test_a_server_whose_parent_was_killed_can_be_started_again_at_once(pair, tmp_path):
    port = str(pair.port)
    pair.signal(signal.SIGKILL)
    pair.ended()
    with launched(tmp_path, STACKVOTE_PORT=port) as again:
        again.await_greeting()
        assert again.port == int(port)
        assert again.is_ready()


def test_after_everything_was_killed_at_once_it_starts_again(pair, tmp_path):
    everything = {pair.store(), *pair.workers()}
    pair.signal(signal.SIGKILL)
    for pid in everything:
        os.kill(pid, signal.SIGKILL)
    pair.ended()
    with launched(tmp_path, STACKVOTE_PORT=str(pair.port)) as again:
        assert again.await_greeting().is_ready()


def test_a_second_server_on_the_same_folder_or_port_is_refused_in_words(pair, tmp_path):
    with launched(tmp_path) as second:
        assert second.ended() == 1
    with launched(tmp_path / "other", STACKVOTE_PORT=str(pair.port)) as third:
        assert third.ended() == 1
        assert "the port is already in use" in third.log
    assert "stackvote: Another Stackvote is running on" in pair.log
    assert pair.is_ready()


def test_workers_that_cannot_start_are_given_up_in_words(tmp_path, monkeypatch):
    with launched(
        tmp_path, prelude=f"import sys; sys.executable = {shutil.which('false')!r}"
    ) as it:
        assert it.ended() == 1
    assert it.log.count("ended (exit status 1); starting another.") == 5
    assert it.log.endswith("stackvote: No worker became ready; the lines above say why.\n")
    assert not is_held(tmp_path / "data")


def test_a_folder_called_server_is_not_in_the_way(tmp_path):
    foreign = tmp_path / "project" / "server"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("raise SystemExit('not this one')")
    # `stackvote` itself does not look into the current directory either.
    prelude = "import sys; sys.path.remove('')"
    with launched(tmp_path, prelude=prelude, cwd=foreign.parent) as server:
        assert server.await_greeting().is_ready()


def test_a_fault_of_the_parent_is_counted_wherever_it_is(tmp_path):
    prelude = """
import server.process.supervisor as workers
greeting = workers.banner.greeting
def fail(*given):
    print(greeting(*given), flush=True)
    raise KeyError("of the greeting")
workers.banner.greeting = fail
"""
    with launched(tmp_path, prelude=prelude) as server:
        server.await_greeting()
        until(lambda: "A fault in greeting: KeyError('of the greeting')." in server.log)
        until(lambda: "\nstackvote_parent_faults_total 1.0\n" in server.get("/metrics")[1])
