from pathlib import Path

from bench import machine, store_baseline
from server.store.embedded import EmbeddedStore


def test_the_store_accepts_batches_of_votes(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        (window,) = store_baseline.measure(store, 1, 0.1, machine.cores())
    assert window.acks >= store_baseline.BATCH
