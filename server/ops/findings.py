"""What a check found, in words."""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding matters."""

    FINE = "ok"
    ADVICE = "advice"
    FAULT = "fault"


class Finding(NamedTuple):
    """One finding, in words."""

    weight: Severity
    words: str


def faults(findings: list[Finding]) -> list[str]:
    """Return the texts of the findings that prevent serving boards."""
    return [finding.words for finding in findings if finding.weight is Severity.FAULT]
