import asyncio

import pytest

from server.cli import main
from server.domain import actions as act
from server.ops.check_cluster import inspect_cluster, merged
from server.ops.check_rights import inspect_rights
from server.ops.check_store import compare_secret, inspect_store, probe_store
from server.ops.findings import Finding, Severity, faults
from server.store.cluster import ClusterSurvey
from server.store.node import StoreAwayError
from store.test_cluster import HALVES, member, survey
from support.clusters import Cluster
from support.decisions import whole_meeting, write_boards
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
    # A replica names the others.
    assert faults(inspect_store(f"redis+cluster://{cluster.members[-1].name}", "none")) == []
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


@pytest.mark.slow
def test_each_command_of_an_operator_works_on_a_cluster(cluster, tmp_path, capsys):
    decided = [act.encode(entry) for _, _, entry in whole_meeting().log]
    codes = cluster.codes()
    boards = {
        code: [entry.replace(b"K7QF2M", code.encode()) for entry in decided] for code in codes
    }
    asyncio.run(write_boards(cluster.url, boards, "none"))

    def stackvote(*words):
        """Return the status of a command, and what it printed."""
        status = main([*map(str, words), "--redis-url", cluster.url, "--data", str(tmp_path)])
        return status, "".join(capsys.readouterr())

    def listed():
        _, printed = stackvote("boards")
        return {line.split()[0].replace("-", "") for line in printed.splitlines()[:-1]}

    secret, board, copy = (tmp_path / name for name in ("secret", "list.txt", "copy.board"))
    secret.write_bytes(b"k" * 64)
    secret.chmod(0o600)
    board.write_text("Which one?\n- Flask\n- Django\n")
    status, printed = stackvote("create", board, "--title", "Which one?")
    assert (status, "/host?key=" in printed) == (0, True)
    assert {*codes} < listed()
    assert len(listed()) == len(codes) + 1
    for code in codes:
        assert "/host?key=" in stackvote("host", code)[1]
        assert stackvote("record", code, "--adr", tmp_path)[0] == 0
        assert stackvote("export", code, copy)[0] == 0
        assert stackvote("delete", code, "--yes")[0] == 0
        assert code not in listed()
        assert "Imported board" in stackvote("import", copy)[1]
        assert code in listed()
        copy.unlink()
    assert len(list(tmp_path.glob("000?-which-one-flask.md"))) == len(codes)
    assert stackvote("check")[0] == 0
    for command in ("backup", "restore"):
        status, printed = stackvote(command, tmp_path / "backup")
        assert (status, "with its own tools" in printed) == (1, True)
