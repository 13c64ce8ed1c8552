import pytest
from real_stores import RealStore
from tcp_stores import stores

KINDS = [
    "valkey",
    pytest.param("redis", marks=[pytest.mark.needs("redis-server"), pytest.mark.slow]),
]


@pytest.fixture(scope="module", params=KINDS)
def shared(request, tmp_path_factory):
    """A store of each kind that the tests of a module share."""
    server = RealStore(request.param, tmp_path_factory.mktemp("store"))
    yield server.start()
    server.end()


@pytest.fixture
def server(shared):
    """A store that is empty."""
    with shared.client as client:
        client.flushall()
    return shared


@pytest.fixture(params=KINDS)
def fragile(request, tmp_path):
    """A store of this test alone, which may stop, kill and renew it."""
    server = RealStore(request.param, tmp_path / "store")
    yield server.start()
    server.end()


@pytest.fixture
def real_store(tmp_path):
    """Start stores with options of one's own."""
    servers = []

    def start(kind="valkey", **options):
        servers.append(RealStore(kind, tmp_path / f"store-{len(servers)}", **options))
        return servers[-1].start()

    yield start
    for server in servers:
        server.end()


@pytest.fixture
def real_tcp_store(tmp_path):
    """Start stores on a port, with options of one's own."""
    with stores(tmp_path) as start:
        yield start
