"""A backup taken while people vote holds what was acknowledged before, and nothing else."""

import asyncio
import shutil
import subprocess
import sys

import pytest
from checker import Ledger, settled
from serving import spread
from stores import Embedded


@pytest.fixture
def place(place_on, tmp_path):
    return place_on(Embedded(tmp_path / "store"))


def stackvote(place, command, file):
    """Run a command as an operator does, and give what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "server", command, file),
            *("--data", place.folder / "server" / "data"),
            *("--secret-file", place.folder / "secret"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_people_go_on_after_a_restore_from_what_was_backed_up(place, tmp_path):
    server = place.serve()
    file = tmp_path / "backup"
    acks = place.journal.acks

    def lose_everything():
        assert server.stop() == 0
        shutil.rmtree(place.folder / "server" / "data")
        (place.folder / "secret").unlink()
        assert "Restored 1 board of" in stackvote(place, "restore", file)
        place.serve(STACKVOTE_PORT=str(server.port))

    async def meeting():
        async with place.crowd() as crowd:
            crowd.talkative = 0.05
            await crowd.join(server, 20)
            await spread(crowd, server)
            seats = {person: person.seat for person in crowd.voters}
            held = {}

            async def disaster():
                await place.answered(200)
                held["before"] = list(acks)
                said = await asyncio.to_thread(stackvote, place, "backup", file)
                assert "Wrote 1 board and the secret" in said
                held["history"] = Ledger.of(place.store, crowd.code).entries
                await place.answered(200)
                await asyncio.to_thread(lose_everything)
                await place.answered(100)

            await crowd.busy(disaster())
            (epoch,) = {person.epoch for person in crowd.all}
            assert epoch != held["before"][0].epoch
            ledger = await settled(place.store, crowd, place.journal, only_epoch=epoch)
            # All that was acknowledged before it was taken is there, at its place.
            for ack in held["before"]:
                assert ledger.entries[ack.seq] == held["history"][ack.seq], ack
            # Whoever was there is who they were, and their cookies are good.
            assert {person: person.seat for person in crowd.voters} == seats
            assert not place.journal.refused

    asyncio.run(asyncio.wait_for(meeting(), 110))
