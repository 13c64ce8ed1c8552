"""The Helm chart, rendered as Helm does it: no cluster is needed."""

import base64
import json
from pathlib import Path

import helm_python as helm
import kubernetes_validate
import pytest
import yaml

from server.network.addresses import Addresses
from server.process.supervisor import DRAIN_MARGIN
from server.security import secret
from server.settings import SETTINGS, load

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm"


EXAMPLES = {path.stem: yaml.safe_load(path.read_text()) for path in CHART.glob("examples/*.yaml")}
LEAST = {"publicUrl": "https://vote.example.org", "store": {"url": "redis://store:6379/0"}}
VERSIONS = ("1.27.0", "1.31.0", "1.37.0")


def rendered(values, **more):
    """The manifests by kind and name."""
    with helm.Chart.load(CHART) as chart:
        texts = chart.render(LEAST | values, name="stackvote", namespace="votes", **more)
    found = [
        each
        for name, text in texts.items()
        if name.endswith(".yaml")
        for each in yaml.safe_load_all(text)
        if each
    ]
    return {(each["kind"], each["metadata"]["name"]): each for each in found}


def pod(values):
    return rendered(values)["Deployment", "stackvote"]["spec"]["template"]["spec"]


def environment(values):
    (container,) = pod(values)["containers"]
    return {each["name"]: each.get("value") for each in container["env"]}


@pytest.mark.parametrize("values", [LEAST, *EXAMPLES.values()], ids=["least", *EXAMPLES])
def test_the_chart_is_accepted_by_helm_and_by_kubernetes(values):
    report = helm.lint(str(CHART), values, strict=True)
    assert report["errors"] == []
    assert {each["error"] for each in report["messages"]} <= {"icon is recommended"}
    # The last is a kind of an operator, which Kubernetes itself does not know.
    manifests = [each for (kind, _), each in rendered(values).items() if kind != "ServiceMonitor"]
    assert len(manifests) >= 6
    for manifest in manifests:
        assert manifest["metadata"]["namespace"] == "votes"
        for version in VERSIONS:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("values", [LEAST, *EXAMPLES.values()], ids=["least", *EXAMPLES])
def test_the_server_understands_its_settings(values):
    set_ = environment(values)
    assert set(set_) <= {setting.environment for setting in SETTINGS}
    assert set_.pop("STACKVOTE_REDIS_URL", "") is None  # It comes from a secret.
    settings = load({}, set_ | {"STACKVOTE_REDIS_URL": "redis://store:6379/0"})
    assert settings.public_url == "https://vote.example.org"
    assert settings.proxy_headers
    assert settings.durability == values["store"].get("durability", "none")
    (container,) = pod(values)["containers"]
    mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    assert settings.secret_path.parent == Path(mounts["secret"])
    assert str(settings.data) == mounts["data"]
    assert container["ports"] == [{"name": "http", "containerPort": settings.port}]
    assert settings.processes == 1


def test_the_version_is_that_of_the_application():
    project = (ROOT / "pyproject.toml").read_text()
    about = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert f'\nversion = "{about["appVersion"]}"\n' in project
    (container,) = pod({})["containers"]
    assert container["image"] == f"stackvote:{about['appVersion']}"
    pinned = {"image": {"repository": "r.example/stackvote", "digest": f"sha256:{'0' * 64}"}}
    (container,) = pod(pinned)["containers"]
    assert container["image"] == f"r.example/stackvote@sha256:{'0' * 64}"


@pytest.mark.parametrize("drain", [1, 15, 600])
def test_a_pod_that_stops_has_time_to_send_its_people_away(drain):
    spec = pod({"drainSeconds": drain, "preStopSeconds": 7})
    (container,) = spec["containers"]
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "7"]
    assert spec["terminationGracePeriodSeconds"] > 7 + drain + DRAIN_MARGIN


def test_the_made_secrets_can_be_used(tmp_path):
    made = rendered({})
    data = made["Secret", "stackvote-secret"]["data"]
    file = tmp_path / "secret"
    secret.put(file, base64.b64decode(data["secret"]))
    assert len(secret.read(file)) >= secret.SIZE
    assert made["Secret", "stackvote-secret"]["metadata"]["annotations"] == {
        "helm.sh/resource-policy": "keep"
    }
    url = made["Secret", "stackvote-store"]["data"]["redis-url"]
    assert base64.b64decode(url).decode() == LEAST["store"]["url"]


