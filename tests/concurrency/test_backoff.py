import asyncio

from server.concurrency.backoff import (
    EARLY_SECONDS,
    LONGEST_PAUSE,
    Backoff,
    in_words,
    sleep_unless,
)


def test_only_what_ends_young_again_and_again_is_counted():
    backoff = Backoff()
    seen = []
    for age in (0.1, EARLY_SECONDS, EARLY_SECONDS + 0.1, 3.0):
        backoff.count(age)
        seen.append(backoff.early_ends)
    assert seen == [1, 2, 0, 1]


def test_pauses_become_longer_up_to_a_limit():
    backoff = Backoff()
    for most in (0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE, LONGEST_PAUSE):
        backoff.count(0.0)
        assert most / 2 <= backoff.pause() <= most


def test_even_a_night_of_vain_tries_comes_to_no_end():
    backoff = Backoff()
    for _ in range(5_000):
        backoff.count(0.0)
        assert backoff.pause() <= LONGEST_PAUSE


async def test_a_pause_ends_at_once_when_it_is_time_to_stop():
    stopping = asyncio.Event()
    waiting = asyncio.create_task(sleep_unless(stopping, 1000.0))
    await asyncio.sleep(0)
    assert not waiting.done()
    stopping.set()
    await asyncio.wait_for(waiting, 10)


async def test_a_pause_ends_by_itself():
    await asyncio.wait_for(sleep_unless(asyncio.Event(), 0.01), 10)


def test_an_end_is_told_in_words():
    assert in_words(-9) == "killed by SIGKILL"
    assert in_words(3) == "exit status 3"
