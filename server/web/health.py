"""Health checks and metrics, for operators and their machines."""

import hmac
from ipaddress import ip_address, ip_network

from msgspec import Struct
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError

from server.domain.refusals import Code
from server.network.addresses import is_loopback
from server.network.allowed_hosts import machine_names, name_of
from server.observability import metrics
from server.web.errors import Problem
from server.web.handler import Access, Handler
from server.web.operations import operation
from server.words.catalogue import words


class Status(Struct, frozen=True):
    status: str


class Health(Handler):
    """Report that the process is alive, and nothing else. Any host name is accepted."""

    access = Access.ANYONE
    under_any_name = True

    @operation()
    async def get(self) -> Status:
        return Status("alive")


class Ready(Handler):
    """Report whether visitors can be sent here: the store answers, and this is no shutdown.

    Of a cluster, one node is enough: there are boards that can be voted on.
    """

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
    """How a request arrives here, for `stackvote check`: what the proxy changes on the way.

    Only holders of this installation's secret get an answer; to others, the page does not exist.
    """

    access = Access.ANYONE
    under_any_name = True
    """A proxy may pass on a wrong name, which is just what this must show."""

    def get(self) -> None:
        shown = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        expected: str = self.application.settings["diagnostics_token"]
        if not hmac.compare_digest(shown.encode(), expected.encode()):
            raise HTTPError(404)
        self.answer(
            {
                "address": self.request.remote_ip,
                "scheme": self.request.protocol,
                "host": self.request.headers.get("Host"),
                "forwarded_for": self.request.headers.get("X-Forwarded-For"),
                "origin": self.site.addresses.origin,
                "proxy_headers": self.site.settings.proxy_headers,
            }
        )


class Metrics(Handler):
    """The metrics of all processes, in the format of Prometheus."""

    access = Access.ANYONE

    async def prepare(self) -> None:
        await super().prepare()
        if not may_read_metrics(self.request, self.site.settings.metrics_from):
            raise Problem(
                403,
                Code.NOT_ALLOWED,
                words("refusal-metrics-from"),
            )

    def get(self) -> None:
        try:
            shown = metrics.exposition()
        except FileNotFoundError as error:
            # The parent process recreates the folder, and logs that.
            gone = words("refusal-metrics-gone")
            raise Problem(503, "going_away", gone) from error
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(shown)


def may_read_metrics(request: HTTPServerRequest, networks: tuple[str, ...]) -> bool:
    """Whether a client may read the metrics: by the configured networks, or from this machine.

    Without configured networks, only this machine may read them. A proxy on it also connects from a
    loopback address. With `proxy_headers`, the address of its client is known; otherwise, or if the
    proxy sends none, its requests are recognised by the host name that visitors use, or by the
    headers that it adds.
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
"""Headers by which proxies reveal themselves, as Tornado spells them."""


routes = [
    (r"/healthz", Health),
    (r"/readyz", Ready),
    (r"/metrics", Metrics),
    (r"/seen", Seen),
]
