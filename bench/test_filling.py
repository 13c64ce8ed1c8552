from pathlib import Path

import redis

from bench import filling
from server.domain import actions as act
from server.domain.board import Board
from server.domain.changes import Change
from server.log import keys
from server.log.embedded import EmbeddedStore


def test_a_filled_log_is_a_board_on_which_everything_counts(tmp_path: Path) -> None:
    life = filling.life(500, 100)
    filling.fill(tmp_path, [(filling.CODE, life.entries), ("OTHER2", [])])
    with (
        EmbeddedStore(tmp_path) as store,
        redis.Redis(unix_socket_path=str(store.socket_path)) as client,
    ):
        log = client.xrange(keys.log(filling.CODE))
        other = client.xrange(keys.log("OTHER2"))
    board = Board()
    for id_, fields in log:
        entry = act.decode(fields[b"e"])
        assert isinstance(board.apply(int(id_[2:]), int(fields[b"t"]), entry), Change)
    assert board.seq == len(life.entries) + 2
    assert board.round
    assert board.round.voters == 100
    assert board.round.result().totals == life.totals
    assert len(board.comments) == 8
    assert len(other) == 2
