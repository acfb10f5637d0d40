"""Reading the hourly sums: by version, by feature, by day and by month. Nothing here reads a single prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.monitoring.model import Window
from core.monitoring.performance import TruthSums
from core.store import Store

_WHERE = "deployment_id = ? AND hour >= ? AND hour < ? AND (? IS NULL OR model_version_id = ?)"


def _params(deployment_id: str, window: Window, model_version_id: str | None) -> list[Any]:
    return [deployment_id, window.from_at, window.to_at, model_version_id, model_version_id]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What was served in a window.

    Args:
        score_counts, latency_counts: histograms in the bins of `core.monitoring.bins`.
    """

    n: int
    treated: int
    score_sum: float
    latency_ms_mean: float
    latency_counts: tuple[int, ...]
    first_hour: datetime | None
    last_hour: datetime | None


def read_traffic(store: Store, deployment_id: str, window: Window, model_version_id: str | None = None) -> Traffic:
    """Traffic of a deployment, or of one of its versions."""
    row = store.one(
        "SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(treated), 0)::BIGINT, coalesce(sum(score_sum), 0), coalesce(sum(latency_ms_sum), 0),"
        f" min(hour), max(hour) FROM prediction_hours WHERE {_WHERE}",
        _params(deployment_id, window, model_version_id),
    )
    n, treated, score_sum, latency_sum, first, last = row or (0, 0, 0.0, 0.0, None, None)
    counts = _add_lists(store, "prediction_hours", "latency_counts", deployment_id, window, model_version_id)
    return Traffic(n, treated, score_sum, latency_sum / n if n else 0.0, counts, first, last)


def _add_lists(store: Store, table: str, column: str, deployment_id: str, window: Window, model_version_id: str | None) -> tuple[int, ...]:
    rows = store.rows(
        f"SELECT place, sum(v)::BIGINT FROM (SELECT unnest({column}) AS v, generate_subscripts({column}, 1) AS place FROM {table}"
        f" WHERE {_WHERE}) GROUP BY place ORDER BY place",
        _params(deployment_id, window, model_version_id),
    )
    return tuple(row[1] for row in rows)


@dataclass(frozen=True, slots=True)
class FeatureSums:
    """One feature in a window: its histogram in its version's bins."""

    feature: str
    counts: tuple[int, ...]
    missing: int
    unseen: int
    n: int


def read_features(store: Store, deployment_id: str, window: Window, model_version_id: str) -> tuple[FeatureSums, ...]:
    """Histograms of all features (and the score) that one version was served."""
    params = _params(deployment_id, window, model_version_id)
    totals = store.rows(
        f"SELECT feature, sum(missing)::BIGINT, sum(unseen)::BIGINT, sum(n)::BIGINT FROM feature_hours WHERE {_WHERE} GROUP BY feature",
        params,
    )
    bins = store.rows(
        "SELECT feature, place, sum(v)::BIGINT FROM (SELECT feature, unnest(counts) AS v, generate_subscripts(counts, 1) AS place"
        f" FROM feature_hours WHERE {_WHERE}) GROUP BY feature, place ORDER BY feature, place",
        params,
    )
    counts: dict[str, list[int]] = {}
    for feature, _, value in bins:
        counts.setdefault(feature, []).append(value)
    return tuple(FeatureSums(f, tuple(counts.get(f, ())), missing, unseen, n) for f, missing, unseen, n in totals)


def read_feature_days(
    store: Store, deployment_id: str, window: Window, model_version_id: str, feature: str
) -> list[tuple[date, tuple[int, ...]]]:
    """One feature's histogram, day by day."""
    rows = store.rows(
        "SELECT day, list(v ORDER BY place) FROM (SELECT day, place, sum(v)::BIGINT AS v FROM (SELECT hour::DATE AS day, unnest(counts) AS v,"
        f" generate_subscripts(counts, 1) AS place FROM feature_hours WHERE {_WHERE} AND feature = ?) GROUP BY day, place) GROUP BY day ORDER BY day",
        [*_params(deployment_id, window, model_version_id), feature],
    )
    return [(day, tuple(counts)) for day, counts in rows]


def read_truth(store: Store, deployment_id: str, window: Window, model_version_id: str | None = None) -> TruthSums:
    """Labelled decisions of a window, summed."""
    row = store.one(
        "SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(tp), 0)::BIGINT, coalesce(sum(fp), 0)::BIGINT, coalesce(sum(fn), 0)::BIGINT,"
        f" coalesce(sum(tn), 0)::BIGINT, coalesce(sum(score_sum), 0) FROM truth_hours WHERE {_WHERE}",
        _params(deployment_id, window, model_version_id),
    )
    if row is None or row[0] == 0:
        return TruthSums()
    positive = _add_lists(store, "truth_hours", "positive_counts", deployment_id, window, model_version_id)
    negative = _add_lists(store, "truth_hours", "negative_counts", deployment_id, window, model_version_id)
    n, tp, fp, fn, tn, score_sum = row
    return TruthSums(n, tp, fp, fn, tn, score_sum, positive, negative)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """Money of one version under one contract in one month (or day), in one currency.

    Args:
        served, labelled: decisions, and those whose truth is known.
        realised: what the labelled ones earned over the reference, by what was done in fact. squares: sum of squares of it, per decision.
        estimated: what the others are expected to have earned. estimated_var: variance of that sum.
        delay_s_sum: seconds from decision to truth, summed over the labelled ones.
        contract_id: empty where there was none yet.
        positives: labelled ones whose outcome was positive. overridden: labelled ones where something else was done than decided.
        decided: what the labelled ones would have earned had everything been done as decided.
    """

    deployment_id: str
    model_version_id: str
    version: int
    month: date
    currency: str
    served: int
    labelled: int
    realised: Decimal
    squares: float
    estimated: Decimal
    estimated_var: float
    delay_s_sum: float
    contract_id: str = ""
    positives: int = 0
    overridden: int = 0
    decided: Decimal = Decimal(0)


