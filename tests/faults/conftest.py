"""Faults: real ones, each during a meeting of two hundred people."""

from pathlib import Path

import pytest

from support.deployments import Embedded, External, deployments

HERE = Path(__file__).parent
LONGEST = 300
"""Time limit for one fault, in seconds."""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LONGEST))
            if "debian" in item.nodeid:
                # The parameter names a fixture that the test requests at run time.
                item.add_marker(pytest.mark.needs("redis-server"))


@pytest.fixture
def deploy_on(tmp_path):
    """Create deployments; whatever they start is stopped with the test."""
    with deployments(tmp_path) as make:
        yield make


@pytest.fixture
def embedded(deploy_on, tmp_path):
    """A deployment with the embedded store."""
    return deploy_on(Embedded(tmp_path / "store"))


@pytest.fixture
def debian(deploy_on, tmp_path):
    """A deployment with an external store that writes everything to its disk."""
    return deploy_on(External(tmp_path / "redis"))


@pytest.fixture
def forgetful(deploy_on, tmp_path):
    """A deployment whose store keeps nothing on disk."""
    return deploy_on(External(tmp_path / "redis", durable=False))
