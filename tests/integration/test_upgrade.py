"""A running installation is upgraded in its place while people vote, and no one loses anything."""

import asyncio
import contextlib
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.proxies import proxy
from faults.meeting import SLOWNESS
from faults.network_links import NETWORK, Network
from model.checker import settled
from model.reference_board import ReferenceBoard
from support.connections import served, spread
from support.deployments import QUICK, Embedded, External
from support.server import launched
from support.store import VALKEY
from support.wait import eventually

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "server", "static", "templates", "data")
NEWER = "0.1.99"

# Two wheels are built, and installed twice.
pytestmark = pytest.mark.timeout(300)


def wheel(folder, change=lambda _source: None):
    """Build a wheel of this source, after a change to it."""
    source = folder / "source"
    source.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name)
        else:
            shutil.copy(ROOT / name, source)
    change(source)
    pip("wheel", "--no-deps", "--wheel-dir", folder, source)
    (built,) = folder.glob("*.whl")
    return built


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *map(str, arguments)], check=True)


def replaced(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new))


def make_newer(source):
    """A version whose pages ask for something that no handler of the older one has."""
    project = source / "pyproject.toml"
    project.write_text(
        re.sub(r'^version = ".*"', f'version = "{NEWER}"', project.read_text(), flags=re.MULTILINE)
    )
    replaced(
        source / "server/web/handler.py",
        '    problem = ""\n',
        '    problem = ""\n    novelty = "new"\n',
    )
    for page in (source / "templates").glob("*.html"):
        if page.name != "base.html":
            asks = r"\1{% set newer = handler.novelty %}"
            text, asked = re.subn(r"({% block \w+ %})", asks, page.read_text(), count=1)
            assert asked
            page.write_text(text)
    script = source / "static/js/ballot/page.js"
    script.write_text(script.read_text() + 'export const novelty = "newer";\n')


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    return wheel(folder / "older"), wheel(folder / "newer", make_newer)


class Installation:
    """An environment of its own, with the libraries of this one and Stackvote from a wheel."""

    def __init__(self, folder, first):
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        (packages,) = folder.glob("lib/*/site-packages")
        # Not the packages' own .pth files: one of them leads to this source.
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.install(first)
        self.program = [str(folder / "bin" / "stackvote")]

    def install(self, built):
        pip("--python", self.python, "install", "--no-deps", "--force-reinstall", built)


def versions(server):
    """How many workers of each version there are."""
    _, text = server.get("/metrics")
    found = re.findall(r'^stackvote_build_info\{.*version="([^"]+)"\} (\S+)', text, re.MULTILINE)
    return {version: float(number) for version, number in found if float(number)}


def script(server):
    """Fetch the script that the ballot names; its freshness and its text."""
    status, page = server.get("/b/FRAMEWORKS")
    assert status == 200, server.log
    (version,) = set(re.findall(r"/static/([0-9a-f]+)/", page))
    address = f"{server.address}/static/{version}/pages/ballot.js"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.headers["Cache-Control"], answer.read().decode()


@pytest.fixture
def deployment(deploy_on, tmp_path):
    return deploy_on(Embedded(tmp_path / "store"))


@pytest.fixture
def older(deployment, wheels, tmp_path):
    """A server of the older version, and where it is installed."""
    installation = Installation(tmp_path / "venv", wheels[0])
    with serving(deployment, installation) as server:
        yield server, installation


def serving(deployment, installation, **environment):
    return launched(
        deployment.folder / "server",
        *("--processes", "3", "--secret-file", str(deployment.folder / "secret")),
        program=installation.program,
        cwd=deployment.folder,
        STACKVOTE_MESSAGE_RATE="1000",
        STACKVOTE_MESSAGE_BURST="1000",
        **environment,
    )


def test_workers_are_upgraded_one_by_one_while_people_vote(deployment, older, wheels):
    server, installation = older
    server.await_greeting()
    deployment.store.serves(server)

    async def meeting():
        async with deployment.crowd() as crowd:
            await crowd.join(server, 20)
            await spread(crowd, server)
            held = {}

            async def upgrade():
                await deployment.answered(100)
                (before,) = versions(server).items()
                assert before == (before[0], 3)
                assert before[0] != NEWER
                await asyncio.to_thread(installation.install, wheels[1])
                # The older workers still serve their own pages and scripts, though others lie there now.
                for _ in range(9):
                    for path in ("/", "/b/FRAMEWORKS", "/b/FRAMEWORKS/screen"):
                        assert (await asyncio.to_thread(server.get, path))[0] == 200
                fresh, text = await asyncio.to_thread(script, server)
                assert 'novelty="newer"' not in text
                assert fresh.endswith("immutable")
                held["history"] = ReferenceBoard.of(deployment.store, crowd.code).entries
                server.signal(1)
                await eventually(lambda: "All workers are new." in server.log, 120)
                assert versions(server) == {NEWER: 3}
                await deployment.answered(100)

            await crowd.busy(upgrade())
            reference = await settled(deployment.store, crowd, deployment.recording)
            # What the older version wrote is what the newer one reads, entry by entry.
            for seq, entry in held["history"].items():
                assert reference.entries[seq] == entry
            assert all(set(person.closes) <= {1012} for person in crowd.all)
            assert not deployment.recording.refused
            fresh, text = await asyncio.to_thread(script, server)
            assert fresh.endswith("immutable")
            assert 'novelty="newer"' in text

    asyncio.run(asyncio.wait_for(meeting(), 240))
    assert server.stop() == 0
    assert "Traceback" not in server.log


