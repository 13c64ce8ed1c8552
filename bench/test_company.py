"""People of a board connect where a proxy would lead them; announcements are counted."""

from pathlib import Path
from typing import cast

from bench import announcing
from bench.company import Servers
from bench.generator import Board
from bench.stackvote import Stackvote


class Server:
    """As much of a server as decides where people connect."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pids = [port]


def test_with_affinity_a_board_is_on_one_server_and_boards_are_on_all() -> None:
    servers = Servers([cast("Stackvote", Server(port)) for port in (1, 2, 3, 4)], store_pid=0)
    boards = [Board(f"/b/B{n}/live", ["one", "two"], 1) for n in range(100)]
    found = [servers.ports_of(board, affinity=True) for board in boards]
    assert all(len(ports) == 1 for ports in found)
    assert {port for (port,) in found} == {1, 2, 3, 4}
    assert servers.ports_of(boards[0], affinity=False) == [1, 2, 3, 4]


def test_an_announcement_costs_more_the_more_it_lists(tmp_path: Path) -> None:
    few = announcing.measure(tmp_path / "few", 2, 10, 2, listed=True)
    many = announcing.measure(tmp_path / "many", 2, 10_000, 2, listed=True)
    counted = announcing.measure(tmp_path / "counted", 2, 10_000, 2, listed=False)
    assert few.store > 0
    assert many.store > 2 * counted.store
