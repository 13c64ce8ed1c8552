import logging
import subprocess
import sys

import pytest

from server.cli import main
from server.observability.logs import JsonFormatter, PlainFormatter
from server.sanitize import redaction
from server.sanitize.redaction import redacted, redacted_url
from server.settings import SettingsError, load

KEY = "AbC/dEf+gh="


@pytest.fixture(autouse=True)
def forgets(monkeypatch):
    monkeypatch.setattr(redaction, "_hidden", set())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"redis://:{KEY}@host:6379/0", "redis://:***@host:6379/0"),
        (f"rediss://app:{KEY}@host:6379/0", "rediss://app:***@host:6379/0"),
        (f"redis://{KEY}@host:6379/0", "redis://***@host:6379/0"),
        ("redis://app:123/dEf@host:6379/0", "redis://app:***@host:6379/0"),
        ("redis://:a#dEf@[::1]:6379/0", "redis://:***@[::1]:6379/0"),
        ("redis://:a@b/dEf@c@host", "redis://:***@host"),
        ("redis://:a?dEf@host/0", "***"),
        ("redis://:a/dEf", "***"),
        ("redis://host/0?password=x@dEf", "***"),
        ("redis:/:a/dEf@host", "***"),
        (f"unix://:{KEY}@/run/store.sock", "unix://:***@/run/store.sock"),
        ("unix:///run/store.sock?password=dEf", "unix:///run/store.sock?***"),
        ("unix:///run/the store.sock", "unix:///run/the store.sock"),
        ("redis://store-1.example.org:6379/15", "redis://store-1.example.org:6379/15"),
    ],
)
def test_all_before_the_last_at_is_secret_whatever_it_looks_like(url, shown):
    assert redacted_url(url) == shown


@pytest.mark.parametrize("sign", ["/", "?", "#", "[", "]"])
def test_a_password_that_breaks_the_address_is_refused_with_how_to_write_it(sign):
    with pytest.raises(SettingsError) as caught:
        load({"redis_url": f"redis://app:12{sign}secret@host:6379/0"}, {})
    assert f"%{ord(sign):02X} for {sign}" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_password_that_is_written_so_is_taken():
    url = "redis://:AbC%2FdEf+gh=@host:6379/0"
    assert load({"redis_url": url}, {}).redis_url == url


def test_the_password_is_hidden_in_each_form_it_has():
    load({"redis_url": "redis://app:AbC%2FdEf@host/0"}, {}).hide_secrets()
    text = "AUTH failed: AbC/dEf, AbC%2FdEf, redis://app:AbC%2FdEf@host/0"
    assert "dEf" not in redacted(text)
    load({"redis_url": "redis://host/0?password=tiger-lily"}, {}).hide_secrets()
    assert redacted("unknown command 'AUTH', with args: 'tiger-lily'").endswith("'***'")


def test_keys_in_links_are_hidden_even_as_mail_programs_write_them():
    for text in ("/b/K7QF2M/host?key=abc-DEF_1", "/b/x%3Finvite%3Dabc.def", "?a=1&key=abcdef"):
        assert "abc" not in redacted(text)
    for text in ("the key of monkey=5", "sorted(names, key=len)"):
        assert redacted(text) == text


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()])
def test_no_line_of_the_log_shows_a_secret_nor_its_traceback(formatter):
    redaction.hide('quote"d-secret')
    try:
        int('quote"d-secret at redis://me:pass-word@host')
    except ValueError:
        record = logging.LogRecord("x", 30, "f", 1, "said %s", ('quote"d-secret',), sys.exc_info())
    record.fields = {"why": 'quote"d-secret', "count": 3}
    line = formatter.format(record)
    assert "d-secret" not in line
    assert "pass-word" not in line
    assert "***" in line


def test_wrong_use_shows_no_password(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--redis-ulr", f"redis://:{KEY}@host"])
    assert "dEf" not in capsys.readouterr().err


def test_a_traceback_no_one_expected_shows_no_password():
    code = (
        "import sys;from server.sanitize import redaction; sys.excepthook = redaction.excepthook\n"
        "redaction.hide('tiger-lily'); raise RuntimeError('tiger-lily')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "RuntimeError: ***" in ended.stderr
    assert "tiger-lily" not in ended.stderr


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("redis://h/0", False),
        ("redis://app:pw@h/0", True),
        ("redis://pw@h/0", True),
        ("redis://app@h/0?password_file=/run/redis", False),
        ("redis://h/0?password=pw", True),
        ("redis+sentinel://app@h/m?password_file=/a&sentinel_password=pw", True),
        ("redis+sentinel://app:pw@h/m?sentinel_password_file=/a", True),
    ],
)
def test_an_address_that_may_hold_a_password_is_known(url, may):
    assert redaction.holds_password(url) is may