def test_a_restart_with_the_newer_version_keeps_people_waiting_for_seconds(
    deployment, older, wheels
):
    server, installation = older
    server.await_greeting()
    deployment.store.serves(server)
    stack = []

    def restart():
        installation.install(wheels[1])
        began = time.monotonic()
        assert server.stop() == 0
        again = serving(deployment, installation, STACKVOTE_PORT=str(server.port))
        stack.append(again)
        deployment.store.serves(again.__enter__().await_greeting())
        return began

    async def meeting():
        async with deployment.crowd() as crowd:
            crowd.talkative = 0.05
            await crowd.join(server, 20)
            await spread(crowd, server)

            async def upgrade():
                await deployment.answered(100)
                began = await asyncio.to_thread(restart)
                await eventually(lambda: all(p.present and len(p.welcomes) > 1 for p in crowd.all))
                print(f"everybody was back after {time.monotonic() - began:.1f} s")  # noqa: T201
                await deployment.answered(100)

            await crowd.busy(upgrade())
            await settled(deployment.store, crowd, deployment.recording)
            assert all(set(person.closes) == {1012} for person in crowd.all)
            assert all(person.goodbyes[0]["retry_after_ms"] for person in crowd.all)
            assert not deployment.recording.refused

    try:
        asyncio.run(asyncio.wait_for(meeting(), 240))
    finally:
        for again in stack:
            again.__exit__(None, None, None)


class Absences:
    """For how long each of some people were without a connection at most, in seconds."""

    def __init__(self, people):
        self.longest = dict.fromkeys(people, 0.0)
        self._people = people

    async def watch(self):
        away = {}
        while True:
            now = time.monotonic()
            for person in self._people:
                if person.present:
                    away.pop(person, None)
                else:
                    since = away.setdefault(person, now)
                    self.longest[person] = max(self.longest[person], now - since)
            await asyncio.sleep(0.02)


class Host:
    """A machine with Stackvote, on links to the proxy and people here, and to that with the store."""

    def __init__(self, network, store_machine):
        self.machine = network.machine()
        people = network.join(network.here, self.machine)
        store = network.join(self.machine, store_machine)
        for link in (people, store):
            link.is_bad(delay=0.005)
        self.address, self.store = people.other, store.other


@pytest.fixture
def network():
    with contextlib.ExitStack() as stack:
        yield Network(stack)


@pytest.mark.needs("nginx")
@pytest.mark.needs("ip")
def test_two_hosts_are_upgraded_one_after_the_other_while_people_vote(
    network, deploy_on, wheels, tmp_path
):
    """Both versions serve the same board meanwhile, and a proxy sends people to whichever is up."""
    store_machine = network.machine()
    machines = [Host(network, store_machine) for _ in range(2)]
    store = External(tmp_path / "store", program=VALKEY, machine=store_machine)
    deployment = deploy_on(store)
    installations = [Installation(tmp_path / f"venv-{n}", wheels[0]) for n in (1, 2)]
    hosts = []

    def serve(n, stack, port="0"):
        server = stack.enter_context(
            launched(
                tmp_path / f"host-{n}",
                *("--processes", "2", "--secret-file", str(tmp_path / "secret")),
                *store.at(machines[n].store),
                program=installations[n].program,
                cwd=tmp_path,
                inside=machines[n].machine.inside,
                host=machines[n].address,
                STACKVOTE_PORT=port,
                STACKVOTE_PROXY_HEADERS="true",
                STACKVOTE_METRICS_FROM=f"{NETWORK}.0.0/16",
                **QUICK,
            )
        )
        return server.await_greeting()

    def upgrade(n, stack):
        installations[n].install(wheels[1])
        port = str(hosts[n].port)
        assert hosts[n].stop() == 0
        hosts[n] = serve(n, stack, port)

    async def meeting(front, stack):
        async with deployment.crowd() as crowd:
            crowd.talkative = 0.05
            await crowd.join(front, 20)
            await crowd.join(front, 4, view="screen")
            absences = Absences(list(crowd.all))
            watching = asyncio.create_task(absences.watch())

            async def upgrade_both():
                for n, expected in ((0, [{NEWER: 2}, None]), (1, [{NEWER: 2}, {NEWER: 2}])):
                    await deployment.answered(100)
                    await asyncio.to_thread(upgrade, n, stack)
                    for host, wanted in zip(hosts, expected, strict=True):
                        assert wanted is None or versions(host) == wanted
                    assert wanted or NEWER not in versions(hosts[1])
                    await eventually(lambda: all(p.present for p in crowd.all))
                    # Boards lead to one host; with another code this could be either.
                    assert any(any(served(host).values()) for host in hosts)
                    await deployment.answered(100)

            await crowd.busy(upgrade_both())
            watching.cancel()
            await settled(deployment.store, crowd, deployment.recording)
            assert all(set(person.closes) <= {1006, 1012} for person in crowd.all)
            assert not deployment.recording.refused
            return max(absences.longest.values())

    with contextlib.ExitStack() as stack:
        hosts += [serve(0, stack), serve(1, stack)]
        upstreams = [f"{host.host}:{host.port}" for host in hosts]
        port = stack.enter_context(proxy("nginx", upstreams, tmp_path))
        front = SimpleNamespace(address=f"http://127.0.0.1:{port}")
        away = asyncio.run(asyncio.wait_for(meeting(front, stack), 240))
        assert away < 5.0 * SLOWNESS, away
        for host in hosts:
            assert host.stop() == 0
            assert "Traceback" not in host.log
