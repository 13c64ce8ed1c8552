"""The dashboard and the alerts know only figures that there are, and `promtool` understands them."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from server.observability import metrics
from server.observability.multiprocess import SharedMetrics
from support.metrics import families
from support.programs import path_of

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "stackvote.json").read_text())
RULES = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]


def known():
    """All names that can stand in an expression: of each figure what a scrape shows of it."""
    names = set()
    with SharedMetrics() as shared_metrics:
        parent = shared_metrics.folder / metrics.PARENT_FILE
        for family in text_string_to_metric_families(parent.read_text()):
            names |= {sample.name for sample in family.samples}
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""]}
    names |= {family.name + end for family in families() for end in ends[family.type]}
    return names


def named(text):
    return set(re.findall(r"\bstackvote_\w+", text))


def promtool(*arguments, **more):
    done = subprocess.run(
        [path_of("promtool"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **more,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_expressions_know_only_what_there_is():
    names = known()
    for expression in [*EXPRESSIONS, *(rule["expr"] for rule in RULES)]:
        assert named(expression) <= names, expression
        assert named(expression) or expression.startswith("up{")


def test_every_figure_is_on_the_dashboard():
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in named(" ".join(EXPRESSIONS))}
    assert shown == {re.sub("_(bucket|sum|count)$", "", name) for name in known()}


def test_labels_are_those_that_figures_have():
    labels = {
        metric._name: set(metric._labelnames)
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    for expression in EXPRESSIONS:
        for name, inside in re.findall(r"(stackvote_\w+)\{([^}]*)\}", expression):
            base = re.sub("_(total|bucket|sum|count)$", "", name)
            used = set(re.findall(r"(\w+)\s*(?:=~|!=|=)", inside)) - {"instance"}
            assert used <= labels.get(base, set()) | labels.get(name, set()), expression


def test_the_dashboard_can_be_imported():
    assert [row["title"] for row in DASHBOARD["panels"] if row["type"] == "row"] == [
        "Are people served?",
        "The store",
        "The machine",
    ]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    source, instance = DASHBOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
    assert named(instance["definition"]) <= known()
    for panel in PANELS:
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {each["uid"] for each in sources} == {"${datasource}"}
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"]
        assert defaults["thresholds"]["steps"][0]["value"] is None
        assert panel["description"].endswith(".")


def test_a_legend_names_labels_that_its_expression_keeps():
    for target in (target for panel in PANELS for target in panel["targets"]):
        if kept := re.findall(r"by \(([^)]*)\)", target["expr"]):
            named_labels = re.findall(r"{{(\w+)}}", target["legendFormat"])
            assert {*named_labels} <= {*", ".join(kept).split(", ")}, target
        if "store_node_present" in target["expr"]:
            assert (kept, named_labels) == (["node"], ["node"])


def test_panels_do_not_lie_on_each_other():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.needs("promtool")
def test_every_expression_is_understood(tmp_path):
    plain = [
        expression.replace("$__rate_interval", "1m").replace("$instance", ".*")
        for expression in EXPRESSIONS
    ]
    rules = [{"record": f"panel:{n}", "expr": each} for n, each in enumerate(plain)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", file)


@pytest.mark.needs("promtool")
def test_alerts_fire_when_they_should_and_only_then():
    assert "SUCCESS" in promtool("check", "config", PROMETHEUS / "prometheus.yml")
    assert "SUCCESS" in promtool("test", "rules", PROMETHEUS / "alerts_test.yml")


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_alert_says_what_to_do_and_stands_in_the_manual(rule):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "meaning", "look", "do"}
    assert f"`{rule['alert']}`" in OPERATIONS
    tried = (PROMETHEUS / "alerts_test.yml").read_text()
    assert tried.count(f"{rule['alert']}}}") + tried.count(f'"{rule["alert"]}"') >= 2


@pytest.mark.needs("promtool")
def test_a_scrape_is_understood_by_prometheus():
    promtool("check", "metrics", input=metrics.generate_latest(REGISTRY).decode())
