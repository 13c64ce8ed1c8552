import re

import pytest
from redis.asyncio.connection import SSLConnection, parse_url

from server.sanitize.redaction import redacted_url
from server.settings import SettingsError, load
from server.store_address import (
    cluster_address,
    require_store_address,
    sentinel_address,
    with_passwords,
)

ONE = "redis+sentinel://h1/mymaster/0"


def test_an_address_with_sentinels_names_them_their_primary_and_its_credentials():
    found = sentinel_address("redis+sentinel://app:p%2Fw@h1:26380,h2,[::1]:7/my.primary-1/3")
    assert found.sentinels == (("h1", 26380), ("h2", 26379), ("::1", 7))
    assert found.primary == "my.primary-1"
    assert (found.username, found.password) == ("", "")
    assert found.at("10.0.0.7", 6380) == "redis://app:p%2Fw@10.0.0.7:6380/3"
    assert found.at("fd00::7", 6380) == "redis://app:p%2Fw@[fd00::7]:6380/3"
    read = parse_url(found.at("fd00::7", 6380))
    assert read == {"host": "fd00::7", "port": 6380, "username": "app", "password": "p/w", "db": 3}


def test_the_password_of_the_sentinels_is_not_that_of_the_primary():
    found = sentinel_address(
        f"{ONE}?sentinel_username=watch&sentinel_password=s%40c%2Bret&protocol=3"
    )
    assert (found.username, found.password) == ("watch", "s@c+ret")
    plain = parse_url(found.at("h", 1))
    assert plain == {"host": "h", "port": 1, "db": 0, "protocol": 3}


def test_tls_is_for_both():
    found = sentinel_address("rediss+sentinel://h1/mymaster")
    assert parse_url(found.at("h", 1))["connection_class"] is SSLConnection


@pytest.mark.parametrize(
    "url", ["redis://h1/0", "rediss://h1", "unix:///run/x", "http://h1", "redis+cluster://h1"]
)
def test_other_addresses_have_no_sentinels(url):
    assert sentinel_address(url) is None


def test_the_address_of_a_cluster_names_some_nodes_and_their_credentials():
    found = cluster_address("rediss+cluster://app:p%2Fw@h1:7000,h2,[::1]:7/0?ssl_ca_certs=/a.pem")
    assert found.nodes == (("h1", 7000), ("h2", 6379), ("::1", 7))
    assert found.at("h3", 7001) == "rediss://app:p%2Fw@h3:7001/0?ssl_ca_certs=/a.pem"
    assert found.url_of("[fd00::7]:6380") == (
        "rediss://app:p%2Fw@[fd00::7]:6380/0?ssl_ca_certs=/a.pem"
    )
    read = parse_url(found.at("h3", 7001))
    assert (read["connection_class"], read["password"], read["db"]) == (SSLConnection, "p/w", 0)


@pytest.mark.parametrize("url", ["redis://h1/0", "unix:///run/x", ONE])
def test_other_addresses_are_of_no_cluster(url):
    assert cluster_address(url) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis+sentinel://", "the hosts of sentinels and the name"),
        ("redis+sentinel:///mymaster/0", "the hosts of sentinels and the name"),
        ("redis+sentinel://app:secret@/mymaster/0", "the hosts of sentinels and the name"),
        ("redis+sentinel://h1,h2", "names the primary after the sentinels"),
        ("redis+sentinel://h1,h2/", "names the primary after the sentinels"),
        ("redis+sentinel://h1,h2/0", "names the primary after the sentinels"),
        ("redis+sentinel://h1,h2//0", "names the primary after the sentinels"),
        ("redis+sentinel://h1/my%20master/0", "name consists of letters"),
        ("redis+sentinel://h1/mymaster/zero", "ends with the number of a database"),
        ("redis+sentinel://h1/mymaster/0/1", "ends with the number of a database"),
        ("redis+sentinel://h1,,h2/mymaster/0", "valid host and port each"),
        ("redis+sentinel://h1:port/mymaster/0", "valid host and port each"),
        ("redis+sentinel://h1:0/mymaster/0", "valid host and port each"),
        ("redis+sentinel://h1:99999/mymaster/0", "valid host and port each"),
        ("redis+sentinel://[::1/mymaster/0", "valid host and port each"),
        ("redis+sentinel://h1/mymaster/0?secret", "followed by parameters"),
        ("redis+sentinel://a:b/c@h1/mymaster/0", "%2F for /"),
        ("redis://h1,h2/0", "of one server, of sentinels or of a cluster: redis+sentinel://"),
        ("redis-cluster://h1,h2", "redis+cluster://"),
        ("redis+cluster://", "the hosts of some nodes"),
        ("redis+cluster://app:secret@", "the hosts of some nodes"),
        ("redis+cluster://h1,h2/1", "a cluster has only number 0"),
        ("redis+cluster://h1/mymaster/0", "a cluster has only number 0"),
        ("redis+cluster://h1?db=2", "a cluster has only number 0"),
        ("redis+cluster://h1,,h2", "nodes with a valid host and port each"),
        ("redis+cluster://h1:0", "nodes with a valid host and port each"),
        ("redis+cluster://h1?secret", "followed by parameters"),
        ("redis+cluster://a:b/c@h1", "%2F for /"),
        ("redis://h/0?secret=1", "than db, username, password, protocol"),
        ("rediss://h/0?ssl_ca_cert=/a.pem", "protocol, ssl_ca_certs, ssl_certfile"),
        ("redis+sentinel://h1/mymaster?secret=1", "protocol, sentinel_username, sentinel_password"),
        ("redis://h/0?ssl_ca_certs=/a.pem", "begins with rediss if it has"),
        ("redis+cluster://h1?ssl_ca_certs=/a.pem", "begins with rediss if it has"),
        (
            "rediss://h/0?ssl_check_hostname=maybe",
            "another value of the parameter ssl_check_hostname",
        ),
        ("rediss://h/0?ssl_ca_certs=", "another value of the parameter ssl_ca_certs"),
        ("redis://h?db=zero", "another value of the parameter db"),
        ("redis-sentinel://h1/mymaster", "redis+sentinel://"),
    ],
)
def test_a_bad_address_is_refused_in_its_own_words(url, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        require_store_address(url)
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        load({"redis_url": url}, {})
    assert "secret" not in str(caught.value).replace("?secret", "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (ONE, ONE),
        (
            "rediss+sentinel://h-1:26379,[::1],h2/mymaster",
            "rediss+sentinel://h-1:26379,[::1],h2/mymaster",
        ),
        (
            "redis+sentinel://app:s3cret@h1,h2/mymaster/0",
            "redis+sentinel://app:***@h1,h2/mymaster/0",
        ),
        ("redis+sentinel://:s3cret@h1/mymaster", "redis+sentinel://:***@h1/mymaster"),
        (f"{ONE}?sentinel_password=s3cret", f"{ONE}?***"),
        ("redis+sentinel://a:s3@cret@h1/mymaster", "redis+sentinel://a:***@h1/mymaster"),
        ("redis+sentinel://:s3cret/mymaster", "***"),
        ("redis+cluster://h-1:7000,[::1],h2", "redis+cluster://h-1:7000,[::1],h2"),
        ("rediss+cluster://a:s3cret@h1,h2/0", "rediss+cluster://a:***@h1,h2/0"),
    ],
)
def test_no_password_of_an_address_is_shown(url, shown):
    assert redacted_url(url) == shown


