"""The sentence on how a report decides names the simpler way that would have brought most on the test rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.impact.amounts import Amount
from core.impact.choosing import Candidate
from core.impact.policy_sentences import policy_finding
from core.impact.report import ImpactReport
from core.words import Words


def behind(report: ImpactReport, **moved: int) -> ImpactReport:
    """The report, its simpler ways behind (or, negative, ahead) by so much."""
    amounts = {name: Amount(*(Decimal(amount),) * 3) for name, amount in moved.items()}
    told = tuple(replace(p, behind=amounts.get(p.candidate.value, p.behind)) for p in report.policies)
    return replace(report, policies=told)


@pytest.mark.parametrize(
    ("usual", "single", "says"),
    [
        (-9_000_000, -4_000_000, "the usual 50% would have brought ¥9.0M"),
        (-3_000_000, -4_000_000, "one threshold would have brought ¥4.0M"),
        (5_000_000, 4_000_000, "one threshold for everybody would bring ¥4.0M"),
        (-9_000_000, 4_000_000, "the usual 50% would have brought ¥9.0M"),
    ],
)
def test_the_way_that_would_have_brought_most_is_named(by_case: ImpactReport, usual: int, single: int, says: str) -> None:
    assert {Candidate.USUAL, Candidate.BEST_THRESHOLD} <= {p.candidate for p in by_case.policies}
    assert says in policy_finding(Words("en"), behind(by_case, usual=usual, best_threshold=single))
