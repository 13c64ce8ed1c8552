from server.security import rate_limit
from server.security.rate_limit import RateLimits


def test_a_burst_and_then_so_many_a_second(monkeypatch):
    now = 100.0
    monkeypatch.setattr(rate_limit.time, "monotonic", lambda: now)
    rates = RateLimits(rate=2, burst=3)
    assert [rates.allows("ann") for _ in range(5)] == [True, True, True, False, False]
    assert rates.allows("ben")
    now += 1.0
    assert [rates.allows("ann") for _ in range(3)] == [True, True, False]
    now += 3600
    assert [rates.allows("ann") for _ in range(4)] == [True, True, True, False]


def test_it_keeps_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(rate_limit, "_KEPT", 10)
    rates = RateLimits(rate=0.001, burst=1)
    for n in range(50):
        assert rates.allows(n)
    assert len(rates._buckets) == 10
    assert not rates.allows(49)


def test_a_bucket_is_forgotten_when_it_is_full_and_no_one_draws_on_it():
    rates = RateLimits(rate=1e6, burst=2)
    first, second = rates.hold("ann"), rates.hold("ann")
    assert first is second
    rates.release("ann", first)
    # The other tab draws on it still: a third one gets no share of its own.
    assert rates.hold("ann") is second
    rates.release("ann", second)
    rates.release("ann", second)
    assert rates.bucket("ann") is not first


def test_who_comes_back_at_once_has_no_more_than_before():
    rates = RateLimits(rate=0.001, burst=1)
    bucket = rates.hold("ann")
    assert bucket.allows()
    rates.release("ann", bucket)
    assert not rates.hold("ann").allows()
