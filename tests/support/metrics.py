"""The metrics of this process, asked as Prometheus asks them."""

from prometheus_client.metrics import MetricWrapperBase

from server.observability import metrics


def families():
    """Return the metrics that workers define, without samples: name, type, documentation."""
    defined = (each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase))
    return [family for metric in defined for family in metric.describe()]


def value_of(metric, **labels):
    """Return the value of a metric, or of its labels; 0 if nothing was counted."""
    (family,) = metric.collect()
    samples = (sample for sample in family.samples if not sample.name.endswith("_created"))
    return next((sample.value for sample in samples if sample.labels == labels), 0)
