from pathlib import Path

from bench import batches, machine
from server.log.embedded import EmbeddedStore


def test_the_store_takes_batches_of_votes(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        (window,) = batches.windows(store, 1, 0.1, machine.cores())
    assert window.acks >= batches.BATCH
