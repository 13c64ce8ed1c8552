from pathlib import Path

import redis

from bench import seeding
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.store import keys
from server.store.embedded import EmbeddedStore


def test_a_seeded_log_is_a_board_on_which_everything_counts(tmp_path: Path) -> None:
    history = seeding.votes_and_comments(500, 100)
    seeding.seed(tmp_path, [(seeding.CODE, history.entries), ("OTHER2", [])])
    with (
        EmbeddedStore(tmp_path) as store,
        redis.Redis(unix_socket_path=str(store.socket_path)) as client,
    ):
        log = client.xrange(keys.log(seeding.CODE))
        other = client.xrange(keys.log("OTHER2"))
    board = Board()
    for id_, fields in log:
        entry = act.decode(fields[b"e"])
        assert isinstance(board.apply(int(id_[2:]), int(fields[b"t"]), entry), Change)
    assert board.seq == len(history.entries) + 2
    assert board.round
    assert board.round.voters == 100
    assert board.round.result().totals == history.totals
    assert len(board.comments) == 8
    assert len(other) == 2
