"""What operators and their machines ask."""

import hmac
from ipaddress import ip_address, ip_network

from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from server import metrics
from server.addresses import is_loopback
from server.domain.refusals import Code
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.web.own_names import machine_names, name_of
from server.web.problems import Problem


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
        if hub.draining:
            return Status("draining")
        return Status("store_away" if not hub.store.present else "failing")


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
        if not may_read_metrics(self.request, self.site.settings.metrics_from):
            raise Problem(
                403,
                Code.NOT_ALLOWED,
                "The counters are for this machine alone, unless metrics_from names your network.",
            )

    def get(self) -> None:
        try:
            shown = metrics.exposition()
        except FileNotFoundError as error:
            # Its parent makes the folder again, and says so.
            words = "The folder with the figures was deleted. Ask again in a moment."
            raise Problem(503, "going_away", words) from error
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(shown)


def may_read_metrics(request: HTTPServerRequest, networks: tuple[str, ...]) -> bool:
    """Say whether the counters are for whoever asks: by the networks that were set, or else for
    this machine.

    A proxy on this machine, too, comes from a loopback address. Whom it asks for is told by
    `proxy_headers`; where that is not on, or the proxy says nothing, its requests are known by the
    name under which its visitors came, or by the headers that it adds.
    """
    try:
        found = ip_address(request.remote_ip or "")
    except ValueError:
        return False
    name = name_of(request.host)
    if networks:
        direct = is_loopback(name) or name in machine_names()
        listed = any(found in ip_network(network) for network in networks)
        return listed and (direct or not found.is_loopback)
    passed_on = any(
        header in _ADDED or header.startswith("X-Forwarded") for header in request.headers
    )
    return found.is_loopback and is_loopback(name) and not passed_on


_ADDED = {"Forwarded", "Via", "X-Real-Ip", "X-Scheme"}
"""Headers with which proxies say that they are in between, as Tornado writes them."""


routes = [
    (r"/healthz", Health),
    (r"/readyz", Ready),
    (r"/metrics", Metrics),
    (r"/seen", Seen),
]
