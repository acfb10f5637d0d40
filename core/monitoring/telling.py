"""What the monitoring and alert pages say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from core.monitoring.check import Comparison
from core.monitoring.findings import FeatureDrift
from core.monitoring.model import Alert, AlertState, Check, MonitorConfig, Part, PartResult, Severity, Verdict
from core.monitoring.performance import Estimate
from core.monitoring.wording import PARTS, say
from core.words import Words, mark

ORDER = (Verdict.RED, Verdict.AMBER, Verdict.GREEN, Verdict.INSUFFICIENT_DATA)
STATEMENTS: dict[Part, str] = {
    Part.VALUE: mark("It earns what was promised"),
    Part.PERFORMANCE: mark("It decides as well as promised"),
    Part.DRIFT: mark("What comes in looks like the training data"),
    Part.QUALITY: mark("Values and outcomes arrive complete"),
    Part.TRAFFIC: mark("It is being used"),
}
TITLES: dict[Part, str] = {
    Part.DRIFT: mark("Cases look different from the training data"),
    Part.QUALITY: mark("Values or outcomes are missing"),
    Part.PERFORMANCE: mark("Decisions are less right than promised"),
    Part.VALUE: mark("It earns less than promised"),
    Part.TRAFFIC: mark("Nothing comes in"),
}
PREDICTION = mark("Prediction")
OTHERS = mark("all others")


def headline(words: Words, check: Check | None) -> str:
    """The page's finding: the most alarming part's first reason, or that all is well."""
    if check is None:
        return words.t("Not checked yet")
    ranked = sorted((p for p in check.parts if p.verdict in {Verdict.RED, Verdict.AMBER}), key=lambda p: ORDER.index(p.verdict))
    if ranked:
        return _bare(say(words, _first(ranked).reasons[0]))
    if check.verdict is Verdict.INSUFFICIENT_DATA:
        return words.t("Too few decisions to judge yet")
    return words.t("Everything looks as it was approved")


def _first(ranked: Sequence[PartResult]) -> PartResult:
    """Among equally alarming parts drift is told first: it explains the others."""
    top = [p for p in ranked if p.verdict is ranked[0].verdict]
    return next((p for p in top if p.part is Part.DRIFT), top[0])


def _bare(sentence: str) -> str:
    return sentence.rstrip(".。")


def lead(words: Words, check: Check | None, name: str) -> str:
    """The muted sentence: which version, which time, who checked."""
    if check is None:
        return words.t("{name} is checked every hour once it has served decisions; or check it now.", name=name)
    return words.t(
        "Version {version} of {name}, decisions from {start} to {end}. Checked by {who}.",
        version=check.version,
        name=name,
        start=words.date(check.from_at),
        end=words.date(check.to_at),
        who=check.ran_by,
    )


def statements(words: Words, check: Check) -> list[tuple[Verdict, str, str]]:
    """Each part as a statement with its verdict and its reasons."""
    return [
        (p.verdict, words.t(STATEMENTS[p.part]), words.together(*(say(words, reason) for reason in p.reasons[:3]))) for p in check.parts
    ]


def feature_name(words: Words, feature: FeatureDrift) -> str:
    """A feature's name; the model's own prediction has one of ours."""
    return words.t(PREDICTION) if feature.is_score else feature.drift.name


def psi_text(words: Words, feature: FeatureDrift) -> str:
    """PSI with two decimals."""
    return words.number(feature.drift.psi, 2)


def missing_text(words: Words, feature: FeatureDrift) -> str:
    """Share of missing values, now."""
    return words.percent(feature.missing.current_share, 1 if 0 < feature.missing.current_share < 0.1 else 0)


def bin_shares(words: Words, feature: FeatureDrift) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Now and reference, as shares per bin with the bins' names; rare categories are joined."""
    labels = [label or words.t(OTHERS) for label in feature.labels]
    now, before = _shares(feature.current), _shares(feature.reference)
    ranked = sorted(range(len(labels)), key=lambda i: -(now[i] + before[i]))
    shown = sorted(ranked[:14]) if len(labels) > 15 else list(range(len(labels)))
    current = [(labels[i], now[i]) for i in shown]
    reference = [(labels[i], before[i]) for i in shown]
    rest = [i for i in range(len(labels)) if i not in shown]
    if rest:
        name = words.t("{n} more", n=len(rest))
        current.append((name, sum(now[i] for i in rest)))
        reference.append((name, sum(before[i] for i in rest)))
    return current, reference


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts)
    return [count / total if total else 0.0 for count in counts]


def feature_finding(words: Words, feature: FeatureDrift) -> str:
    """What one feature's chart shows."""
    name = feature_name(words, feature)
    match feature.drift.verdict:
        case Verdict.RED:
            return words.t("{name} has moved far from the training data", name=name)
        case Verdict.AMBER:
            return words.t("{name} has moved from the training data", name=name)
        case Verdict.GREEN:
            return words.t("{name} looks like the training data", name=name)
        case Verdict.INSUFFICIENT_DATA:
            return words.t("Too few rows to judge {name}", name=name)


