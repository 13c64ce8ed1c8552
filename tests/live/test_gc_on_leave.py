import gc
import weakref

import pytest

from server.live.gc_on_leave import CROWD, GcOnLeave


class Circle:
    def __init__(self):
        self.itself = self


@pytest.fixture
def left_behind():
    """Something that only a collection finds; none comes by itself."""
    gc.disable()
    try:
        yield weakref.ref(Circle())
    finally:
        gc.enable()


def test_what_a_crowd_leaves_is_collected_and_what_a_few_leave_is_not(left_behind):
    leavings = GcOnLeave()
    for _ in range(CROWD - 1):
        leavings.add()
    leavings.collect()
    assert left_behind() is not None
    leavings.add()
    leavings.collect()
    assert left_behind() is None


def test_the_next_crowd_is_counted_again(left_behind):
    leavings = GcOnLeave()
    for _ in range(CROWD):
        leavings.add()
    leavings.collect()
    later = weakref.ref(Circle())
    leavings.add()
    leavings.collect()
    assert left_behind() is None
    assert later() is not None
