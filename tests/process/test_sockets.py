import contextlib
import resource
import socket
import threading

import pytest

from server.process.sockets import KERNEL_BYTES, PortError, listen, raise_file_limit
from server.settings import Settings


@pytest.fixture
def listening():
    sockets = []

    def start(**settings):
        found = listen(Settings(port=0, **settings))
        sockets.extend(found)
        return found

    yield start
    for each in sockets:
        each.close()


def test_all_addresses_share_one_port(listening):
    found = listening()
    assert len({each.getsockname()[1] for each in found}) == 1
    for each in found:
        host = "::1" if each.family is socket.AF_INET6 else "127.0.0.1"
        with socket.create_connection((host, each.getsockname()[1]), timeout=5):
            pass
    assert any(each.family is socket.AF_INET for each in found)


def test_a_host_narrows_it(listening):
    (only,) = listening(host="127.0.0.1")
    assert only.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_is_named(listening, monkeypatch):
    monkeypatch.setattr("server.process.sockets.PATIENCE", 0.1)
    port = listening(host="127.0.0.1")[0].getsockname()[1]
    with pytest.raises(PortError, match=rf"127.0.0.1, port {port}: the port is already in use"):
        listen(Settings(host="127.0.0.1", port=port))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.250"])
def test_a_host_that_is_not_ours_is_named(host):
    with pytest.raises(PortError, match=host):
        listen(Settings(host=host, port=0))


def test_the_limit_of_open_files_is_raised():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_port_is_waited_for_while_a_killed_server_lets_go(listening):
    held = listening(host="127.0.0.1")[0]
    port = held.getsockname()[1]
    letting_go = threading.Timer(0.1, held.close)
    letting_go.start()
    (won,) = listen(Settings(host="127.0.0.1", port=port))
    won.close()
    letting_go.join()


def test_little_waits_in_the_system_for_someone_who_does_not_read(listening):
    (knocked,) = listening(host="127.0.0.1")
    with socket.create_connection(knocked.getsockname()):
        kept, _ = knocked.accept()
        with kept:
            kept.setblocking(False)
            taken = 0
            with contextlib.suppress(BlockingIOError):
                while taken < 8 * KERNEL_BYTES:
                    taken += kept.send(b"x" * 1000)
            # The reader's own system takes some, too.
            assert taken < 8 * KERNEL_BYTES
