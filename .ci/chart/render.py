"""Render the Helm chart with the values of each example into a folder: `render.py FOLDER`."""

import sys
from pathlib import Path

import yaml
from helm_python.chart import Chart

CHART = Path(__file__).resolve().parents[2] / "deploy" / "helm"


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    with Chart.load(CHART) as chart:
        for example in sorted(CHART.glob("examples/*.yaml")):
            values = yaml.safe_load(example.read_text())
            rendered = chart.render(values, name="stackvote", namespace="stackvote")
            manifests = [text for name, text in rendered.items() if name.endswith(".yaml")]
            (folder / example.name).write_text("---\n".join(filter(str.strip, manifests)))


if __name__ == "__main__":
    main()