def read_value(store: Store, window: Window, deployment_ids: Sequence[str] | None = None, grain: str = "month") -> list[ValueRow]:
    """Money by deployment, version, contract and month (or day), from the hourly sums, oldest first.

    Args:
        deployment_ids: None takes all.
        grain: ``month`` or ``day``.
    """
    unit = {"month": "month", "day": "day"}[grain]
    rows = store.rows(
        f"SELECT deployment_id, model_version_id, version, date_trunc('{unit}', hour)::DATE AS month, currency, sum(n)::BIGINT,"
        " sum(labelled)::BIGINT, sum(value_sum), sum(value_squares), sum(gain_sum) - sum(known_gain_sum), sum(gain_var) - sum(known_gain_var),"
        " sum(delay_s_sum), contract_id, sum(positives)::BIGINT, sum(overridden)::BIGINT, sum(decided_sum) FROM value_hours"
        " WHERE hour >= ? AND hour < ? AND (? IS NULL OR deployment_id IN (SELECT unnest(?::VARCHAR[])))"
        " GROUP BY ALL ORDER BY month, deployment_id, version, min(hour), contract_id",
        [window.from_at, window.to_at, None if deployment_ids is None else 1, list(deployment_ids or ())],
    )
    return [_row_to_value(row) for row in rows]


def _row_to_value(row: tuple[Any, ...]) -> ValueRow:
    values = [*row[:7], Decimal(row[7]), row[8], Decimal(row[9]), max(0.0, row[10]), *row[11:15], Decimal(row[15])]
    return ValueRow(*values)


@dataclass(frozen=True, slots=True)
class DayTraffic:
    """Decisions of one day, version and arm, and how many of them have a known outcome."""

    day: date
    version: int
    arm: str
    predictions: int
    treated: int
    labelled: int
    latency_ms_mean: float


def read_days(store: Store, deployment_id: str, window: Window) -> list[DayTraffic]:
    """Traffic by day, version and arm, oldest first."""
    params = _params(deployment_id, window, None)
    rows = store.rows(
        "WITH p AS (SELECT hour::DATE AS day, version, arm, sum(n)::BIGINT AS n, sum(treated)::BIGINT AS treated, sum(latency_ms_sum) AS ms"
        f" FROM prediction_hours WHERE {_WHERE} GROUP BY ALL),"
        f" t AS (SELECT hour::DATE AS day, version, arm, sum(n)::BIGINT AS n FROM truth_hours WHERE {_WHERE} GROUP BY ALL)"
        " SELECT day, version, arm, p.n, p.treated, coalesce(t.n, 0), p.ms / p.n FROM p LEFT JOIN t USING (day, version, arm)"
        " ORDER BY day, version, arm",
        [*params, *params],
    )
    return [DayTraffic(*row) for row in rows]


def busiest(store: Store) -> str | None:
    """The deployment with the most decisions that are valued; None before the first."""
    row = store.one("SELECT deployment_id FROM value_hours GROUP BY deployment_id ORDER BY sum(n) DESC, deployment_id LIMIT 1")
    return str(row[0]) if row else None


def span_of(store: Store, deployment_id: str) -> tuple[datetime, datetime] | None:
    """First and last hour with a prediction; None before the first."""
    row = store.one("SELECT min(hour), max(hour) FROM prediction_hours WHERE deployment_id = ?", [deployment_id])
    return None if row is None or row[0] is None else (row[0], row[1])


def newest_version(store: Store, deployment_id: str, window: Window) -> str | None:
    """The model version that served last as champion in a window."""
    row = store.one(
        f"SELECT model_version_id FROM prediction_hours WHERE {_WHERE} ORDER BY (arm = 'champion') DESC, hour DESC, version DESC LIMIT 1",
        _params(deployment_id, window, None),
    )
    return str(row[0]) if row else None


def is_replayed(store: Store, deployment_id: str) -> bool:
    """Whether any of a deployment's history was replayed rather than served live."""
    return store.one("SELECT 1 FROM prediction_hours WHERE deployment_id = ? AND replayed LIMIT 1", [deployment_id]) is not None


def newest_hour(store: Store) -> datetime | None:
    """The newest hour with a prediction, of any deployment."""
    row = store.one("SELECT max(hour) FROM prediction_hours")
    return row[0] if row else None
