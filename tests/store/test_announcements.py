import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.store.announcements import Announcement, Counts, counted, listed

NUMBERS = st.integers(0, 10**9)
SEATS = st.sets(
    st.builds(
        "{}{}".format,
        st.sampled_from(("", "?")),
        st.text("abcXYZ019_-", min_size=1, max_size=24),
    ),
    max_size=20,
)
COUNTS = st.builds(Counts, NUMBERS, NUMBERS, NUMBERS, NUMBERS)


@given(NUMBERS, SEATS)
def test_a_list_is_read_as_it_was_written(expiry, seats):
    found = Announcement.read(str(expiry), listed(seats))
    assert found == Announcement(expiry, frozenset(seats))
    assert found.is_empty is not bool(seats)


@given(NUMBERS, COUNTS, SEATS, st.booleans())
def test_counts_are_read_as_they_were_written(expiry, counts, seats, asks):
    found = Announcement.read(str(expiry), counted(counts, seats, asks=asks))
    assert found == Announcement(expiry, frozenset(seats), counts, asks)


def test_a_later_version_may_count_more():
    found = Announcement.read("7", "=1=2=3=4=0=99 ann")
    assert found == Announcement(7, frozenset({"ann"}), Counts(1, 2, 3, 4))


@pytest.mark.parametrize(
    "words", ["=", "=1=2=3", "=1=2=3=4=x", "=-1=0=0=0=0", "=1=2=3=4=" + "9" * 30]
)
def test_anything_else_is_refused(words):
    with pytest.raises(ValueError, match=r"not|invalid|enough"):
        Announcement.read("7", words)
