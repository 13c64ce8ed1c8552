"""Several processes and real stores: whatever a test starts is always stopped."""

import pytest

from support.deployments import Embedded, External, deployments
from support.worker import embedded

__all__ = ["embedded"]


@pytest.fixture
def deploy_on(tmp_path):
    """Create deployments; whatever they start is stopped with the test."""
    with deployments(tmp_path) as make:
        yield make


@pytest.fixture(
    params=[
        pytest.param(Embedded, id="embedded"),
        pytest.param(External, id="debian", marks=pytest.mark.needs("redis-server")),
    ]
)
def deployment(request, deploy_on, tmp_path):
    """A deployment on each of the two stores."""
    return deploy_on(request.param(tmp_path / "store"))
