from pathlib import Path

import msgspec
import pytest

from server.ops.settings_reference import settings_page
from server.settings import (
    SETTINGS,
    Settings,
    SettingsError,
    load,
    redacted_url,
    unknown_names,
)

# For each knob a value that is not its default, as text and as it is meant.
OTHER = {
    "host": ("127.0.0.1", "127.0.0.1"),
    "port": ("9000", 9000),
    "processes": ("4", 4),
    "data": ("/srv/votes", "/srv/votes"),
    "boards": ("/srv/boards", "/srv/boards"),
    "brand": ("/srv/brand.yaml", "/srv/brand.yaml"),
    "redis_url": ("rediss://me:pw@store:6380/1", "rediss://me:pw@store:6380/1"),
    "durability": ("replica", "replica"),
    "replicas": ("2", 2),
    "public_url": ("https://vote.example.org/", "https://vote.example.org"),
    "secret_file": ("/run/secrets/stackvote", "/run/secrets/stackvote"),
    "tls_cert": ("/etc/tls/cert.pem", "/etc/tls/cert.pem"),
    "tls_key": ("/etc/tls/key.pem", "/etc/tls/key.pem"),
    "proxy_headers": ("true", True),
    "trusted_origins": (
        "https://a.example, http://b.example:8080",
        ("https://a.example", "http://b.example:8080"),
    ),
    "allowed_hosts": ("Vote.example.org., .corp.example", ("vote.example.org", ".corp.example")),
    "metrics_from": ("127.0.0.1, 10.0.0.0/8,::1", ("127.0.0.1/32", "10.0.0.0/8", "::1/128")),
    "retention_days": ("7", 7),
    "message_rate": ("2.5", 2.5),
    "message_burst": ("5", 5),
    "tally_window": ("50", 50),
    "board_rate": ("0.5", 0.5),
    "max_connections": ("10", 10),
    "drain_seconds": ("0", 0.0),
    "dev": ("true", True),
    "log_level": ("warning", "warning"),
    "log_format": ("json", "json"),
}
STORE = {"redis_url": "redis://store"}
# What some of them cannot do without.
NEEDED = STORE | {"durability": "replica", "tls_cert": "/cert.pem", "tls_key": "/key.pem"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https://company.example/vote", "https://company.example/vote"),
        ("https://company.example/vote/", "https://company.example/vote"),
        ("http://company.example:8080/tools/vote-2", "http://company.example:8080/tools/vote-2"),
        ("https://company.example/bees", "https://company.example/bees"),
    ],
)
def test_the_public_address_may_have_a_path(text, meant):
    assert load({"public_url": text}, {}).public_url == meant


def test_without_anything_said_the_defaults_hold():
    settings = load({}, {})
    for setting in SETTINGS:
        if setting.name != "data":
            assert getattr(settings, setting.name) == setting.default
    assert settings.data_dir == Path.cwd() / ".stackvote"
    assert settings.secret_path == Path.cwd() / ".stackvote" / "secret"


@pytest.mark.parametrize("alone", ["tls_cert", "tls_key"])
def test_certificate_and_key_go_together(alone):
    with pytest.raises(SettingsError, match="go together"):
        load({alone: "/some/file.pem"}, {})


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_knob_has_a_flag_and_a_name_in_the_environment(setting):
    text, meant = OTHER[setting.name]
    others = {name: value for name, value in NEEDED.items() if name != setting.name}
    assert getattr(load(others | {setting.name: text}, {}), setting.name) == meant
    settings = load(others, {setting.environment: text})
    assert getattr(settings, setting.name) == meant
    assert meant != setting.default