def feature_note(words: Words, feature: FeatureDrift) -> str:
    """The gray line under one feature's chart: sizes, PSI and what chance alone gives."""
    return words.t(
        "Share of rows · bar: now ({now} rows), tick: training ({then} rows) · PSI {psi}, by chance up to {noise}",
        now=words.number(feature.drift.current_n),
        then=words.number(feature.drift.reference_n),
        psi=words.number(feature.drift.psi, 3),
        noise=words.number(feature.drift.noise, 3),
    )


def cards(words: Words, c: Comparison) -> list[tuple[str, str, str | None]]:
    """The four figures: decisions, outcomes known, earned, reach; each with a note."""
    known = c.performance
    earned = c.value
    promised = words.t("{money} promised", money=words.money(earned.promised, earned.currency)) if earned and earned.labelled else None
    return [
        (words.t("Decisions"), words.number(c.traffic.n), words.n("in {n} day", "in {n} days", c.config.window_days)),
        (words.t("Outcomes known"), words.percent(known.coverage), words.n("{n} decision", "{n} decisions", known.n)),
        (words.t("Earned"), words.money(earned.realised, earned.currency) if earned and earned.labelled else "–", promised),
        (words.t("Reach"), words.percent(known.reach.value) if known.reach else "–", _then(words, c)),
    ]


def _then(words: Words, c: Comparison) -> str | None:
    promise = c.served.promise
    return words.t("{share} promised", share=words.percent(promise.reach)) if promise and promise.reach is not None else None


def performance_rows(words: Words, c: Comparison) -> list[tuple[str, Estimate, float | None]]:
    """Reach, precision and AUC, each with its interval and what was promised."""
    promise, known = c.served.promise, c.performance
    rows = [
        (words.t("Reach (recall)"), known.reach, promise.reach if promise else None),
        (words.t("Precision"), known.precision, promise.precision if promise else None),
        (words.t("AUC"), known.auc, None),
    ]
    return [(name, found, then) for name, found, then in rows if found is not None]


def performance_finding(words: Words, c: Comparison) -> str:
    """What the performance chart shows."""
    if c.performance.n < c.config.min_labels:
        return words.t("Too few outcomes to judge the decisions yet")
    return words.t("How right the decisions were, on {n} known outcomes", n=words.number(c.performance.n))


def performance_table(words: Words, c: Comparison) -> dict[str, list[str]]:
    """The same as a table."""
    rows = performance_rows(words, c)
    return {
        words.t("Measure"): [name for name, _, _ in rows],
        words.t("Now"): [words.percent(found.value, 1) for _, found, _ in rows],
        words.t("95% interval"): [f"{words.percent(found.low, 1)} – {words.percent(found.high, 1)}" for _, found, _ in rows],
        words.t("Promised"): [words.percent(then, 1) if then is not None else "–" for _, _, then in rows],
        words.t("Rows"): [words.number(found.n) for _, found, _ in rows],
    }


def alerts_headline(words: Words, alerts: Sequence[Alert]) -> str:
    """The inbox's finding."""
    standing = [a for a in alerts if a.state is not AlertState.RESOLVED]
    urgent = [a for a in standing if a.severity is Severity.CRITICAL]
    if not standing:
        return words.t("Nothing needs you now")
    if urgent:
        return words.n("{n} alert needs somebody to act", "{n} alerts need somebody to act", len(urgent))
    return words.n("{n} alert to keep an eye on", "{n} alerts to keep an eye on", len(standing))


def alert_title(words: Words, alert: Alert) -> str:
    """An alert's name."""
    return words.t(TITLES[alert.kind])


def alert_sentence(words: Words, alert: Alert) -> str:
    """What an alert found."""
    return words.together(*(say(words, reason) for reason in alert.reasons))


def sources(words: Words, c: Comparison) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    return [
        (words.t("Version"), str(c.served.version)),
        (words.t("Period"), f"{words.date(c.window.from_at)} – {words.date(c.window.to_at)}"),
        (words.t("Compared with"), words.t("The training rows of this version, in the bins of its baseline.")),
        (
            words.t("Drift"),
            words.t(
                "PSI (Siddiqi 2006): watched from {watch}, acted on from {act}, and only beyond what chance gives for these sizes.",
                watch=words.number(c.config.psi_watch, 2),
                act=words.number(c.config.psi_act, 2),
            ),
        ),
        (words.t("Interval"), words.t("95%: Wilson for shares, DeLong for AUC, spread between cases for money.")),
        (words.t("Area"), ", ".join(words.t(name) for name in PARTS.values())),
    ]


def day_of(text: str) -> date:
    """A day from its ISO form."""
    return date.fromisoformat(text)


def changed_config(config: MonitorConfig, fields: Mapping[str, float]) -> MonitorConfig:
    """A monitor's settings with some of them typed anew; whole numbers stay whole.

    Raises:
        InvalidInput: one of them can't be, or two contradict each other.
    """
    typed = {name: type(getattr(config, name))(value) for name, value in fields.items()}
    return replace(config, **typed)


def freshness(words: Words, check: Check | None, now: datetime) -> str | None:
    """How old the newest check is."""
    return None if check is None else words.t("checked {ago}", ago=words.ago(check.ran_at, now))
