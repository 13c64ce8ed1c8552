"""Files that are not code name only settings, options, paths, modules and log events that exist."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

from server.settings import SETTINGS

ROOT = Path(__file__).parents[2]
FILES = [
    *(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
    *(path for path in (ROOT / ".ci").iterdir() if path.is_file()),
    *(ROOT / name for name in ("Dockerfile", "docker-compose.yml", "Makefile")),
    *(ROOT / name for name in ("docs/capacity.md", "bench/README.md", "bench/RESULTS.md")),
]
FOLDERS = r"\.ci|bench|data|deploy|docs|server|static|templates|tests"
OTHER_PROGRAMS = {
    "deploy/setup.sh": {"--clear", "--no-input", "--editable"},  # venv, pip
    "deploy/stackvote.service": {"--system"},  # useradd
    "deploy/helm/examples/cluster.yaml": {"--from-literal", "--values"},  # kubectl, helm
    "deploy/helm/examples/managed.yaml": {"--from-literal", "--values"},  # kubectl, helm
    "deploy/helm/examples/sentinel.yaml": {"--from-literal", "--values"},  # kubectl, helm
    "deploy/helm/templates/NOTES.txt": {"--namespace"},  # kubectl
    "bench/README.md": {"--quick", "--only", "--windows", "--servers"},  # the benchmarks
}
FLAGGED = ("deploy/", "docs/", "bench/README.md")
NAMES = {setting.name for setting in SETTINGS}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_settings_exist(path):
    text = path.read_text()
    assert set(re.findall(r"\bSTACKVOTE_[A-Z_]+\b", text)) <= {
        each.environment for each in SETTINGS
    }
    if name_of(path).startswith(FLAGGED):
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
        known = {f"--{name.replace('_', '-')}" for name in NAMES}
        assert flags <= known | OTHER_PROGRAMS.get(name_of(path), set())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_paths_exist(path):
    found = re.findall(rf"(?<![\w./-])(?:{FOLDERS})/[\w./-]*\w", path.read_text())
    kept = [each for each in found if not re.search(r"/(node_modules|\.venv)\b", each)]
    assert [each for each in kept if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_modules_exist(path):
    modules = re.findall(r"-m ((?:server|bench)\b[\w.]*\w)", path.read_text())
    assert [each for each in modules if importlib.util.find_spec(each) is None] == []


@pytest.mark.parametrize(
    "name", ["deploy/stackvote.service", "deploy/prometheus/prometheus.yml", "docker-compose.yml"]
)
def test_settings_in_comments_exist(name):
    comments = re.findall(r"^ *# (.*)$", (ROOT / name).read_text(), re.MULTILINE)
    assert set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", " ".join(comments))) <= NAMES


def test_settings_of_the_capacity_page_exist():
    page = (ROOT / "docs" / "capacity.md").read_text()
    assert set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page)) <= NAMES


def test_log_events_of_the_alerts_exist():
    source = "\n".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    known = set(re.findall(r'\bevent\(\s*"(\w+)"', source))
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0][
        "rules"
    ]
    named = re.findall(r"`(\w+_\w+)`", " ".join(rule["annotations"]["look"] for rule in rules))
    assert named
    assert set(named) <= known