def test_the_flag_wins_over_the_environment_and_the_environment_over_the_default():
    assert load({"port": "1"}, {"STACKVOTE_PORT": "2"}).port == 1
    assert load({}, {"STACKVOTE_PORT": "2"}).port == 2
    assert load({}, {"STACKVOTE_PORT": ""}).port == 8888


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("port", "80x", "a whole number from 0 to 65535"),
        ("port", "65536", "a whole number from 0 to 65535"),
        ("processes", "0", "a whole number from 1 to 256"),
        ("message_rate", "0", "a number above 0 up to 10000"),
        ("drain_seconds", "nan", "a number from 0 up to 600"),
        ("log_level", "loud", "debug"),
        ("proxy_headers", "perhaps", "true or false"),
        ("host", "http://here", "a host name or an address without a port"),
        ("public_url", "vote.example.org", "http:// or https:// and a host, without a path"),
        ("public_url", "https://vote.example.org/b", "without a path"),
        ("public_url", "https://me:pw@vote.example.org", "without a path"),
        ("public_url", "https://vote.example.org:port", "a valid host and port"),
        ("public_url", "https://vote.example.org/a b", "letters, digits"),
        ("public_url", "https://vote.example.org/a;b", "letters, digits"),
        ("public_url", "https://vote.example.org//a", "letters, digits"),
        ("public_url", "https://vote.example.org/a/../b", "letters, digits"),
        ("public_url", "https://vote.example.org/static/x", "does not begin with /static"),
        ("public_url", "https://vote.example.org/vote?x=1", "without a path or with one"),
        ("public_url", "ftp://vote.example.org", "http:// or https://"),
        ("trusted_origins", "https://a.example,b.example", "http:// or https://"),
        ("allowed_hosts", "https://vote.example.org", "without a port"),
        ("allowed_hosts", "vote.example.org:8888", "without a port"),
        ("allowed_hosts", "*", "such as vote.example.org or .example.org"),
        ("metrics_from", "10.0.0.7/8", "such as 10.0.0.7 or 10.0.0.0/8"),
        ("metrics_from", "127.0.0.1,monitor", "addresses and networks"),
        ("redis_url", "http://store", "redis://host:port/0"),
        ("redis_url", "unix://", "unix:///path/to/socket"),
    ],
)
def test_a_wrong_value_is_refused_with_its_source_and_what_is_allowed(name, text, words):
    setting = next(setting for setting in SETTINGS if setting.name == name)
    for source, flags, environ in (
        (setting.flag, {name: text}, {}),
        (setting.environment, {}, {setting.environment: text}),
    ):
        with pytest.raises(SettingsError) as caught:
            load(flags, environ)
        assert source in str(caught.value)
        assert words in str(caught.value)
        assert repr(text) in str(caught.value)


def test_a_durability_that_the_embedded_store_cannot_have_is_refused():
    with pytest.raises(SettingsError, match="--redis-url"):
        load({"durability": "replica"}, {})


def test_replicas_are_asked_for_where_a_vote_waits_for_them():
    with pytest.raises(SettingsError, match="--durability replica"):
        load(STORE | {"replicas": "2"}, {})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://store:6379/0", "redis://store:6379/0"),
        ("redis://me:s3cret@store:6379/0", "redis://me:***@store:6379/0"),
        ("redis://:s3cret@store", "redis://:***@store"),
        ("redis://:a:s3cret@store", "redis://:***@store"),
        ("redis://:p@s3cret@store", "redis://:***@store"),
        ("redis://store?password=s3cret", "redis://store?***"),
        ("unix://me:s3cret@/run/store.sock", "unix://me:***@/run/store.sock"),
        ("redis://[s3cret", "***"),
    ],
)
def test_a_password_is_never_shown(url, shown):
    assert redacted_url(url) == shown
    settings = Settings(redis_url=url)
    for text in (repr(settings), str(settings), f"{settings}", str(settings.redacted())):
        assert "s3cret" not in text


def test_a_wrong_store_address_does_not_give_its_password_away():
    with pytest.raises(SettingsError) as caught:
        load({"redis_url": "http://me:s3cret@store"}, {})
    assert "s3cret" not in str(caught.value)


def test_a_misspelt_name_in_the_environment_is_found():
    environ = {"STACKVOTE_PROT": "1", "STACKVOTE_PORT": "2", "STACKVOTE_XYZZY": "3", "PATH": "/"}
    assert unknown_names(environ) == {"STACKVOTE_PROT": "STACKVOTE_PORT", "STACKVOTE_XYZZY": None}


def test_settings_survive_the_way_to_a_worker():
    settings = load(STORE | {name: text for name, (text, _) in OTHER.items()}, {})
    assert msgspec.json.decode(msgspec.json.encode(settings), type=Settings) == settings


def test_the_page_of_settings_is_fresh():
    page = Path(__file__).parents[1] / "docs" / "settings.md"
    assert page.read_text() == settings_page(), "run `make docs`"
    for setting in SETTINGS:
        assert f"## {setting.name}\n" in settings_page()
