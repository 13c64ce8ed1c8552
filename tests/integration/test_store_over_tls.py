"""A store that speaks nothing but TLS, with an authority of its own, and lets in whom it knows."""

import asyncio
from contextlib import ExitStack

import pytest

from model.checker import settled
from server.ops.check import examine
from server.ops.check_store import inspect_store
from server.ops.findings import faults
from server.process import store_supervisor
from server.process.store_supervisor import StoreSupervisor
from server.settings import load
from server.store import cluster, sentinel, survey
from support.clusters import Cluster
from support.connections import spread
from support.deployments import Deployment
from support.sentinels import Guarded
from support.store import REDIS
from support.tls import Tls
from support.wait import eventually

pytestmark = [pytest.mark.slow, pytest.mark.needs("redis-server")]

USER = "app on >s3cret resetkeys ~sv:* resetchannels &sv:* +@all"


def of_a_cluster(folder, **options):
    """Its nodes have a host name, and no other name."""
    tls = Tls(folder / "tls", "localhost")
    return Cluster(folder / "stores", replicas=0, tls=tls, **options), tls


def with_sentinels(folder, **options):
    """What they name is an address of numbers."""
    tls = Tls(folder / "tls", "127.0.0.1")
    return Guarded(folder / "stores", replicas=1, tls=tls, **options), tls


@pytest.fixture(scope="module", params=[of_a_cluster, with_sentinels])
def secured(request, tmp_path_factory):
    """A store of which nothing is reached without TLS, and the files of its authority."""
    options = {"program": REDIS, "maxmemory_policy": "noeviction"}
    folder = tmp_path_factory.mktemp("secured")
    store, tls = request.param(folder, credentials="app:s3cret@", user=USER, **options)
    yield store, tls
    store.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine may need long for a handshake, and that is another problem."""
    for module in (survey, cluster, sentinel):
        monkeypatch.setattr(module, "PATIENCE", 20.0)


def test_votes_are_saved_and_seen_over_tls(secured, tmp_path):
    store, _ = secured
    with ExitStack() as stack:
        deployment = Deployment(tmp_path, store, stack)
        server = deployment.serve(processes=2)

        async def meeting():
            async with deployment.crowd() as crowd:
                await crowd.join(server, 4)
                await spread(crowd, server)
                await crowd.busy(deployment.answered(30))
                await settled(store, crowd, deployment.recording)

        asyncio.run(meeting())
        settings = load({"redis_url": store.url, "data": str(tmp_path / "server" / "data")}, {})
        assert faults(examine(settings)) == []
        with store.client() as client:
            assert "app" in {each["user"] for each in client.client_list(_type="pubsub")}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"ca": "another"}, "is not trusted here: give the file of its authority"),
        ({"client": False}, "Does the store want a certificate of its clients?"),
    ],
    ids=["another authority", "no certificate"],
)
async def test_what_is_wrong_with_certificates_is_said_once(  # noqa: PLR0917
    secured, tmp_path, caplog, monkeypatch, files, words
):
    store, tls = secured
    if files.get("ca") == "another":
        files = {"ca": Tls(tmp_path / "another", "localhost", "127.0.0.1").ca}
    url = tls.url(store.plain_url, **files)
    supervisor = StoreSupervisor(load({"redis_url": url, "data": str(tmp_path)}, {}), None, "print")
    stopping, looks = asyncio.Event(), []

    def look(*asked):
        try:
            return inspect_store(*asked)
        finally:
            looks.append("another")

    monkeypatch.setattr(store_supervisor, "inspect_store", look)

    async def stop():
        await eventually(lambda: len(looks) > 1)
        stopping.set()

    stopped = asyncio.create_task(stop())
    async with supervisor.kept(stopping):
        await stopped
    (said,) = caplog.messages
    assert said.count(words) == 1
    assert "s3cret" not in said