ODD = "a b+c/%41@:?#&=é"
"""A password with all that means something in an address."""


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "a password"
    file.write_text(f"{ODD}\n")
    return file


@pytest.mark.parametrize(
    ("before", "after", "credentials"),
    [
        ("redis://", "h:1/2", {"host": "h", "port": 1, "db": 2}),
        ("redis://app@", "h:1/2", {"host": "h", "port": 1, "db": 2, "username": "app"}),
        ("unix://app@", "/run/x", {"path": "/run/x", "username": "app"}),
    ],
)
def test_a_password_is_read_from_the_file_that_is_named(file, before, after, credentials):
    found = with_passwords(f"{before}{after}?password_file={file}")
    assert require_store_address(found) == found
    read = parse_url(found)
    read.pop("connection_class", None)
    assert read == credentials | {"password": ODD}
    more = with_passwords(f"{before}{after}?protocol=3&password_file={file}")
    assert parse_url(more)["protocol"] == 3


def test_the_passwords_of_a_primary_and_of_its_sentinels_are_in_files_of_their_own(tmp_path, file):
    (tmp_path / "other").write_text("s3cret")
    names = f"sentinel_password_file={tmp_path / 'other'}&password_file={file}"
    found = sentinel_address(
        with_passwords(f"redis+sentinel://app@h1,h2/mymaster/0?{names}&sentinel_username=watch")
    )
    assert (found.username, found.password) == ("watch", "s3cret")
    assert parse_url(found.at("h", 1))["password"] == ODD
    (tmp_path / "other").write_text(ODD)
    assert sentinel_address(with_passwords(f"{ONE}?{names}")).password == ODD


def test_nodes_of_a_cluster_have_the_password_of_a_file(file):
    found = cluster_address(with_passwords(f"redis+cluster://app@h1,h2?password_file={file}"))
    assert parse_url(found.at("h3", 7)) == {
        "host": "h3",
        "port": 7,
        "db": 0,
        "username": "app",
        "password": ODD,
    }


@pytest.mark.parametrize("url", ["redis://me:pw@h/0", f"{ONE}?sentinel_password=pw", "redis://h?"])
def test_an_address_that_names_no_file_stays_as_it_is(url):
    assert with_passwords(url) == url


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"", "a file of one line"),
        (b"\n", "a file of one line"),
        (b"one\ntwo\n", "a file of one line"),
        (b"\xff", "a file of text"),
    ],
)
def test_a_file_without_a_password_is_named(tmp_path, content, words):
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load({"redis_url": f"redis://h/0?password_file={file}"}, {})
    assert words in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_password_in_the_address_and_one_in_a_file_are_one_too_many(file):
    with pytest.raises(SettingsError, match="not with both") as caught:
        load({"redis_url": f"redis://me:s3cret@h/0?password_file={file}"}, {})
    assert "s3cret" not in str(caught.value)


def test_settings_hold_the_password_of_a_file_and_show_none(file):
    settings = load({"redis_url": f"redis://app@h/0?password_file={file}"}, {})
    assert parse_url(settings.redis_url)["password"] == ODD
    assert "%2F" not in repr(settings)
    assert "a%20b" not in repr(settings)
