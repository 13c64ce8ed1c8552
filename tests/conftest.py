"""Runs fast tests first, makes property tests reproducible, and checks that nothing is left behind.

A test is slow because of its folder, or its own mark; `make test` runs the others. Programs that a
test needs are looked for before anything is opened (`support/programs.py`). What a test does not close
fails that test, not a later one (`support/leftovers.py`).
"""

import logging
import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from server.words import catalogue
from support import leftovers
from support.programs import how_to_install, is_installed, why_missing

HERE = Path(__file__).parent

# A page is shown even without a sentence; a test fails.
catalogue.strict = True

# From rules in memory to processes that are killed: breaking a rule is noticed within seconds.
FAST = [
    *(
        "domain",
        "exports",
        "words",
        "docs",
        "",
        "support",
        "sanitize",
        "network",
        "observability",
        "security",
        "concurrency",
    ),
    *("ops", "process", "live", "web", "store"),
]
SLOW = [
    "protocol",
    "relay",
    "attacks",
    "oracles",
    "fuzz",
    "deploy",
    "integration",
    "browser",
    "faults",
]
ORDER = FAST + SLOW
PROCESSES = {
    f"test_{name}.py"
    for name in (
        *("administration", "app", "board_templates", "multiprocess", "nothing_bypasses"),
        *("store_supervisor", "supervisor", "tls"),
    )
}
"""These start servers, and come late."""

# Optional libraries, and the tests that cannot be imported without them.
collect_ignore = [
    path
    for path, library in {
        "oracles": "pref_voting",
        "browser": "playwright",
        "deploy/test_chart.py": "helm_python",
    }.items()
    if find_spec(library) is None
]

# The same examples each time, on slow machines too: a failure is caused by the code, not by chance.
# `EXAMPLES=20000` makes the larger properties search further.
settings.register_profile(
    "alike",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
settings.load_profile("alike")
settings.register_profile("few", settings.get_profile("alike"), max_examples=30)


def pytest_ignore_collect(collection_path, config):
    """Skip the folders that `make test` leaves out entirely: collecting them takes seconds."""
    left_out = set(SLOW) - {"integration"} if config.option.markexpr == "not slow" else ()
    return True if collection_path.parent == HERE and collection_path.name in left_out else None


def place(item):
    """Return the folder that determines when a test runs."""
    parts = item.path.relative_to(HERE).parts
    folder = parts[0] if len(parts) > 1 else ""
    return "deploy" if parts[-1] in PROCESSES else folder


def pytest_xdist_auto_num_workers():
    """Run one more process than there are cores, because some tests wait."""
    return min(8, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(items):
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        if place(item) in SLOW and item.get_closest_marker("fast") is None:
            item.add_marker(pytest.mark.slow)
    others = [item for item in items if not item.path.is_relative_to(HERE)]
    items[:] = others + sorted(ours, key=lambda item: ORDER.index(place(item)))


def pytest_collection_finish():
    leftovers.forget_all_before()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if not is_installed(program):
                pytest.skip(why_missing(program))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    result = yield
    found = leftovers.of(item)
    if nextitem is None or nextitem.path != item.path:
        leftovers.forget_all_before()
    if found:
        pytest.fail("This test left behind:\n" + "\n".join(found), pytrace=False)
    return result


@pytest.fixture(autouse=True)
def log_as_before():
    """Undo what a command under test did to the log of this process."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


class Reporter:
    """Reports a failure when it happens, and at the end everything that was skipped, once."""

    def __init__(self, terminal):
        self._terminal = terminal

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self._terminal.ensure_newline()
            message = getattr(report.longrepr, "reprcrash", None)
            first = str(message.message if message else report.longrepr).partition("\n")[0]
            self._terminal.write_line(f"FAILED {report.nodeid} - {first[:200]}", red=True)

    def pytest_terminal_summary(self, terminalreporter):
        skipped = terminalreporter.stats.get("skipped", [])
        reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
        if not reasons:
            return
        terminalreporter.section("skipped")
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"{count:4} tests: {reason}")
        if line := how_to_install(reasons):
            terminalreporter.write_line(f"To run them too: {line}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if config.option.markexpr == "not slow":
        # `make test` answers fast; `make test-all` tries the usual 100 examples.
        settings.load_profile("few")
    # With several processes, only the first one reports.
    if not hasattr(config, "workerinput"):
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        config.pluginmanager.register(Reporter(terminal))
