"""What operators and their machines ask."""

from ipaddress import ip_address, ip_network

from msgspec import Struct
from tornado.web import HTTPError

from server import metrics
from server.web.handler import Access, Handler
from server.web.operations import operation


class Status(Struct, frozen=True):
    status: str


class Health(Handler):
    """The process is alive."""

    access = Access.ANYONE

    @operation()
    async def get(self) -> Status:
        return Status("alive")


class Ready(Handler):
    """People can be sent here: the store answers, and the server is not going away."""

    access = Access.ANYONE

    @operation(otherwise={503: Status})
    async def get(self) -> Status:
        hub = self.site.hub
        if hub.ready:
            return Status("ready")
        self.set_status(503)
        return Status("draining" if hub.draining else "store_away")


class Metrics(Handler):
    """What the server counts, of all its processes, as Prometheus reads it."""

    access = Access.ANYONE

    async def prepare(self) -> None:
        await super().prepare()
        allowed = self.site.settings.metrics_from
        if allowed and not _lies_in(self.request.remote_ip or "", allowed):
            raise HTTPError(403)

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(metrics.exposition())


def _lies_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


routes = [
    (r"/healthz", Health),
    (r"/readyz", Ready),
    (r"/metrics", Metrics),
]
