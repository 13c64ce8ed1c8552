"""`stackvote check` through real proxies, set up well and badly, to a server that runs."""

import re

import pytest

from deploy.proxies import KINDS, NGINX_CONF, proxy, replaced
from server.cli import main
from support.ports import free_port
from support.server import launched

UPGRADE = "        proxy_set_header Upgrade $http_upgrade;\n"
HOST = "        proxy_set_header Host $http_host;\n"
FOR = "        proxy_set_header X-Forwarded-For $remote_addr;\n"
REAL = "        proxy_set_header X-Real-IP $remote_addr;\n"
PROTO = "        proxy_set_header X-Forwarded-Proto $scheme;\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that believes its proxy."""
    folder = tmp_path_factory.mktemp("server")
    with launched(folder, STACKVOTE_PROXY_HEADERS="true") as it:
        yield it.await_greeting()


@pytest.fixture
def check(server, capsys):
    """Run `stackvote check` for a public address; give its status and what it found."""

    def run(port, *more, believes=True):
        status = main(
            [
                *("check", "--data", str(server.folder / "data"), "--port", str(server.port)),
                *("--public-url", f"http://127.0.0.1:{port}", "--max-connections", "10"),
                *(["--proxy-headers"] if believes else []),
                *more,
            ]
        )
        return status, capsys.readouterr().out

    return run


def _through(patch, configuration, server, folder):
    """Run nginx with a configuration that is not the one that is recommended."""
    patch.setattr("deploy.proxies.NGINX_CONF", configuration)
    return proxy("nginx", [server.port, server.port], folder)


@pytest.mark.parametrize("kind", KINDS)
def test_the_proxies_that_are_recommended_pass_all(kind, server, check, tmp_path):
    with proxy(kind, [server.port, server.port], tmp_path) as port:
        status, shown = check(port)
    assert status == 0
    assert not re.search("^(fault|advice)", shown, re.MULTILINE), shown
    assert "A live connection goes through, both ways." in shown
    assert "passes on the visitor's address (here: 127.0.0.1)" in shown
    assert re.search(r"in the store after \d", shown)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((UPGRADE, ""), "does not pass on Upgrade"),
        ((HOST, ""), "It must pass on Host unchanged"),
        ((HOST, HOST.replace("$http_host", "$host")), "It must pass on Host unchanged"),
        ((REAL, ""), "A visitor can claim any address"),
        ((PROTO, ""), "must set X-Forwarded-Proto itself"),
        ((FOR + PROTO + REAL, ""), "A visitor can claim any address"),
        (("http://stackvote;", "http://127.0.0.1:1;"), "does not reach the server (502)"),
    ],
)
@pytest.mark.needs("nginx")
def test_what_a_proxy_leaves_out_is_a_fault_with_its_cure(change, words, server, check, tmp_path):
    broken = tmp_path / "broken.conf"
    broken.write_text(replaced(NGINX_CONF.read_text(), *change))
    with (
        pytest.MonkeyPatch.context() as patch,
        _through(patch, broken, server, tmp_path) as port,
    ):
        status, shown = check(port)
    assert status == 1
    assert re.search(rf"^fault .*{re.escape(words)}", shown, re.MULTILINE), shown


def test_counters_that_everyone_can_read_get_advice(server, check):
    # No proxy at all: everything passes, and nothing is kept back.
    status, shown = check(server.port)
    assert re.search(r"^advice .*Anyone can read", shown, re.MULTILINE), shown
    # Nor does anybody see to it that visitors cannot lie.
    assert status == 1
    assert "A visitor can claim any address" in shown


@pytest.mark.needs("nginx")
def test_a_proxy_that_is_not_believed_is_found(check, tmp_path):
    with (
        launched(tmp_path / "other") as unbelieving,
        proxy("nginx", [unbelieving.await_greeting().port] * 2, tmp_path) as port,
    ):
        status, shown = check(port, "--data", str(tmp_path / "other" / "data"), believes=False)
    assert status == 1
    assert re.search(r"^fault .*does not trust it.*Set --proxy-headers", shown, re.MULTILINE)


@pytest.mark.needs("nginx")
def test_another_secret_is_noticed(server, check, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x" * 64)
    secret.chmod(0o600)
    with proxy("nginx", [server.port, server.port], tmp_path) as port:
        status, shown = check(port, "--secret-file", str(secret))
    assert status == 0
    assert re.search(r"^advice .*has a different secret", shown, re.MULTILINE)


def test_no_one_there_is_told_from_a_way_that_is_barred(server, check, tmp_path):
    status, shown = check(free_port())
    assert status == 1
    assert re.search(r"^fault .*The server itself is running", shown, re.MULTILINE)
    status, shown = check(free_port(), "--port", str(free_port()))
    assert status == 0
    assert re.search(r"^advice .*Start the server and its proxy", shown, re.MULTILINE)


def test_how_a_request_arrives_is_no_ones_business(server):
    assert server.get("/seen")[0] == 404
