import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.security.secret import SecretError, derive, host_key, load, read


def test_a_missing_secret_is_made_for_its_owner_alone(tmp_path):
    path = tmp_path / "deep" / "secret"
    made = load(path)
    assert len(made) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load(path) == made
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_many_starts_at_once_agree_on_one_secret(tmp_path):
    path = tmp_path / "secret"
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(load, [path] * 64))
    assert found == {path.read_bytes().strip()}


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620, 0o660, 0o602])
def test_a_secret_open_to_others_is_refused_with_the_cure(tmp_path, mode):
    path = tmp_path / "secret"
    path.write_bytes(b"x" * 64)
    path.chmod(mode)
    with pytest.raises(SecretError, match=f"chmod 600 {path}"):
        load(path)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440])
def test_a_secret_handed_over_by_an_orchestrator_is_taken(tmp_path, mode):
    path = tmp_path / "secret"
    path.write_bytes(b"x" * 64 + b"\n")
    path.chmod(mode)
    assert load(path) == b"x" * 64


def test_a_short_secret_is_refused(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(b"hunter2\n")
    path.chmod(0o600)
    with pytest.raises(SecretError, match="holds 7 bytes; at least 32"):
        load(path)


def test_a_secret_that_is_no_file_is_refused(tmp_path):
    with pytest.raises(SecretError, match="cannot be read"):
        read(tmp_path)


def test_a_place_where_none_can_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SecretError, match="file/secret"):
        load(tmp_path / "file" / "secret")


def test_keys_differ_by_secret_purpose_and_where_parts_end():
    keys = [
        derive(b"a" * 32, "seat"),
        derive(b"b" * 32, "seat"),
        derive(b"a" * 32, "voter"),
        derive(b"a" * 32, "seat", "ab", "c"),
        derive(b"a" * 32, "seat", "a", "bc"),
        derive(b"a" * 32, "seat", "abc"),
        derive(b"a" * 100, "seat"),
        derive(b"a" * 101, "seat"),
    ]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}


def test_the_host_key_is_the_same_wherever_the_secret_is():
    key = host_key(b"s" * 32, "FRAMEWORKS")
    assert key == host_key(b"s" * 32, "FRAMEWORKS")
    assert key != host_key(b"t" * 32, "FRAMEWORKS")
    assert len(key) == 43
    assert key.replace("-", "").replace("_", "").isalnum()
