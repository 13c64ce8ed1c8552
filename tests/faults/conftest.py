"""Faults: real ones, each on a meeting of two hundred people."""

from pathlib import Path

import pytest
from places import places
from stores import Debian, Embedded

HERE = Path(__file__).parent
LONGEST = 300
"""Seconds for one fault."""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LONGEST))
            if "debian" in item.nodeid:
                # The parameter names a fixture that the test asks for when it runs.
                item.add_marker(pytest.mark.needs("redis-server"))


@pytest.fixture
def place_on(tmp_path):
    """Make places; what they hold is ended with the test."""
    with places(tmp_path) as make:
        yield make


@pytest.fixture
def embedded(place_on, tmp_path):
    """A place with the private store."""
    return place_on(Embedded(tmp_path / "store"))


@pytest.fixture
def debian(place_on, tmp_path):
    """A place with a store of one's own, that writes all to its disk."""
    return place_on(Debian(tmp_path / "redis"))


@pytest.fixture
def forgetful(place_on, tmp_path):
    """A place whose store keeps nothing on disk."""
    return place_on(Debian(tmp_path / "redis", durable=False))
