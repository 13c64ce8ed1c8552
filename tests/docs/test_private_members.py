"""Tests ask the public members of the server, so that its insides can change without them.

Each exception below is worth its reach inside: it holds what no answer, metric or log line shows.
"""

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
OF_NAMED_TUPLES = {"_replace", "_asdict", "_fields", "_make"}
EXCEPTIONS = {
    "attacks/test_exhaustion.py": {"_connections"},
    "deploy/test_monitoring.py": {"_labelnames", "_name"},
    "deploy/test_setup.py": {"_base_executable"},
    "domain/test_deduplication.py": {"_refused"},
    "domain/test_history.py": {"_SETTINGS", "_WORDS"},
    "fuzz/messages.py": {"_checked"},
    "integration/test_damaged_boards.py": {"_discard"},
    "integration/test_faults_inside.py": {"_Submission", "_spawn"},
    "integration/test_pending_answers.py": {
        "_Submission",
        "_discard",
        "_opening",
        "_recheck",
        "_submissions",
        "_waiting",
    },
    "live/socket_pairs.py": {"_transport"},
    "live/test_backlog.py": {"_holds", "_readers"},
    "live/test_broadcaster.py": {
        "_broadcaster",
        "_membership",
        "_next_pulse",
        "_owed",
        "_pending",
        "_reader",
    },
    "live/test_connection.py": {"_message_began", "_outbox", "_partial", "_pinged", "_waiting"},
    "live/test_connection_state.py": {"_outbox", "_transport"},
    "live/test_expiry.py": {"_check_all", "_discard", "_seen", "_tasks", "_touched"},
    "live/test_hub.py": {"_membership", "_submissions", "_withheld"},
    "live/test_membership.py": {"_tabs", "_voters"},
    "live/test_replica.py": {"_mark", "_reading"},
    "live/test_revocations.py": {"_submissions"},
    "live/test_room.py": {
        "_LONG",
        "_clock_offset",
        "_counting",
        "_membership",
        "_subscriptions",
        "_result",
        "_freezes",
        "_timer",
    },
    "network/test_allowed_hosts.py": {"_RESOLVER"},
    "observability/test_logs.py": {"_KINDS"},
    "ops/test_check_store.py": {"_clocks", "_durability", "_version"},
    "sanitize/test_redaction.py": {"_hidden"},
    "security/test_rate_limit.py": {"_KEPT", "_buckets"},
    "security/test_shared_rate_limit.py": {"_SETS"},
    "security/test_tls.py": {"_asking"},
    "store/test_damage.py": {"_logged"},
    "store/test_embedded.py": {"_PATIENCE"},
    "store/test_event_log.py": {"_DURABLE_MS", "_copies"},
    "store/test_pipeline.py": {"_buffer", "_free", "_reader"},
    "store/test_presence.py": {"_lost", "_others", "_task"},
    "store/test_subscriber.py": {"_read", "_subscriptions"},
    "web/test_fair_queue.py": {"_waiting"},
    "web/test_http_server.py": {"_asking", "_room"},
    "web/test_incomplete_requests.py": {"_bodies", "_incomplete", "_size"},
    "web/test_openapi.py": {"_methods"},
    "web/test_paced_response.py": {"_buffers", "_connections", "_readers", "_write_buffer"},
    "words/test_browser.py": {"_Compiler"},
    "words/test_catalogue.py": {"_catalogue", "_folder"},
}


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in OF_NAMED_TUPLES


def private_members(source):
    """Return the private names that a file uses and does not define itself."""
    own, used = set(), set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                own.add(name)
            case ast.ClassDef(name=name):
                own.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                own.add(name)
            case ast.Attribute(attr=name):
                used.add(name)
            case ast.ImportFrom(names=names):
                used.update(alias.name for alias in names)
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[_, *_] as args):
                texts = [arg.value for arg in args if isinstance(arg, ast.Constant)]
                used.update(t.rpartition(".")[2] for t in texts if isinstance(t, str))
    return {name for name in used - own if is_private(name)}


def test_tests_reach_into_private_members_only_where_listed():
    found = defaultdict(set)
    for path in TESTS.rglob("*.py"):
        if names := private_members(path.read_text()):
            found[str(path.relative_to(TESTS))] = names
    assert found == EXCEPTIONS


def test_each_way_to_reach_inside_is_found():
    ways = {
        "room._timer": "_timer",
        "from server.x import _Submission": "_Submission",
        "monkeypatch.setattr('server.x._PATIENCE', 1)": "_PATIENCE",
        "monkeypatch.setattr(x, '_told', 1)": "_told",
    }
    for source, name in ways.items():
        assert private_members(source) == {name}
    assert private_members("class A:\n  def f(self): self._a = 1\na._a") == set()
