import pytest

from server.web.accept_encoding import accepted
from server.web.bundles import ENCODINGS


@pytest.mark.parametrize(
    ("header", "best"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000 , gzip;q=0", None),
        ("br;q=1.0", "br"),
        ("br;q=much", None),
        ("identity", None),
        ("*", None),
        ("", None),
    ],
)
def test_the_best_accepted_encoding_is_chosen(header, best):
    assert accepted(header, ENCODINGS) == best
