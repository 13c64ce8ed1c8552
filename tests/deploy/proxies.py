"""The recommended proxies, started with the recommended configuration files."""

import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.ports import free_port, is_listening
from support.programs import path_of
from support.wait import until

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "deploy" / "Caddyfile"
NGINX_CONF = ROOT / "deploy" / "nginx.conf"

# What a distribution's nginx.conf puts around the files in conf.d, here without root.
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


@contextmanager
def proxy(kind, upstreams, folder, port=None):
    """Run a proxy in front of some servers, and yield its port.

    Each is given as its port on this machine, or as the address of another with its port.
    """
    port = port or free_port()
    upstreams = [f"127.0.0.1:{each}" if isinstance(each, int) else each for each in upstreams]
    command, environment = _PROXIES[kind](port, upstreams, folder)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: is_listening(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "proxy.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _caddy(port, upstreams, folder):
    environment = {
        "SITE": f"http://:{port}",
        "UPSTREAMS": " ".join(upstreams),
        "HOME": str(folder),
    }
    return [path_of("caddy"), "run", "--config", str(CADDYFILE)], environment


def _nginx(port, upstreams, folder):
    text = replaced(NGINX_CONF.read_text(), "listen 80;", f"listen 127.0.0.1:{port};")
    text = replaced(text, "/var/log/nginx/access.log", f"{folder}/access.log")
    for number, upstream in enumerate(upstreams, 1):
        text = replaced(text, f"stackvote-{number}:8888", upstream)
    (folder / "stackvote.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX_FRAME.format(folder=folder))
    return [path_of("nginx"), "-c", str(folder / "nginx.conf"), "-e", "stderr"], {}


def replaced(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


_PROXIES = {"caddy": _caddy, "nginx": _nginx}
