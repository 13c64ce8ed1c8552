"""A backup taken while people vote holds what was acknowledged before, and nothing else."""

import asyncio
import shutil
import subprocess
import sys

import pytest

from model.checker import settled
from model.reference_board import ReferenceBoard
from support.connections import spread
from support.deployments import Embedded


@pytest.fixture
def deployment(deploy_on, tmp_path):
    return deploy_on(Embedded(tmp_path / "store"))


def stackvote(deployment, command, file):
    """Run a command as an operator does, and give what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "server", command, file),
            *("--data", deployment.folder / "server" / "data"),
            *("--secret-file", deployment.folder / "secret"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_people_go_on_after_a_restore_from_what_was_backed_up(deployment, tmp_path):
    server = deployment.serve()
    file = tmp_path / "backup"
    acks = deployment.recording.acks

    def lose_everything():
        assert server.stop() == 0
        shutil.rmtree(deployment.folder / "server" / "data")
        (deployment.folder / "secret").unlink()
        assert "Restored 1 board of" in stackvote(deployment, "restore", file)
        deployment.serve(STACKVOTE_PORT=str(server.port))

    async def meeting():
        async with deployment.crowd() as crowd:
            crowd.talkative = 0.05
            await crowd.join(server, 20)
            await spread(crowd, server)
            seats = {person: person.seat for person in crowd.voters}
            held = {}

            async def disaster():
                await deployment.answered(200)
                held["before"] = list(acks)
                said = await asyncio.to_thread(stackvote, deployment, "backup", file)
                assert "Wrote 1 board and the secret" in said
                held["history"] = ReferenceBoard.of(deployment.store, crowd.code).entries
                await deployment.answered(200)
                await asyncio.to_thread(lose_everything)
                await deployment.answered(100)

            await crowd.busy(disaster())
            (epoch,) = {person.epoch for person in crowd.all}
            assert epoch != held["before"][0].epoch
            reference = await settled(
                deployment.store, crowd, deployment.recording, only_epoch=epoch
            )
            # All that was acknowledged before it was taken is there, at its place.
            for ack in held["before"]:
                assert reference.entries[ack.seq] == held["history"][ack.seq], ack
            # Whoever was there is who they were, and their cookies are good.
            assert {person: person.seat for person in crowd.voters} == seats
            assert not deployment.recording.refused

    asyncio.run(asyncio.wait_for(meeting(), 110))
