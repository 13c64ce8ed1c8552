from server.live import rate
from server.live.rate import Rates


def test_a_burst_and_then_so_many_a_second(monkeypatch):
    now = 100.0
    monkeypatch.setattr(rate.time, "monotonic", lambda: now)
    rates = Rates(rate=2, burst=3)
    assert [rates.allows("ann") for _ in range(5)] == [True, True, True, False, False]
    assert rates.allows("ben")
    now += 1.0
    assert [rates.allows("ann") for _ in range(3)] == [True, True, False]
    now += 3600
    assert [rates.allows("ann") for _ in range(4)] == [True, True, True, False]


def test_it_keeps_no_more_than_so_many(monkeypatch):
    monkeypatch.setattr(rate, "_KEPT", 10)
    rates = Rates(rate=0.001, burst=1)
    for n in range(50):
        assert rates.allows(n)
    assert len(rates._buckets) == 10
    assert not rates.allows(49)
