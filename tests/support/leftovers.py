"""What a test has left open: sockets, files, processes, coroutines and tasks.

Python complains when such an object is collected, which may be many tests later. So garbage is
collected after each test, once its fixtures have ended.
"""

import asyncio
import gc
import logging
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import server

_SHARED = (str(Path(server.__file__).parent), "site-packages")
"""Tasks of the product and its libraries may continue, because tests share workers."""


class Complaints(logging.Handler):
    """Collects what asyncio logs about tasks whose result was never retrieved."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []
        logging.getLogger("asyncio").addHandler(self)

    def emit(self, record):
        self.found.append(record.getMessage())

    def taken(self):
        found, self.found = self.found, []
        return found


_complaints = Complaints()


def forget_all_before():
    """Exclude all existing objects from later collections, to make those fast.

    Called once all tests are collected, and again after each test file, when its fixtures have
    ended.
    """
    gc.collect()
    gc.freeze()


def of(item):
    """Return a line for each thing that a test has left behind."""
    with _finalizers() as said:
        # pytest keeps the values of fixtures until the test is reported.
        if getattr(item, "funcargs", None):
            item.funcargs.clear()
        gc.collect()
    return said + _complaints.taken() + _waiting_tasks()


@contextmanager
def _finalizers():
    """Collect what finalizers raise, including warnings."""
    said = []
    hook = sys.unraisablehook
    # Formatted at once, because the object is about to be destroyed.
    sys.unraisablehook = lambda raised: said.append(
        f"{raised.exc_type.__name__}: {raised.exc_value}"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield said
    finally:
        sys.unraisablehook = hook


def _waiting_tasks():
    # Asking for the current loop would create one.
    tasks = [each for each in gc.get_objects() if type(each) is asyncio.Task and not each.done()]
    # A loop that runs now is in a thread of its own, such as that of a relay which tests share.
    tasks = [each for each in tasks if not each.get_loop().is_running()]
    words = []
    for task in tasks:
        if not _is_shared(task):
            words.append(f"a task: {task!r}")
            # The next test is not to blame.
            task.cancel()
            task.get_loop().run_until_complete(asyncio.wait([task]))
    return words


def _is_shared(task):
    code = getattr(task.get_coro(), "cr_code", None)
    return code is None or any(place in code.co_filename for place in _SHARED)
