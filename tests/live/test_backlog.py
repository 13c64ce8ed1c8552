import asyncio

from server.live.backlog import Backlog
from support.wait import eventually


class Reader:
    """Someone who reads nothing."""

    faulty = False

    def __init__(self, backlog):
        self._backlog = backlog
        self._pieces = []
        self.gone = False

    def wait_for(self, *pieces):
        for piece in pieces:
            self._pieces.append(piece)
            self._backlog.hold(self, piece)

    def waiting(self):
        return self._pieces

    def give_up(self):
        if self.faulty:
            raise KeyError("of one reader")
        self.gone = True
        self.read_all()

    def read_all(self):
        for piece in self._pieces:
            self._backlog.release(self, piece)
        self._pieces = []


async def test_a_piece_counts_once_however_many_wait_for_it():
    backlog = Backlog(1000)
    shared, readers = bytes(900), [Reader(backlog) for _ in range(50)]
    for reader in readers:
        reader.wait_for(shared)
    await asyncio.sleep(0)
    assert backlog.size == 900
    assert not any(reader.gone for reader in readers)
    for reader in readers:
        assert backlog.size == 900
        reader.read_all()
    assert backlog.size == 0
    assert not backlog._readers
    assert not backlog._holds


async def test_those_with_the_largest_share_go_first_until_there_is_room_again(caplog):
    backlog = Backlog(1000)
    shared = bytes(400)
    honest = [Reader(backlog) for _ in range(8)]
    greedy = [Reader(backlog) for _ in range(8)]
    for reader in honest:
        reader.wait_for(shared)
    for n, reader in enumerate(greedy):
        reader.wait_for(bytes(100 + n))
    await eventually(lambda: backlog.size <= 750)
    assert not any(reader.gone for reader in honest)
    assert [reader.gone for reader in greedy] == [False] * 3 + [True] * 5
    (line,) = caplog.records
    assert line.levelname == "WARNING"
    assert "slow readers: 5 of them were closed" in line.getMessage()
    caplog.clear()
    greedy[-1].wait_for(bytes(2000))
    await eventually(lambda: backlog.size <= 750)
    assert not caplog.records  # Said once a minute.


async def test_one_who_has_read_all_in_the_same_moment_closes_no_one():
    backlog = Backlog(1000)
    ann, ben = Reader(backlog), Reader(backlog)
    ann.wait_for(bytes(600))
    ben.wait_for(bytes(600))
    ben.read_all()
    await asyncio.sleep(0)
    assert not ann.gone
    assert not ben.gone


async def test_one_that_cannot_be_closed_keeps_no_other_from_making_room(caplog):
    backlog = Backlog(1000)
    readers = [Reader(backlog) for _ in range(4)]
    readers[0].faulty = True
    for n, reader in enumerate(readers):
        reader.wait_for(bytes(400 - n))
    await eventually(lambda: backlog.size <= 750)
    assert [reader.gone for reader in readers] == [False, True, True, True]
    assert "A fault in backlog: KeyError('of one reader')." in caplog.text
    readers[0].read_all()
    caplog.clear()
