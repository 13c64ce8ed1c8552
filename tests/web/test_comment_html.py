import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from server.web.comment_html import rich_text

CASES = json.loads((Path(__file__).parents[1] / "rich_text.json").read_text())


class Reader(HTMLParser):
    """What a browser would find in it."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], "text"

    def handle_starttag(self, tag, attributes):
        self.inside = {"a": "link", "code": "code"}[tag]
        if tag == "a":
            assert set(dict(attributes)) == {"href", "rel", "target"}
            self.href = dict(attributes)["href"]

    def handle_endtag(self, _tag):
        self.inside = "text"

    def handle_data(self, data):
        assert self.inside != "link" or data == self.href
        self.found.append([self.inside, data])


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_html_says_what_the_table_says(text, expected):
    reader = Reader()
    reader.feed(rich_text(text))
    reader.close()
    assert reader.found == expected


def test_nothing_is_kept_of_what_may_be_erased():
    assert not hasattr(rich_text, "cache_info")
