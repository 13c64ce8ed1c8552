"""The proxies that are recommended, started with the very files that are recommended."""

import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs import path_of

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "deploy" / "Caddyfile"
NGINX_CONF = ROOT / "deploy" / "nginx.conf"

# What a distribution's own nginx.conf has around the files in conf.d, here without root.
NGINX_FRAME = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/stackvote.conf;
}}
"""


KINDS = [pytest.param(kind, marks=pytest.mark.needs(kind)) for kind in ("caddy", "nginx")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def proxy(kind, upstreams, folder):
    """Run a proxy before the upstream ports given, and give its port."""
    port = free_port()
    command, environment = _PROXIES[kind](port, upstreams, folder)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _await_listening(process, port, folder / "proxy.log")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _await_listening(process, port, log):
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text()
        time.sleep(0.01)


def _caddy(port, upstreams, folder):
    environment = {
        "SITE": f"http://:{port}",
        "UPSTREAMS": " ".join(f"127.0.0.1:{upstream}" for upstream in upstreams),
        "HOME": str(folder),
    }
    return [path_of("caddy"), "run", "--config", str(CADDYFILE)], environment


def _nginx(port, upstreams, folder):
    text = _replaced(NGINX_CONF.read_text(), "listen 80;", f"listen 127.0.0.1:{port};")
    text = _replaced(text, "/var/log/nginx/access.log", f"{folder}/access.log")
    for number, upstream in enumerate(upstreams, 1):
        text = _replaced(text, f"stackvote-{number}:8888", f"127.0.0.1:{upstream}")
    (folder / "stackvote.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX_FRAME.format(folder=folder))
    return [path_of("nginx"), "-c", str(folder / "nginx.conf"), "-e", "stderr"], {}


def _replaced(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


_PROXIES = {"caddy": _caddy, "nginx": _nginx}
