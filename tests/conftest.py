"""The fast tests first, and properties that are tried alike on every machine."""

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent

# From rules in memory to processes that are killed: who breaks a rule hears it within seconds.
ORDER = [
    *("domain", "docs", "", "live", "web", "log", "protocol", "security", "oracles", "fuzz"),
    *("deploy", "integration", "browser", "faults"),
]
PROCESSES = {"test_app.py", "test_tls.py", "test_workers.py"}

# The same examples each time, on slow machines too: a failure is of the code, not of the day.
# `EXAMPLES=20000` lets the larger properties search anew.
settings.register_profile(
    "alike",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("alike")


def place(item):
    """Say when a test comes: by its folder; those that start processes late."""
    parts = item.path.relative_to(HERE).parts
    folder = parts[0] if len(parts) > 1 else ""
    return ORDER.index("deploy" if parts[-1] in PROCESSES else folder)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: place(item) if item.path.is_relative_to(HERE) else 0)


@pytest.fixture(autouse=True)
def log_as_before():
    """Put back what a command under test did to the log of this whole process."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
