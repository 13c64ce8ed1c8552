import pytest

from support.store import REDIS, VALKEY, StoreProcess, stores, stores_on_ports

FAST = {"appendfsync": "no"}
"""Most of these tests are not about the disk."""
KINDS = [
    VALKEY,
    pytest.param(REDIS, marks=[pytest.mark.needs("redis-server"), pytest.mark.slow]),
]


@pytest.fixture(scope="module", params=KINDS)
def shared(request, tmp_path_factory):
    """A store of each kind, shared by the tests of a module."""
    server = StoreProcess(tmp_path_factory.mktemp("store"), program=request.param, **FAST)
    yield server.start()
    server.stop()


@pytest.fixture
def server(shared):
    """An empty store."""
    with shared.client() as client:
        client.flushall()
    return shared


@pytest.fixture(params=KINDS)
def fragile(request, tmp_path):
    """A store for this test alone, which may stop, kill and restart it."""
    server = StoreProcess(tmp_path / "store", program=request.param, **FAST)
    yield server.start()
    server.stop()


@pytest.fixture
def real_store(tmp_path):
    """Start stores with custom options."""
    with stores(tmp_path) as start:
        yield lambda name="store", **options: start(name, **FAST | options)


@pytest.fixture
def real_tcp_store(tmp_path):
    """Start stores on a port, with custom options."""
    with stores_on_ports(tmp_path) as start:
        yield start
