"""The log as a process has it, for the tests of this folder: what it received and wrote."""

from contextlib import asynccontextmanager
from pathlib import Path

from server.store import keys
from server.store.client import Store
from server.store.event_log import EventLog
from support.wait import eventually


class RecordingReceiver:
    """A receiver that records what it is called with."""

    def __init__(self):
        self.batches = []

    def receive(self, code, batch):
        self.batches.append((code, batch))

    @property
    def entries(self):
        """Positions and entries of all batches."""
        return [
            (batch.first + n, entry)
            for _, batch in self.batches
            for n, entry in enumerate(batch.entries)
        ]


class RecordedAppends:
    """Records the outcome of entries, in the order in which it was reported."""

    def __init__(self, log, code="BOARD"):
        self.log = log
        self.code = code
        self.answers = []
        self.asked = 0

    def append(self, *entries):
        for entry in entries:
            self.asked += 1
            self.log.append(
                self.code, entry, lambda answer, entry=entry: self.answers.append((entry, answer))
            )

    async def done(self):
        await eventually(lambda: len(self.answers) == self.asked)
        return [answer for _, answer in self.answers]


class LogOnStore(EventLog):
    """A log that shows its store to the test."""

    def __init__(self, store, receiver, days):
        super().__init__(store, receiver, days)
        self.store = store


@asynccontextmanager
async def logged(server, durability="none", receiver=None, days=90, replicas=1):
    """Provide a log on a store, as a process has it."""
    store = Store(server.url, durability, replicas)
    log = LogOnStore(store, receiver or RecordingReceiver(), days)
    try:
        yield log
    finally:
        await log.close()
        await store.close()


async def read_all(log, code="BOARD"):
    """Read a whole log: positions and entries."""
    rows, page = [], None
    while page is None or page.entries:
        page = await log.read(code, rows[-1][0] if rows else 0)
        rows += [(seq, entry) for seq, _, entry in page.entries]
    return rows


def append_as_before(client, *entries, code="BOARD"):
    """Append like a version without marks."""
    script = Path(__file__).with_name("older_append.lua").read_text()
    place = (keys.log(code), keys.meta(code))
    return client.eval(script, 2, *place, keys.live(code), 60_000, *entries)
