"""What operators and their machines ask."""

import hmac
from ipaddress import ip_address, ip_network

from msgspec import Struct
from tornado.web import HTTPError

from server import metrics
from server.web.handler import Access, Handler
from server.web.operations import operation


class Status(Struct, frozen=True):
    status: str


class Health(Handler):
    """The process is alive. Load balancers ask under names of their own, and learn nothing."""

    access = Access.ANYONE
    under_any_name = True

    @operation()
    async def get(self) -> Status:
        return Status("alive")


class Ready(Handler):
    """People can be sent here: the store answers, and the server is not going away."""

    access = Access.ANYONE
    under_any_name = True

    @operation(otherwise={503: Status})
    async def get(self) -> Status:
        hub = self.site.hub
        if hub.ready:
            return Status("ready")
        self.set_status(503)
        return Status("draining" if hub.draining else "store_away")


class Seen(Handler):
    """How a request arrives here, for `stackvote check`: what the proxy makes of it on its way.

    Only whoever has this installation's secret is told; for others there is nothing here.
    """

    access = Access.ANYONE
    under_any_name = True
    """A proxy may pass on a wrong name: that is what is to be seen."""

    def get(self) -> None:
        shown = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        expected: str = self.application.settings["looking_glass"]
        if not hmac.compare_digest(shown.encode(), expected.encode()):
            raise HTTPError(404)
        self.answer(
            {
                "address": self.request.remote_ip,
                "scheme": self.request.protocol,
                "host": self.request.headers.get("Host"),
                "forwarded_for": self.request.headers.get("X-Forwarded-For"),
                "proxy_headers": self.site.settings.proxy_headers,
            }
        )


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


def _lies_in(address: str | None, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


routes = [
    (r"/healthz", Health),
    (r"/readyz", Ready),
    (r"/metrics", Metrics),
    (r"/seen", Seen),
]
