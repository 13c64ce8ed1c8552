import re

import pytest
import redis

from server.ops.check_rights import inspect_rights
from server.ops.check_store import (
    StoreUnfitError,
    _clocks,
    _durability,
    _version,
    compare_secret,
    inspect_store,
    probe_store,
)
from server.ops.findings import Severity, faults
from server.store.node import StoreAwayError
from support.ports import free_port
from support.programs import path_of
from support.store import stores
from support.wait import until

SOUND = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "always"}


@pytest.fixture
def valkey(tmp_path):
    """Start a real store with the options given, and give its address."""
    with stores(tmp_path) as start:
        yield lambda name="store", **options: f"unix://{start(name, **options).socket}"


def sound(**changes):
    return {key.replace("-", "_"): value for key, value in SOUND.items()} | changes


def test_a_sound_store_has_no_fault_and_needs_no_advice(valkey):
    found = inspect_store(valkey(**sound()), "local")
    assert {finding.weight for finding in found} == {Severity.FINE}
    assert "Valkey" in found[0].words


@pytest.mark.parametrize(
    ("options", "durability", "words"),
    [
        (sound(maxmemory_policy="allkeys-lru"), "none", "maxmemory-policy is allkeys-lru"),
        (sound(cluster_enabled="yes", cluster_port="17999"), "none", "cluster"),
        (sound(appendonly="no"), "local", "set appendonly to yes"),
        (sound(appendfsync="no"), "local", "set appendfsync to always"),
        (sound(), "replica", "none is connected"),
    ],
)
def test_what_would_lose_votes_is_a_fault_with_its_cure(valkey, options, durability, words):
    (fault,) = faults(inspect_store(valkey(**options), durability))
    assert words in fault


def test_a_replica_is_a_fault_and_its_primary_is_not(valkey, tmp_path):
    primary = valkey("primary", **sound())
    replica = valkey("replica", **sound(replicaof="127.0.0.1 1"))
    assert faults(inspect_store(primary, "none")) == []
    (fault,) = faults(inspect_store(replica, "none"))
    assert "give the address of its primary" in fault


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (sound(appendonly="no"), "keeps no append-only file"),
        (sound(appendfsync="everysec"), "about the last second"),
    ],
)
def test_what_may_lose_votes_is_advice(valkey, options, words):
    found = inspect_store(valkey(**options), "none")
    assert faults(found) == []
    (advice,) = [finding.words for finding in found if finding.weight is Severity.ADVICE]
    assert words in advice


def test_a_hosted_store_that_keeps_its_configuration_to_itself_is_fine(valkey):
    url = valkey(**sound(rename_command="CONFIG NOBODY"))
    assert faults(inspect_store(url, "none")) == []


@pytest.mark.parametrize("version", ["6.2.14", "5.0.7"])
def test_an_old_store_is_a_fault(version):
    assert _version({"redis_version": version}).weight is Severity.FAULT
    assert version in _version({"redis_version": version}).words


def test_a_wrong_password_is_told_from_a_store_that_is_away(valkey, tmp_path):
    url = valkey(**sound(requirepass="right"))
    for wrong in (url, url.replace("unix://", "unix://:wrong@")):
        with pytest.raises(StoreUnfitError, match="user or password") as caught:
            inspect_store(wrong, "none")
        assert ":wrong" not in str(caught.value)
    assert faults(inspect_store(url.replace("unix://", "unix://:right@"), "none")) == []
    with pytest.raises(StoreAwayError):
        inspect_store(f"unix://{tmp_path}/nothing.sock", "none")


def test_a_user_without_rights_is_told_so(valkey):
    url = valkey(**sound(user="guest on nopass +ping +client"))
    with pytest.raises(StoreUnfitError, match=r"lacks what votes need: .*\+info"):
        inspect_store(url.replace("unix://", "unix://guest:any@"), "none")


@pytest.mark.parametrize("durability", ["none", "local"])
def test_a_probe_is_written_timed_and_taken_away(valkey, durability):
    url = valkey(**sound())
    (found,) = probe_store(url, durability)
    assert found.weight is Severity.FINE
    assert re.search(r"after \d+\.\d ms", found.words)
    with redis.from_url(url) as client:
        assert client.dbsize() == 0
        assert client.info("commandstats")["cmdstat_xadd"]["calls"] == 10


@pytest.mark.slow
def test_a_replica_that_is_asked_for_and_there_confirms(tmp_path, valkey):
    port = free_port()
    primary = valkey("primary", **sound(port=port))
    replica = valkey("replica", **sound(replicaof=f"127.0.0.1 {port}", repl_diskless_sync_delay=0))
    with redis.from_url(replica) as client:
        until(lambda: client.info("replication")["master_link_status"] == "up")
        assert probe_store(primary, "replica")[0].weight is Severity.FINE
        client.replicaof("no", "one")
    (found,) = probe_store(primary, "replica")
    assert found.weight is Severity.FAULT
    assert "not on a replica within 4 s" in found.words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"maxmemory": "1"}, "raise its maxmemory"),
        ({"replicaof": "127.0.0.1 1", "maxmemory-policy": "noeviction"}, "accepts no votes"),
        ({"min-replicas-to-write": "1"}, "waits for replicas"),
    ],
)
def test_a_store_that_takes_no_votes_is_a_fault_with_its_cure(valkey, options, words):
    (found,) = probe_store(valkey(**sound(**options)), "none")
    assert found.weight is Severity.FAULT
    assert words in found.words


