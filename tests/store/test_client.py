"""Which node has a board, and what happens when that changes."""

import pytest
from redis.crc import key_slot

from server.observability.metrics import STORE_NODE_PRESENT
from server.store.client import Store
from server.store.cluster import Cluster
from server.store.node import StoreAwayError
from store.test_cluster import ADDRESS, HALVES, A, B, C, member, survey
from support.ports import free_port


@pytest.fixture
def adopt(monkeypatch):
    """Have the nodes of a cluster say what each of them has, and a store hear of it."""

    async def make(store, *members):
        async def said(_cluster):
            return survey(members)

        monkeypatch.setattr(Cluster, "survey", said)
        await store.refresh()

    return make


async def test_a_board_goes_to_the_node_that_has_its_slot(adopt, caplog):
    store = Store(ADDRESS)
    boards = [store.of(f"BOARD{n}") for n in range(100)]
    told = []
    store.on_change.append(lambda moved: told.append(set(moved)))
    await adopt(store, *HALVES)
    assert [node.name for node in store.nodes] == [A, B]
    before = {board: board.node for board in boards}
    for n, board in enumerate(boards):
        assert board is store.of(f"BOARD{n}")
        assert board.node.name == (A if key_slot(f"BOARD{n}".encode()) < 8192 else B)
    assert caplog.text == ""

    # One primary is replaced; the boards of the other are not touched.
    await adopt(store, HALVES[1], member(C, (0, 8191), epoch=3))
    assert [node.name for node in store.nodes] == [C, B]
    moved = {board for board in boards if before[board].name == A}
    assert told[-1] == moved
    for board in boards:
        assert (board.node is before[board]) is (board not in moved)
    assert "Slots of the store were on a:1 and are now on c:3: 8192." in caplog.text

    # Slots that no node has any more stay, and their node is not available.
    await adopt(store, HALVES[1])
    assert {board.node.name for board in moved} == {C}
    assert not any(board.present for board in moved)
    assert told[-1] == moved
    await store.close()


async def test_a_node_is_measured_as_long_as_it_has_slots(adopt):
    def shown():
        found = STORE_NODE_PRESENT.collect()[0].samples
        return {each.labels["node"]: each.value for each in found if each.value in {0, 1}}

    STORE_NODE_PRESENT.clear()
    store = Store(ADDRESS)
    await adopt(store, *HALVES)
    assert shown() == {A: 0, B: 0}
    # A slot on its way leads to one that has none yet.
    other = store.named(C)
    assert shown() == {A: 0, B: 0}
    await adopt(store, HALVES[1], member(C, (0, 8191), epoch=3))
    assert store.nodes[0] is other
    assert shown() == {B: 0, C: 0}
    other.set_present(value=True)
    assert shown() == {B: 0, C: 1}
    await store.close()


async def test_nothing_is_said_if_nothing_has_changed(adopt):
    store = Store(ADDRESS)
    await adopt(store, *HALVES)
    store.on_change.append(lambda _: pytest.fail("nothing has changed"))
    await adopt(store, *HALVES)
    await store.close()


async def test_a_single_server_is_one_node_that_has_all_slots(server):
    store = Store(server.url)
    (node,) = store.nodes
    await store.refresh()
    assert {store.of(f"BOARD{n}").node for n in range(100)} == {node} == {*store.nodes}
    assert store.publishing("BOARD") == ("sv:{BOARD}:live", "PUBLISH")
    assert store.pulse_on(node, "me") == "sv:pulse:me"
    await store.close()


async def test_what_is_no_cluster_is_told_so(real_tcp_store):
    port = real_tcp_store().port
    with pytest.raises(StoreAwayError, match=f"127.0.0.1:{port} is no cluster: give its address"):
        await Store(f"redis+cluster://127.0.0.1:{port}").refresh()


async def test_what_does_not_answer_is_told_so():
    with pytest.raises(StoreAwayError, match="cannot be asked"):
        await Store(f"redis+cluster://127.0.0.1:{free_port()}").refresh()


async def test_a_node_of_a_cluster_given_as_a_single_server_is_away(real_tcp_store):
    """It answers MOVED, and there is no other node."""
    node = real_tcp_store(cluster_enabled="yes", cluster_port=free_port())
    node.run("CLUSTER", "ADDSLOTSRANGE", 0, 100)
    store = Store(node.url)
    store.nodes[0].set_present(value=True)
    with pytest.raises(StoreAwayError):
        await store.of("BOARD").read_at_once(("GET", "sv:{BOARD}:meta"))
    assert not store.present
    await store.close()
