"""What a test has left unclosed: sockets, files, processes, coroutines and tasks.

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
"""Tasks of the product and its libraries may go on: tests share workers."""


class Complaints(logging.Handler):
    """Gathers what asyncio says of tasks that nobody asked for their result."""

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
    """Take what exists so far out of every later collection, which makes those fast.

    Called once all tests are known, and again behind each file of tests, whose fixtures have ended.
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
    """Gather what finalizers raise, warnings included."""
    said = []
    hook = sys.unraisablehook
    # It is put into words at once: the object is about to go.
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
    # To ask for the current loop would make one.
    tasks = [each for each in gc.get_objects() if type(each) is asyncio.Task and not each.done()]
    words = []
    for task in tasks:
        if not _is_shared(task):
            words.append(f"a task: {task!r}")
            # The next test is innocent.
            task.cancel()
            task.get_loop().run_until_complete(asyncio.wait([task]))
    return words


def _is_shared(task):
    code = getattr(task.get_coro(), "cr_code", None)
    return code is None or any(place in code.co_filename for place in _SHARED)
