"""What operators and their machines ask."""

from ipaddress import ip_address, ip_network

from tornado.web import HTTPError

from server import metrics
from server.web.handler import Access, Handler


class Health(Handler):
    """The process is alive."""

    access = Access.ANYONE

    def get(self) -> None:
        self.answer({"status": "alive"})


class Ready(Handler):
    """People can be sent here: the store answers, and the server is not going away."""

    access = Access.ANYONE

    def get(self) -> None:
        hub = self.site.hub
        if hub.ready:
            self.answer({"status": "ready"})
        else:
            status = "draining" if hub.draining else "store_away"
            self.answer({"status": status}, status=503)


class Metrics(Handler):
    """What the server counts, of all its processes, as Prometheus reads it."""

    access = Access.ANYONE

    def prepare(self) -> None:
        allowed = self.site.settings.metrics_from
        if allowed and not _lies_in(self.request.remote_ip, allowed):
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
]
