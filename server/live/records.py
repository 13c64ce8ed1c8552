"""Makes the record of a room's board while others go on using it."""

from server.domain.record import Record, RecordedRound, recording, recording_ballots, revealed_round
from server.live.room import Room
from server.live.time_slices import in_slices


async def record_of(room: Room, *, ballots: bool = False) -> Record:
    """Return the record of a board as it is now; `ballots` includes those of revealed rounds."""
    with room.replica.frozen():
        return await in_slices(recording(room.board, ballots=ballots))


async def ballots_of(room: Room, n: int) -> RecordedRound:
    """Return a revealed round with its ballots. Raises Refused if it is not revealed."""
    with room.replica.frozen():
        return await in_slices(recording_ballots(room.board, revealed_round(room.board, n)))