def test_a_user_who_may_not_write_is_told_what_is_needed(valkey):
    url = valkey(**sound(user="guest on nopass ~sv:* +@read +@connection +info"))
    (found,) = probe_store(url.replace("unix://", "unix://guest:any@"), "none")
    assert "needs +@all" in found.words


def test_clocks_that_differ_get_advice():
    for skew, way in ((3600.0, "behind"), (-3600.0, "ahead of")):
        (found,) = _clocks(skew)
        assert found.weight is Severity.ADVICE
        assert f"3600 s {way} the store's" in found.words
    assert _clocks(0.2)[0].weight is Severity.FINE


@pytest.mark.parametrize(
    ("there", "wanted", "weight", "words"),
    [
        (0, 1, Severity.FAULT, "needs a replica, and none is connected"),
        (1, 2, Severity.FAULT, "needs 2 replicas, and one is connected"),
        (2, 3, Severity.FAULT, "needs 3 replicas, and 2 are connected"),
        (2, 1, Severity.ADVICE, "1 of 2 replicas have it: a failover to another one loses votes"),
        (2, 2, Severity.FINE, "Every replica has a vote before it is acknowledged (2 connected)"),
    ],
)
def test_replicas_are_compared_with_those_that_are_there(there, wanted, weight, words):
    info = {"redis_version": "8.0", "aof_enabled": 1, "connected_slaves": there}
    info |= {f"slave{n}": {"state": "online", "port": n} for n in range(there)}
    (found,) = _durability(info, "always", "replica", wanted)
    assert (found.weight, words in found.words) == (weight, True), found.words
    # One that still copies the whole store does not count.
    if there:
        info["slave0"]["state"] = "send_bulk"
        (found,) = _durability(info, "always", "replica", there)
        assert found.weight is Severity.FAULT


def test_with_the_rights_that_are_named_check_is_content(valkey):
    """What `inspect_rights` asks for is enough for all that a server and `check` do."""
    url = valkey(**sound(user="app on >pw +ping"))
    mine = url.replace("unix://", "unix://app:pw@")
    for _ in range(3):
        try:
            shown = " ".join(faults(inspect_rights(mine, "local")))
        except StoreUnfitError as error:
            shown = str(error)
        if "ACL SETUSER app " not in shown:
            break
        with redis.from_url(url) as client:
            client.execute_command(*shown[shown.index("ACL SETUSER app ") :].strip(". ").split())
    assert shown == ""
    assert faults(inspect_store(mine, "local")) == []
    assert faults(probe_store(mine, "local")) == []
    with redis.from_url(url) as client:
        assert client.dbsize() == 0


@pytest.mark.needs("redis-server")
@pytest.mark.parametrize(
    ("rights", "lacks"),
    [
        ("~* resetchannels +@all", "&sv:*"),
        ("~app:* &* +@all", "~sv:*"),
        ("~* &* +@all -evalsha", "+evalsha"),
        ("~* &* +@all -multi", "+multi"),
    ],
)
def test_a_right_is_named_whatever_words_an_older_store_has_for_it(valkey, rights, lacks):
    url = valkey(program=path_of("redis-server"), **sound(user=f"app on >pw {rights}"))
    mine = url.replace("unix://", "unix://app:pw@")
    (found,) = faults(inspect_rights(mine, "none"))
    assert found.endswith(f"Give it: ACL SETUSER app {lacks}")


def test_a_right_without_a_name_is_told_in_the_words_of_the_store(valkey, monkeypatch):
    monkeypatch.setattr("server.ops.check_rights.missing_right", lambda _: "")
    mine = valkey(**sound(user="app on >pw ~* resetchannels +@all")).replace("//", "//app:pw@", 1)
    assert all(
        "channel). Give it: ACL SETUSER app +@all" in each
        for each in faults(inspect_rights(mine, "none"))
    )
    assert faults(inspect_rights(mine, "none"))


def test_the_secret_of_the_server_before_is_compared(valkey):
    url = valkey(**sound())
    assert compare_secret(url, "one", change=True) == []
    assert compare_secret(url, "one", change=True) == []
    (found,) = compare_secret(url, "two", change=False)
    assert found.weight is Severity.ADVICE
    assert "another secret" in found.words
    assert compare_secret(url, "one", change=False) == []
    assert len(compare_secret(url, "two", change=True)) == 1
    assert compare_secret(url, "two", change=True) == []
