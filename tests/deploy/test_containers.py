"""The files for containers, read as the tools read them: no engine is needed."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from server.network.allowed_hosts import AllowedHosts
from server.process.supervisor import DRAIN_MARGIN
from server.settings import SETTINGS, load
from server.web.health import may_read_metrics

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SERVERS = {name: each for name, each in SERVICES.items() if name.startswith("stackvote")}
PINNED = re.compile(r"[a-z/]+:\d+\.\d+[-.\w]*")


def expanded(text):
    """Fill in `${NAME:-default}` as compose does when nothing is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text))


def environment(service):
    return {name: expanded(value) for name, value in service["environment"].items()}


def stages():
    return DOCKERFILE.split("FROM ")[1:]


def instructions(stage, name):
    return re.findall(rf"^{name} +(.*)$", stage, re.MULTILINE)


def test_two_servers_share_a_store_and_a_secret():
    assert len(SERVERS) == 2
    first, second = (load({}, environment(server)) for server in SERVERS.values())
    assert first == second
    assert first.redis_url == "redis://store:6379/0"
    assert first.proxy_headers
    (folder,) = {volume for server in SERVERS.values() for volume in server["volumes"]}
    assert first.secret_path.parent == Path(folder.partition(":")[2])


def test_only_settings_that_exist_are_set():
    known = {setting.environment for setting in SETTINGS}
    for server in SERVERS.values():
        assert set(server["environment"]) <= known
    assert set(re.findall(r"STACKVOTE_[A-Z_]+", DOCKERFILE)) <= known


def test_servers_have_time_to_send_people_away():
    for server in SERVERS.values():
        grace = float(server["stop_grace_period"].removesuffix("s"))
        assert grace > load({}, environment(server)).drain_seconds + DRAIN_MARGIN


def test_the_store_writes_first_and_drops_nothing():
    command = SERVICES["store"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options == {
        "--appendonly": "yes",
        "--appendfsync": "always",
        "--maxmemory-policy": "noeviction",
        "--save": "",
    }
    assert "store:/data" in SERVICES["store"]["volumes"]
    assert SERVICES["store"]["healthcheck"]["test"][-1] == "ping"


def test_the_proxy_knows_all_servers_and_is_the_only_way_in():
    assert environment(SERVICES["proxy"])["UPSTREAMS"].split() == [
        f"{name}:8888" for name in SERVERS
    ]
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["proxy"]
    assert "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("store", *SERVERS):
        assert SERVICES[name]["networks"] == ["inside"]


def test_the_proxy_serves_the_address_that_links_carry():
    for server in SERVERS.values():
        assert (
            SERVICES["proxy"]["environment"]["SITE"]
            == server["environment"]["STACKVOTE_PUBLIC_URL"]
        )


def test_servers_answer_to_whom_asks_them_by_name():
    prometheus = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    (job,) = prometheus["scrape_configs"]
    (targets,) = (each["targets"] for each in job["static_configs"])
    for server in SERVERS.values():
        settings = load({}, environment(server))
        names = AllowedHosts(settings)
        assert all(names.include(each) for each in targets)
        assert names.include("localhost")  # Where people come in.
        assert not names.include("evil.example")
        # Prometheus has an address that the engine gave it.
        for address in ("172.18.0.5", "10.89.0.3", "192.168.96.2"):
            request = HTTPServerRequest(
                start_line=RequestStartLine("GET", "/metrics", "HTTP/1.1"),
                headers=HTTPHeaders({"Host": targets[0]}),
            )
            request.remote_ip = address
            assert may_read_metrics(request, settings.metrics_from)
        request.remote_ip = "203.0.113.5"
        assert not may_read_metrics(request, settings.metrics_from)


def test_volumes_and_networks_are_declared():
    for service in SERVICES.values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_images_are_pinned():
    images = [service["image"] for service in SERVICES.values()]
    images += [stage.split()[0] for stage in stages()]
    for image in images:
        assert PINNED.fullmatch(image), image


def test_what_the_image_copies_is_there_and_let_through():
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in allowed
    sources = [source for line in instructions(stages()[0], "COPY") for source in line.split()[:-1]]
    assert {"server", "static", "templates", "data"} <= set(sources)
    for source in sources:
        assert f"!{source}" in allowed
        assert (ROOT / source).exists()


def test_the_image_runs_as_no_one_special_and_builds_nothing():
    final = stages()[-1]
    assert instructions(final, "USER") == ["10001:10001"]
    assert "pip" not in final
    assert instructions(final, "STOPSIGNAL") == ["SIGTERM"]
    assert instructions(final, "ENTRYPOINT") + instructions(final, "CMD") == [
        '["stackvote"]',
        '["run"]',
    ]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_tells_ready_from_not(status, healthy):
    asked = []

    class Readiness(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    (check,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", stages()[-1], re.MULTILINE)
    name, *arguments = json.loads(check)
    assert name == "python"
    with HTTPServer(("127.0.0.1", 0), Readiness) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        ended = subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | {"STACKVOTE_PORT": str(server.server_port)},
            stderr=subprocess.DEVNULL,
            check=False,
        )
        answering.join()
    assert asked == ["/readyz"]
    assert (ended.returncode == 0) is healthy
