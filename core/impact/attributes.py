"""By which columns a report compares groups of people: those whose name says so, else those whose groups surely differ most."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import InvalidInput
from core.impact.arrays import BoolArray
from core.impact.bootstrap import LEVEL
from core.impact.breakdown import cut_of
from core.impact.fairness import MIN_ROWS, FairnessFindings, GapVerdict, assess_fairness
from core.impact.groups import group_column
from core.impact.remembered import Remembered
from core.impact.report import ImpactReport
from core.impact.source import runs
from core.impact.task_fairness import TaskFairness
from core.workspace import Workspace

Assess = Callable[[pd.Series, float], FairnessFindings | TaskFairness]

MOST_PEOPLE = 6
MOST_FOUND = 3
WEIGHED = 6
ALIKE = 0.95

# What people may not be treated unlike for in most laws (Charter of Fundamental Rights of the EU, article 21; Constitution
# of Japan, article 14), as columns are called: whole words of a name in English, parts of a name in Japanese.
WORDS = frozenset(
    [
        "sex",
        "gender",
        "male",
        "female",
        "age",
        "ages",
        "birth",
        "birthday",
        "birthdate",
        "dob",
        "birthyear",
        "senior",
        "elderly",
        "marital",
        "married",
        "marriage",
        "spouse",
        "partner",
        "family",
        "dependents",
        "dependants",
        "children",
        "pregnant",
        "pregnancy",
        "maternity",
        "nationality",
        "citizen",
        "citizenship",
        "foreign",
        "foreigner",
        "immigrant",
        "native",
        "ethnic",
        "ethnicity",
        "race",
        "racial",
        "religion",
        "disability",
        "disabled",
    ]
)
PARTS = (
    "性別", "男女", "年齢", "年代", "生年", "誕生", "高齢", "婚姻", "既婚", "未婚", "結婚", "配偶", "扶養", "家族", "子供", "子ども", "妊娠", "出産",
    "国籍", "外国", "出身", "民族", "人種", "宗教", "信条", "障がい", "障害者",
)  # fmt: skip
_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns to compare groups by; `people`: those of them whose name tells of people."""

    columns: tuple[str, ...]
    people: tuple[str, ...]


def tells_of_people(name: str) -> bool:
    """Whether a column's name says that it tells people apart by what they are.

    >>> [n for n in ("SeniorCitizen", "personal_status_sex", "usage", "page", "AGE", "顧客の年齢層", "障害件数") if tells_of_people(n)]
    ['SeniorCitizen', 'personal_status_sex', 'AGE', '顧客の年齢層']
    """
    return any(token.lower() in WORDS for token in _TOKENS.findall(name)) or any(part in name for part in PARTS)


_kept: Remembered[Chosen] = Remembered()


def choose_attributes(ws: Workspace, report: ImpactReport) -> Chosen:
    """Columns by which a report compares groups.

    All whose name tells of people, at most six. Where there are fewer than three of these, columns whose groups surely
    differ in how they are picked or reached fill up to three in all, the widest gap first; their intervals allow for all
    columns that were looked at (Bonferroni), so that looking at many finds nothing by chance.

    Raises:
        NotFound: the report's run or value model is gone.
    """
    digest = report.provenance.scores_sha256
    key = ("attributes", report.run_id, digest, report.value_model_id, report.decides, str(ws.settings.home))

    def compute() -> Chosen:
        cut = cut_of(ws, report)
        names = list(runs().attributes(ws, cut.run.dataset_version_id))
        frame = runs().columns(ws, cut.run.dataset_version_id, names, cut.rows.rows[cut.keep])
        book = cut.sample.book
        return choose_columns(
            frame, cut.decision, lambda column, level: assess_fairness(column, book.y, cut.decision, book.values(), level)
        )

    return _kept.get(key, compute)


def choose_columns(frame: pd.DataFrame, picked: BoolArray, assess: Assess) -> Chosen:
    """Columns of a frame by which groups are compared.

    Args:
        frame: all columns but target and id, a row for each decision.
        picked: what groups may differ in most: whether picked, or decided rightly, shape (n,).
        assess: compares the groups of a column at a level.
    """
    grouped = [str(name) for name in frame.columns if _judged(frame[str(name)]) > 1]
    people = tuple(name for name in grouped if tells_of_people(name))[:MOST_PEOPLE]
    others = [name for name in grouped if not tells_of_people(name)]
    found = _widest(frame, others, picked, assess)[: max(MOST_FOUND - len(people), 0)]
    return Chosen((*people, *found), people)


def _judged(column: pd.Series) -> int:
    """How many groups of a column are large enough to be judged."""
    grouping = group_column(column, missing=True, others=True)
    return 0 if grouping is None else int(np.count_nonzero(np.bincount(grouping.codes, minlength=len(grouping.groups)) >= MIN_ROWS))


def _widest(frame: pd.DataFrame, names: Sequence[str], picked: BoolArray, assess: Assess) -> list[str]:
    """Columns whose groups surely differ, the widest gap first."""
    level = 1 - (1 - LEVEL) / max(len(names), 1)
    spread = {name: _spread(frame[name], picked) for name in names}
    likely = sorted(names, key=spread.__getitem__, reverse=True)[:WEIGHED]
    found: list[tuple[tuple[bool, float], str]] = []
    for name in likely:
        try:
            findings = assess(frame[name], level)
        except InvalidInput:
            continue
        if (gap := _sure_gap(findings)) is not None:
            found.append((gap, name))
    kept: list[str] = []
    for _, name in sorted(found, reverse=True):
        if not any(_same_groups(frame[name], frame[other]) for other in kept):
            kept.append(name)
    return kept


def _same_groups(first: pd.Series, second: pd.Series) -> bool:
    """Whether two columns group nearly all rows alike, as a day and its date do: then one of them says it."""
    one, two = (group_column(column, missing=True, others=True) for column in (first, second))
    if one is None or two is None:
        return False
    size = len(two.groups)
    table = np.bincount(one.codes * size + two.codes, minlength=len(one.groups) * size).reshape(len(one.groups), size)
    return bool(min(table.max(axis=0).sum(), table.max(axis=1).sum()) >= ALIKE * table.sum())


def _spread(column: pd.Series, decision: BoolArray) -> float:
    """How unlike the groups of a column are picked: the chi-squared statistic by its degrees of freedom."""
    grouping = group_column(column, missing=True, others=True)
    if grouping is None:
        return 0.0
    counts = np.bincount(grouping.codes, minlength=len(grouping.groups)).astype(np.float64)
    picked = np.bincount(grouping.codes, weights=decision, minlength=len(grouping.groups))
    share, large = float(decision.mean()), counts >= MIN_ROWS
    if not 0 < share < 1 or np.count_nonzero(large) < 2:
        return 0.0
    apart = (picked[large] - counts[large] * share) ** 2 / (counts[large] * share * (1 - share))
    return float(apart.sum() / (np.count_nonzero(large) - 1))


def _sure_gap(findings: FairnessFindings | TaskFairness) -> tuple[bool, float] | None:
    """The gravest sure gap in being picked or reached: whether below four fifths, and how wide."""
    sure = [
        (gap.verdict is GapVerdict.WARNING, gap.difference.value) for gap in findings.gaps if gap.significant and not gap.metric.is_money
    ]
    return max(sure, default=None)
