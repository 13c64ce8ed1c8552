import pytest

from server.ops import administration
from server.ops.check_cluster import inspect_cluster, merged
from server.ops.check_rights import inspect_rights
from server.ops.check_store import compare_secret, inspect_store, probe_store
from server.ops.findings import Finding, Severity, faults
from server.ops.moving import export_board, import_board
from server.settings import Settings
from server.store.cluster import ClusterSurvey
from server.store.node import StoreAwayError
from store.test_cluster import HALVES, member, survey
from support.clusters import Cluster
from support.ports import free_port


def words(found, severity):
    return " ".join(each.words for each in found if each.weight is severity)


def test_nodes_that_agree_need_no_advice():
    (found,) = inspect_cluster(survey(HALVES, HALVES))
    assert found.weight is Severity.FINE
    assert "2 primaries with slots, and 0 replicas" in found.words


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        (survey([HALVES[0]]), "8192 of 16384 slots are on no node"),
        (
            ClusterSurvey({"h0": HALVES}, {"b:2": "The node b:2 does not answer."}),
            "The node b:2 does not answer. Its boards wait.",
        ),
        (survey(HALVES, HALVES, [HALVES[0], member("b:2", epoch=2)]), "h2 (8192 slots)"),
    ],
)
def test_what_stops_some_boards_is_advice(found, advice):
    """A server must start while a shard is away: the others go on."""
    found = inspect_cluster(found)
    assert faults(found) == []
    assert advice in words(found, Severity.ADVICE)


def test_nodes_of_two_clusters_are_a_fault():
    (fault,) = faults(inspect_cluster(survey(HALVES, HALVES, [member("x:9", (0, 16383))])))
    assert "These nodes belong to another cluster: h2." in fault


def test_what_is_the_same_on_all_nodes_is_said_once():
    same, other = Finding(Severity.FINE, "It is 9.1."), Finding(Severity.FAULT, "It is 6.0.")
    assert merged({"a:1": [same], "b:2": [same]}) == [same]
    assert merged({"a:1": [same], "b:2": [other]}) == [
        Finding(Severity.FINE, "On a:1: It is 9.1."),
        Finding(Severity.FAULT, "On b:2: It is 6.0."),
    ]
    assert merged({"": [same]}) == [same]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster") / "stores")
    yield made
    made.close()


@pytest.mark.slow
def test_a_cluster_is_examined_at_each_primary(cluster):
    found = inspect_store(cluster.url, "replica", 1)
    assert faults(found) == []
    fine, advice = words(found, Severity.FINE), words(found, Severity.ADVICE)
    assert "3 primaries with slots, and 3 replicas" in fine
    assert "A failover loses no vote that was acknowledged" in fine
    assert "cluster-require-full-coverage yes" in advice
    assert inspect_rights(cluster.url, "replica")[0].weight is Severity.FINE
    assert faults(probe_store(cluster.url, "replica", 1)) == []
    assert "planned by CLUSTER FAILOVER" in words(
        inspect_store(cluster.url, "none"), Severity.ADVICE
    )
    (fault,) = faults(inspect_store(cluster.url, "replica", 2))
    assert "needs 2 replicas, and one is connected" in fault
    cluster.first[1].run("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    (fault,) = faults(inspect_store(cluster.url, "none"))
    assert fault.startswith(f"On {cluster.first[1].name}: The store's maxmemory-policy")
    cluster.first[1].run("CONFIG", "SET", "maxmemory-policy", "noeviction")


@pytest.mark.slow
def test_rights_that_a_cluster_needs_are_looked_for(cluster):
    for each in cluster.members:
        each.run(
            *("ACL", "SETUSER", "app", "on", ">pw", "resetkeys", "~sv:*", "resetchannels", "&sv:*"),
            *("-@all", "+@read", "+@write", "+@connection", "+@transaction", "+@scripting"),
            *("+@pubsub", "+@stream", "+time", "+info", "+wait", "+waitaof", "+memory|usage"),
        )
    url = cluster.url.replace("://", "://app:pw@")
    with pytest.raises(StoreAwayError, match=r"needs the right \+cluster\|nodes"):
        inspect_rights(url, "replica")
    for each in cluster.members:
        each.run("ACL", "SETUSER", "app", "+cluster|nodes")
    assert inspect_rights(url, "replica")[0].weight is Severity.FINE
    assert faults(probe_store(url, "replica", 1)) == []


@pytest.mark.slow
def test_a_cluster_that_is_given_as_a_single_server_is_told_so(cluster):
    (fault,) = faults(inspect_store(f"redis://{cluster.first[0].name}", "none"))
    assert "redis+cluster://HOST:PORT" in fault
    with pytest.raises(StoreAwayError, match="cannot be asked"):
        inspect_store(f"redis+cluster://127.0.0.1:{free_port()}", "none")


@pytest.mark.slow
def test_the_secret_is_compared_on_the_node_that_has_it(cluster):
    assert compare_secret(cluster.url, "one", change=True) == []
    assert len(compare_secret(cluster.url, "two", change=False)) == 1


BOARD = b"""Which one?
- Flask
- Django
"""


@pytest.mark.slow
def test_the_commands_of_an_operator_work_on_a_cluster(cluster, tmp_path):
    settings = Settings(redis_url=cluster.url, data=str(tmp_path))
    settings.secret_path.write_bytes(b"k" * 64)
    settings.secret_path.chmod(0o600)
    codes = [
        administration.create(settings, BOARD, "Which one?").ballot.rpartition("/")[2]
        for _ in range(6)
    ]
    assert {board.code for board in administration.boards(settings)} == {*codes}
    code = codes[0]
    assert "/host?key=" in administration.add_host(settings, code)
    contents, lines = export_board(settings, code)
    assert contents.entries == 2
    administration.delete(settings, code)
    assert {board.code for board in administration.boards(settings)} == {*codes[1:]}
    file = tmp_path / "board.jsonl"
    file.write_bytes(b"".join(lines))
    with file.open("rb") as opened:
        assert import_board(settings, opened, "board").contents.code == code
    assert administration.summary(settings, code).title == "Which one?"
    assert administration.load_board(settings, code).title == "Which one?"
