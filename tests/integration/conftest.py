"""Several processes and real stores: what a test starts is ended, whatever becomes of it."""

import pytest
from places import places
from stores import Debian, Embedded


@pytest.fixture
def place_on(tmp_path):
    """Make places; what they hold is ended with the test."""
    with places(tmp_path) as make:
        yield make


@pytest.fixture(
    params=[
        pytest.param(Embedded, id="embedded"),
        pytest.param(Debian, id="debian", marks=pytest.mark.needs("redis-server")),
    ]
)
def place(request, place_on, tmp_path):
    """A place on each of the two stores."""
    return place_on(request.param(tmp_path / "store"))
