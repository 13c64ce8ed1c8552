import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.network.addresses import network_address
from server.store.error_hints import remedy, rule, with_remedy

URL = "redis://app:pw@store:6379/0"


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        ("No permissions to access a channel", "ACL SETUSER app &sv:*"),
        ("ACL failure in script: No permissions to access a key", "ACL SETUSER app ~sv:*"),
        ("this user has no permissions to access one of the keys used as arguments", "app ~sv:*"),
        (
            "this user has no permissions to access one of the channels used as arguments",
            "app &sv:*",
        ),
        (
            "The user executing the script can't publish to the channel mentioned in the command",
            "app &sv:*",
        ),
        (
            "The user executing the script can't access at least one of the keys mentioned",
            "app ~sv:*",
        ),
        ("The user executing the script can't run this command or subcommand", "app +@all"),
        ("User app has no permissions to access the 'sv:{A}:live' channel", "app &sv:*"),
        ("User app has no permissions to run the 'script|load' command", "app +script|load"),
        ("WRONGPASS invalid username-password pair or user is disabled.", "%2F"),
        ("NOAUTH Authentication required.", "--redis-url"),
        ("DB index is out of range", "by default it has 0 to 15"),
        ("Redis is running in protected mode because", "requirepass"),
        ("Valkey is loading the dataset in memory", "when that is done"),
        ("You can't write against a read only replica.", "its primary"),
        ("10.0.0.1:6379 is a replica", "do not name the primary"),
        ("MISCONF Errors writing to the AOF file", "make room"),
        ("OOM command not allowed when used memory > 'maxmemory'.", "maxmemory"),
        ("NOREPLICAS Not enough good replicas to write.", "min-replicas-to-write"),
        ("unknown command 'WAITAOF', with args beginning with: ", "older than version 7.2"),
        ("unknown command 'MULTI', with args beginning with: ", "rename-command"),
        ("Error -2 connecting to x:6379. Name or service not known.", "spelt"),
        ("Error -3 connecting to x:6379. Temporary failure in name resolution.", "spelt"),
        ("Error 111 connecting to x:6379. Connection refused.", "Nothing listens"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "redis:// instead"),
        ("Error 1: [SSL: CERTIFICATE_VERIFY_FAILED]", "ssl_ca_certs"),
        ("(1, '[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]", "ssl_certfile"),
        ("[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca", "does not trust"),
        ("Error 2 connecting to x:6379. No such file or directory.", "ssl_ca_certs"),
        ("Connection closed by server.", "rediss://"),
        ("Timeout connecting to server", "firewall"),
        ("max number of clients reached", "maxclients"),
    ],
)
def test_what_a_store_says_has_a_remedy(error, cure):
    assert cure in remedy(error, URL)
    assert with_remedy(error, URL).endswith(remedy(error, URL))


def test_what_is_unknown_has_none():
    assert remedy("something else", URL) == ""
    assert with_remedy("something else.", URL) == "something else."


def test_a_rule_is_for_the_user_of_the_address():
    assert rule("redis://app:pw@store", "+x") == "ACL SETUSER app +x"
    assert rule("redis://a%20b:pw@store", "+x") == "ACL SETUSER a b +x"
    for url in ("redis://:pw@store", "redis://store", "unix:///run/store.sock"):
        assert rule(url, "+x") == "ACL SETUSER default +x"


def test_a_long_silence_with_tls_may_be_a_port_without():
    assert "redis:// instead" in remedy("Timeout connecting to server", "rediss://store")


def test_protected_mode_is_known_by_what_a_real_store_says(real_tcp_store):
    address = network_address()
    if address is None:
        pytest.skip("this machine has no network")
    port = real_tcp_store(bind="* -::*").port
    once = Retry(NoBackoff(), 0)
    with (
        redis.Redis(host=address, port=port, retry=once) as client,
        pytest.raises(redis.RedisError) as caught,
    ):
        client.ping()
    assert "requirepass" in remedy(caught.value)


def test_a_connection_that_was_in_use_and_is_cut_is_no_mistaken_address():
    assert not remedy("Connection closed by server.", URL, answered=True)
    assert "Nothing listens" in remedy("Connection refused", URL, answered=True)
