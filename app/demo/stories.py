"""The demo's three stories: which real rows train a model, and when each of the others is served and its outcome known."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.demo.bank import TRAIN_UNTIL, to_served
from core.data.samples import Sample, get_sample
from core.project.service import ProjectSpec

SEED = 20
OPENS_H, CLOSES_H = 8, 19


@dataclass(frozen=True, slots=True)
class Try:
    """One training run: its name, its model families, and columns that it may use although the others leave them out."""

    name: str
    families: tuple[str, ...]
    all_columns: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in one demo project.

    Args:
        dataset: name of the uploaded data. train_share: share of the rows that are uploaded, drawn at random; 0: by date.
        left_out: columns beside the sample's own that the models may not use.
        cases_per_month: about as many as are served, so that report and ledger speak of the same business.
        months: relative business of each month up to the running one, oldest first.
        most: rows that are served at most. delay_days: shortest and longest time from a decision to its outcome.
        window_days: how far a check looks back.
        first, others: the run that goes live, and those that come later.
        business_signs: whether somebody from the business has signed the contract that came in force with the first version.
    """

    key: str
    dataset: str
    train_share: float
    left_out: tuple[str, ...]
    cases_per_month: int
    months: tuple[float, ...]
    most: int
    delay_days: tuple[float, float]
    window_days: int
    first: Try
    others: tuple[Try, ...]
    note: str
    reason: str
    business_signs: bool = True

    @property
    def sample(self) -> Sample:
        """The sample behind it."""
        return get_sample(self.key)

    @property
    def project(self) -> ProjectSpec:
        """The sample's project at the size of the story's business."""
        spec = self.sample.project
        return spec if spec.value is None else replace(spec, value=replace(spec.value, cases_per_period=self.cases_per_month))


STORIES = (
    Story(
        "telco_churn_ibm", "Customers of the spring", 0.6, (), 500, (0.8, 1.0, 1.15, 0.9, 1.2, 1.0), 3000, (7.0, 24.0), 30,
        Try("Boosted trees", ("lightgbm",)), (Try("Linear model", ("linear",)), Try("All families", ("lightgbm", "random_forest", "linear"))),
        "First version, for the retention team", "The gain over today's rule is clear, and the team has time for the calls",
    ),
    Story(
        "german_credit", "Applications with known outcome", 0.6, ("personal_status_and_sex", "foreign_worker", "age_in_years"), 70,
        (0.9, 1.0, 1.2, 0.9, 1.0, 1.0), 400, (20.0, 45.0), 90,
        Try("Boosted trees", ("lightgbm",)), (Try("Linear model", ("linear",)), Try("All columns", ("lightgbm", "linear"), all_columns=True)),
        "Without age, personal status and nationality", "Fewer bad loans for fewer checks, without the columns that we may not use",
        business_signs=False,
    ),
    Story(
        "bank_marketing", "Campaign 2008", 0.0, (), 600, (1.1, 0.9, 1.2, 1.0, 0.9, 1.0), 3600, (2.0, 14.0), 30,
        Try("Boosted trees", ("lightgbm",)), (Try("Linear model", ("linear",)),),
        "Trained on the calls of 2008", "Better than calling everybody; watch it, since the market moves",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One real row that is served.

    Args:
        entity: its place in the sample, so that no row is served twice.
        features: as a caller sends them. truth: 1 for the positive class.
        known_at: when its outcome comes.
    """

    entity: str
    features: dict[str, Any]
    truth: int
    served_at: datetime
    known_at: datetime


def get_story(key: str) -> Story:
    """One story by its sample."""
    return next(story for story in STORIES if story.key == key)


def read_table(story: Story) -> pd.DataFrame:
    """All rows of a story's sample, in row order, cells as in the file."""
    return pd.read_csv(io.BytesIO(story.sample.read()), keep_default_na=False, na_values=[""])


def split_rows(story: Story, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to train on and rows to be served; no row is in both. Served ones keep the file's order where it is time, else they are shuffled."""
    if story.train_share == 0:
        early = table["contacted_on"] < TRAIN_UNTIL
        return table[early], table[~early].iloc[: story.most]
    order = np.random.default_rng(SEED).permutation(len(table))
    cut = round(len(table) * story.train_share)
    return table.iloc[np.sort(order[:cut])], table.iloc[order[cut:]].iloc[: story.most]


def write_training_file(story: Story, folder: Path) -> Path:
    """The training rows as a CSV file."""
    path = folder / f"{story.key}.csv"
    split_rows(story, read_table(story))[0].to_csv(path, index=False)
    return path


def tell_cases(story: Story, now: datetime) -> tuple[Case, ...]:
    """The served rows with their times, oldest first; the newest is from the day before `now` at the latest."""
    table = read_table(story)
    later = split_rows(story, table)[1]
    sample = story.sample
    hidden = frozenset(sample.roles.not_features) | frozenset(story.left_out)
    served = to_served(later, hidden, sample.roles.target, str(sample.roles.positive))
    luck = np.random.default_rng(SEED)
    times = spread_times(len(later), story.months, now, luck)
    least, most = story.delay_days
    delays = luck.triangular(least, (2 * least + most) / 3, most, len(later))
    return tuple(
        Case(f"{story.key}-{place}", row, truth, at, at + timedelta(days=float(delay)))
        for place, row, truth, at, delay in zip(later.index, served.rows, served.truth, times, delays, strict=True)
    )


def spread_times(count: int, months: Sequence[float], now: datetime, luck: np.random.Generator) -> list[datetime]:
    """Increasing times over the last months, on working days by day.

    Args:
        count: how many. months: relative business of each, the running month last.
        now: the running month ends here, and its share shrinks with what is left of it.

    Returns:
        Shape (count,), UTC.
    """
    days = [day for month in month_days(len(months), now) for day in month]
    weight = np.array([months[i] / 21 for i, month in enumerate(month_days(len(months), now)) for _ in month])
    # Some weeks are busier than others.
    weight = weight * luck.uniform(0.7, 1.3, len(weight))
    per_day = luck.multinomial(count, weight / weight.sum())
    times: list[datetime] = []
    for day, number in zip(days, per_day, strict=True):
        opens, closes = day + timedelta(hours=OPENS_H), day + timedelta(hours=CLOSES_H)
        times += [opens + (closes - opens) * float(share) for share in np.sort(luck.uniform(0, 1, number))]
    return times


def month_days(months: int, now: datetime) -> list[list[datetime]]:
    """Working days of the last months, each as its midnight, UTC; the running one up to yesterday."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[list[datetime]] = []
    first = today.replace(day=1)
    for _ in range(months):
        end = today if not found else (first + timedelta(days=32)).replace(day=1)
        span = [first + timedelta(days=n) for n in range((end - first).days)]
        found.insert(0, [day for day in span if day.weekday() < 5])
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def by_month(cases: Sequence[Case]) -> list[tuple[str, tuple[Case, ...]]]:
    """Cases month by month, oldest first, named like 2026-05."""
    names = list(dict.fromkeys(f"{case.served_at:%Y-%m}" for case in cases))
    return [(name, tuple(c for c in cases if f"{c.served_at:%Y-%m}" == name)) for name in names]
