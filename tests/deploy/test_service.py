"""The systemd unit: understood by systemd, with time to end, and told when people are served."""

import configparser
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.process import sd_notify
from server.process.supervisor import DRAIN_MARGIN
from server.settings import SETTINGS, load
from support.programs import path_of
from support.server import launched

UNIT = Path(__file__).parents[2] / "deploy" / "stackvote.service"
THE_STORES = 10


class Sections(configparser.RawConfigParser):
    """A unit may name a key more than once: the values are gathered."""

    def __init__(self):
        super().__init__(strict=False, delimiters=("=",), interpolation=None)
        self.optionxform = str


def environment():
    lines = [line for line in UNIT.read_text().splitlines() if "Environment=" in line]
    return dict(line.partition("Environment=")[2].split("=", 1) for line in lines)


@pytest.mark.needs("systemd-analyze")
def test_systemd_understands_it(tmp_path):
    here = tmp_path / UNIT.name
    stackvote = Path(sys.executable).with_name("stackvote")
    here.write_text(UNIT.read_text().replace("/opt/stackvote/bin/stackvote", str(stackvote)))
    done = subprocess.run(
        [path_of("systemd-analyze"), "verify", here], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_sets_only_what_there_is():
    assert set(environment()) <= {setting.environment for setting in SETTINGS}
    assert load({}, environment()).log_format == "json"


def test_workers_end_before_the_store_and_both_have_time():
    unit = Sections()
    unit.read_string(UNIT.read_text())
    settings = load({}, environment())
    assert unit["Service"]["KillMode"] == "mixed"
    limit = int(unit["Service"]["TimeoutStopSec"])
    assert limit > settings.drain_seconds + DRAIN_MARGIN + THE_STORES
    assert int(unit["Service"]["LimitNOFILE"]) > settings.max_connections


@pytest.mark.parametrize("abstract", [False, True])
def test_the_manager_is_told_when_people_are_served_and_that_it_ends(tmp_path, abstract):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(30)
        name = f"stackvote-{tmp_path.name}" if abstract else str(tmp_path / "notify")
        manager.bind(f"\0{name}" if abstract else name)
        shown = f"@{name}" if abstract else name
        with launched(tmp_path / "server", "--processes", "2", NOTIFY_SOCKET=shown) as server:
            assert manager.recv(100) == b"READY=1"
            server.await_greeting()
            assert server.stop() == 0
            assert manager.recv(100) == b"STOPPING=1"


def test_a_manager_that_is_gone_ends_no_one(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    sd_notify.notify("READY=1")
