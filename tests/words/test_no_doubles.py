"""A sentence stands once: what means the same in the same kind of place has one id, or refers to it."""

import re
from collections import defaultdict

from fluent.syntax import ast, serialize

from server.words import catalogue

ALLOWED = [
    # A sentence, and the same words on a label, where other languages write them differently.
    {"ballot-chose", "sent-single"},
    {"ballot-closed", "board-now-locked"},
    {"option-suited-label", "option-suited-to"},
    # A button, and a heading, a mark or a key that begins in lower case.
    {"decide-title", "host-decide"},
    {"defer-title", "host-defer"},
    {"home-archived", "phase-archived"},
    {"home-deferred", "phase-deferred"},
    {"host-pause", "screen-key-pause"},
    {"home-decided", "phase-decided", "record-column-decided"},
    # On a page, and in the record, which is passed on to other readers.
    {"kind-con", "record-against"},
    {"kind-pro", "record-for"},
    {"name-label", "record-column-name"},
    {"options-title", "record-considered"},
    {"ranking-option", "record-column-option"},
    {"record-agreement", "record-column-agreement"},
    {"record-link", "record-title"},
    # The same English words mean something else.
    {"ballot-rank", "ranking-rank"},  # To rank; the place.
    {"comment-mark-hidden", "rounds-hidden"},  # A comment; a result.
    {"continue", "host-resume"},  # With the next step; the clock.
    {"evidence-dropped", "evidence-unranked"},  # Out of the run-off; not on the ballot.
    {"host-reopen", "proposal-take-back"},  # A decision; a proposal.
    {"home-more-options", "step-more"},  # Options of a template; rows of a count.
    {"method-dots", "ranking-dots"},  # A method; a number.
    {"breach-option", "read-option"},  # What was typed stands in quotation marks.
    {"read-field-in-line", "read-line"},  # What was typed stands in quotation marks.
]


def in_short(message):
    """Give what a message says without its punctuation, and without the names of its arguments;
    nothing for one that has no words of its own.
    """
    text = serialize(ast.Resource([message])).partition("=")[2]
    if not re.search(r"[A-Za-z]", re.sub(r"\{[^{}]*\}", "", text)):
        return ""
    names = list(dict.fromkeys(re.findall(r"\$\w+", text)))
    text = re.sub(r"\$\w+", lambda found: f"${names.index(found[0])}", text)
    text = re.sub(r"NUMBER\((\$\d+)(, useGrouping: 1)?\)", r"\1", text)
    return re.sub(r"[\s.:…,;“”]+", " ", text).strip().lower()


def test_no_sentence_stands_twice():
    saying = defaultdict(set)
    for id_, message in catalogue.Messages("en").items():
        saying[in_short(message)].add(id_)
    saying.pop("")
    doubles = [ids for ids in saying.values() if len(ids) > 1]
    assert sorted(map(sorted, doubles)) == sorted(map(sorted, ALLOWED))