def test_given_secrets_are_used_and_none_is_made():
    given = {"store": {"existingSecret": "a-store"}, "secret": {"existingSecret": "a-secret"}}
    assert "Secret" not in {kind for kind, _ in rendered(given)}
    spec = pod(given)
    (container,) = spec["containers"]
    assert container["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "a-store"
    assert spec["volumes"][0]["secret"]["secretName"] == "a-secret"


def test_nothing_secret_is_in_a_manifest_but_in_the_secrets():
    url = "rediss://app:hunter2@store:6379/0"
    for (kind, _), manifest in rendered({"store": {"url": url}}).items():
        if kind != "Secret":
            assert "hunter2" not in json.dumps(manifest)


def test_a_store_with_sentinels_is_reached_at_both_ports():
    url = "rediss+sentinel://app:hunter2@one,two,three/mymaster/0"
    made = rendered({"store": {"url": url}, "networkPolicy": {"sentinelPort": 26379}})
    data = made["Secret", "stackvote-store"]["data"]["redis-url"]
    assert load({}, {"STACKVOTE_REDIS_URL": base64.b64decode(data).decode()}).redis_url == url
    assert "hunter2" not in json.dumps(made["Deployment", "stackvote"])
    assert store_ports(made) == [6379, 26379]
    assert store_ports(rendered({})) == [6379]


def store_ports(made):
    egress = made["NetworkPolicy", "stackvote"]["spec"]["egress"]
    return [each["port"] for each in egress[-1]["ports"]]


def test_a_path_is_kept_in_the_probes_and_in_the_ingress():
    values = {
        "publicUrl": "https://company.example:8443/vote/",
        "serviceMonitor": {"enabled": True},
    }
    root = Addresses(load({}, {"STACKVOTE_PUBLIC_URL": values["publicUrl"]})).root
    (container,) = pod(values)["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == f"{root}/readyz"
    for probe in ("startupProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["path"] == f"{root}/healthz"
    made = rendered(values)
    (rule,) = made["Ingress", "stackvote"]["spec"]["rules"]
    assert rule["host"] == "company.example"
    assert rule["http"]["paths"][0]["path"] == root
    (endpoint,) = made["ServiceMonitor", "stackvote"]["spec"]["endpoints"]
    assert endpoint["path"] == f"{root}/metrics"


@pytest.mark.parametrize(
    ("controller", "annotation"),
    [
        ("nginx", {"nginx.ingress.kubernetes.io/upstream-hash-by": "$uri"}),
        (
            "haproxy",
            {
                "haproxy.org/load-balance": "uri",
                "haproxy.org/backend-config-snippet": "hash-type consistent",
            },
        ),
    ],
)
def test_the_live_connections_of_a_board_can_go_to_one_pod(controller, annotation):
    values = {"ingress": {"boardAffinity": controller, "annotations": {"own": "kept"}}}
    found = rendered(values)["Ingress", "stackvote"]["metadata"]["annotations"]
    assert found.items() >= (annotation | {"own": "kept"}).items()
    assert "annotations" not in rendered({})["Ingress", "stackvote"]["metadata"]


def test_the_autoscaler_decides_how_many_pods_there_are():
    values = {"autoscaling": {"enabled": True, "connections": 500}}
    made = rendered(values)
    assert "replicas" not in made["Deployment", "stackvote"]["spec"]
    cpu, connections = made["HorizontalPodAutoscaler", "stackvote"]["spec"]["metrics"]
    assert cpu["resource"]["name"] == "cpu"
    assert connections["pods"]["metric"]["name"] == "stackvote_connections"
    assert connections["pods"]["target"]["averageValue"] == "500"
    assert rendered({})["Deployment", "stackvote"]["spec"]["replicas"] == 2


def test_without_an_ingress_no_header_is_trusted():
    assert environment({"ingress": {"enabled": False}})["STACKVOTE_PROXY_HEADERS"] == "false"
    assert ("Ingress", "stackvote") not in rendered({"ingress": {"enabled": False}})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"publicUrl": ""}, "publicUrl"),
        ({"publicUrl": "vote.example.org"}, "publicUrl"),
        ({"publicUrl": "https://vote.example.org/?x"}, "publicUrl"),
        ({"store": {}}, "Set store.existingSecret or store.url"),
        ({"store": {"url": "store:6379"}}, "store"),
        ({"replicas": 0}, "replicas"),
        ({"replica": 3}, "replica"),
        ({"image": {"digest": "sha256:short"}}, "digest"),
        ({"settings": {"retention": "3"}}, "retention"),
        ({"settings": {"STACKVOTE_PROCESSES": "4"}}, "from the value replicas"),
        ({"settings": {"STACKVOTE_DATA": "/elsewhere"}}, "sets STACKVOTE_DATA itself"),
        ({"ingress": {"boardAffinity": "apache"}}, "boardAffinity"),
    ],
)
def test_a_wrong_value_is_refused_in_words(values, words):
    with pytest.raises(helm.HelmError, match=words):
        rendered(values)
