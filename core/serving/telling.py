"""What the deployment pages say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.serving.model import Deployment, DeploymentKey, DeploymentState, Move, MoveKind
from core.serving.status import DeploymentStatus
from core.words import Words, mark

STATES: Mapping[DeploymentState, str] = {
    DeploymentState.LIVE: mark("Live"),
    DeploymentState.PILOT: mark("Pilot running"),
    DeploymentState.STOPPED: mark("Stopped"),
}
_DONE: Mapping[MoveKind, str] = {
    MoveKind.DEPLOY: mark("{who} put version {version} in charge"),
    MoveKind.CANARY_START: mark("{who} started a pilot of version {version} with {share} of the traffic"),
    MoveKind.CANARY_SHARE: mark("{who} set the pilot of version {version} to {share} of the traffic"),
    MoveKind.PROMOTE: mark("{who} promoted version {version} from pilot to champion"),
    MoveKind.ABORT: mark("{who} ended the pilot of version {version}"),
    MoveKind.ROLL_BACK: mark("{who} rolled back to version {version}"),
    MoveKind.STOP: mark("{who} stopped the deployment"),
    MoveKind.KEY_ISSUE: mark("{who} issued an API key"),
    MoveKind.KEY_REVOKE: mark("{who} revoked an API key"),
    MoveKind.SETTINGS: mark("{who} changed how answers are kept"),
    MoveKind.CONTRACT: mark("{who} put another value contract in force for version {version}"),
}


@dataclass(frozen=True, slots=True)
class DayOfVersion:
    """Decisions of one day by one version, with their mean time in milliseconds."""

    day: date
    version: int
    predictions: int
    latency_ms: float


def headline(words: Words, status: DeploymentStatus) -> str:
    """The page's finding: who answers, how much, how fast; or why nobody does."""
    d, live = status.deployment, status.figures
    if d.state is DeploymentState.STOPPED:
        return words.t("{name} is stopped", name=d.model_name)
    if not status.reachable:
        return words.t("No gateway answers for {name}", name=d.model_name)
    if status.serving is None:
        return words.t("{name} isn't answering yet", name=d.model_name)
    if not live.requests or live.p50_ms is None:
        return words.t("Version {version} is ready to answer", version=status.serving)
    return words.t(
        "Version {version} answers {rate} requests an hour, {ms} typical",
        version=status.serving,
        rate=words.number(live.requests * 60),
        ms=milliseconds(words, live.p50_ms),
    )


def lead(words: Words, status: DeploymentStatus, keys: Sequence[DeploymentKey] | None) -> str:
    """The muted sentence below: what a reader should know first."""
    d = status.deployment
    if d.state is DeploymentState.STOPPED:
        return words.t("Requests are refused until a version is deployed again. Outcomes of earlier decisions are still taken.")
    if not status.reachable:
        return words.t("The portal is well, but predictions need the gateway. An admin starts it with “kachi up” or “kachi gateway”.")
    if status.refused:
        return words.t("The gateway refuses a version: {reason}", reason=status.refused[0])
    if not status.in_step:
        return words.t("The gateway is taking the last change over; this usually takes under two seconds.")
    if d.canary_number is not None:
        share = words.percent(d.canary_share, 0 if d.canary_share >= 0.01 else 1)
        return words.t(
            "Version {version} gets {share} of the traffic as a pilot; each case stays with its version.",
            version=d.canary_number,
            share=share,
        )
    if keys is not None and not any(key.revoked_at is None for key in keys):
        return words.t("No program may ask it yet: issue an API key first.")
    return words.t("Every answer is decided at the approved threshold and kept for monitoring.")


def milliseconds(words: Words, ms: float) -> str:
    """A time of an answer: 8 ms, 0.4 ms."""
    return words.t("{ms} ms", ms=words.number(ms, 0 if ms >= 10 else 1))


def tone(status: DeploymentStatus) -> str:
    """Colour of the state's chip."""
    if status.deployment.state is DeploymentState.STOPPED or not status.reachable or status.serving is None:
        return "red"
    if status.refused or not status.in_step:
        return "orange"
    return "blue" if status.deployment.state is DeploymentState.PILOT else "green"


def state(words: Words, status: DeploymentStatus) -> str:
    """The state's word."""
    if status.deployment.state is not DeploymentState.STOPPED and not status.reachable:
        return words.t("Not reachable")
    if status.deployment.state is not DeploymentState.STOPPED and status.serving is None:
        return words.t("Not answering")
    return words.t(STATES[status.deployment.state])


def listed_state(words: Words, deployment: Deployment) -> tuple[str, str]:
    """Word and colour of a deployment in a list, as the portal wants it."""
    colour = {DeploymentState.LIVE: "green", DeploymentState.PILOT: "blue", DeploymentState.STOPPED: "red"}[deployment.state]
    return words.t(STATES[deployment.state]), colour


def list_headline(words: Words, deployments: Sequence[Deployment]) -> str:
    """Finding of the list."""
    live = sum(d.state is not DeploymentState.STOPPED for d in deployments)
    return words.n("{n} model makes decisions now", "{n} models make decisions now", live)


def serves(words: Words, deployment: Deployment) -> str:
    """Which versions answer, in a few words."""
    if deployment.state is DeploymentState.STOPPED or deployment.champion_number is None:
        return words.t("Nothing")
    if deployment.canary_number is None:
        return words.t("Version {version}", version=deployment.champion_number)
    return words.t(
        "Version {version}, and version {pilot} for {share}",
        version=deployment.champion_number,
        pilot=deployment.canary_number,
        share=words.percent(deployment.canary_share, 0 if deployment.canary_share >= 0.01 else 1),
    )


def move_text(words: Words, move: Move) -> str:
    """Who did what and why, in a sentence or two."""
    share = words.percent(move.share, 0 if move.share >= 0.01 else 1) if move.share is not None else ""
    done = words.t(_DONE[move.kind], who=move.actor_name, version=move.version_number or "", share=share)
    return words.t("{done}: {reason}", done=done, reason=move.reason) if move.reason else done


def cards(words: Words, status: DeploymentStatus, days: Sequence[DayOfVersion]) -> list[tuple[str, str, str]]:
    """Four figures: label, value, remark."""
    live, dash = status.figures, "–"
    typical, slow = (milliseconds(words, ms) if ms is not None else dash for ms in (live.p50_ms, live.p95_ms))
    return [
        (
            words.t("Requests in the last minute"),
            words.number(live.requests) if status.reachable else dash,
            words.n("{n} decision", "{n} decisions", live.rows),
        ),
        (words.t("Typical answer"), typical, words.t("half are faster")),
        (words.t("Slow answer"), slow, words.t("1 in 20 is slower")),
        (words.t("Decisions taken in"), words.number(sum(day.predictions for day in days)), words.t("shown by day below")),
    ]


def traffic_finding(words: Words, days: Sequence[DayOfVersion]) -> str:
    """Title of the chart of decisions by day."""
    total, spread = sum(d.predictions for d in days), len({d.day for d in days})
    return words.n("Decisions on {n} day: {total}", "Decisions on {n} days: {total}", spread, total=words.number(total))


def latency_finding(words: Words, days: Sequence[DayOfVersion]) -> str:
    """Title of the chart of answer times."""
    total = sum(d.predictions for d in days)
    mean = sum(d.latency_ms * d.predictions for d in days) / max(total, 1)
    return words.t("An answer took {ms} on average", ms=milliseconds(words, mean))


def share_finding(words: Words, days: Sequence[DayOfVersion]) -> str:
    """Title of the chart of versions' shares."""
    last = max(d.day for d in days)
    newest = [d for d in days if d.day == last]
    top = max(newest, key=lambda d: d.predictions)
    share = top.predictions / max(sum(d.predictions for d in newest), 1)
    return words.t("Version {version} made {share} of the newest day's decisions", version=top.version, share=words.percent(share))


def by_day(days: Sequence[DayOfVersion]) -> tuple[tuple[date, int, float], ...]:
    """Decisions and their mean time in milliseconds, day by day."""
    totals: dict[date, list[float]] = {}
    for d in days:
        sums = totals.setdefault(d.day, [0.0, 0.0])
        sums[0] += d.predictions
        sums[1] += d.predictions * d.latency_ms
    return tuple((day, int(n), ms / max(n, 1)) for day, (n, ms) in sorted(totals.items()))


def shares(days: Sequence[DayOfVersion]) -> tuple[tuple[date, int, float], ...]:
    """Each version's share of a day's decisions; every version on every day."""
    totals = {day: n for day, n, _ in by_day(days)}
    counts: dict[tuple[date, int], int] = {}
    for d in days:
        counts[d.day, d.version] = counts.get((d.day, d.version), 0) + d.predictions
    versions = sorted({d.version for d in days})
    return tuple((day, v, counts.get((day, v), 0) / max(totals[day], 1)) for v in versions for day in sorted(totals))


def in_step_text(words: Words, status: DeploymentStatus) -> str:
    """Whether the gateway serves what the portal wants."""
    if not status.reachable:
        return words.t("no gateway answers")
    return words.t("as decided here") if status.in_step else words.t("still the change before")


def disk_text(words: Words, status: DeploymentStatus) -> str:
    """How answers are kept."""
    if status.disk_full:
        return words.t("the gateway's disk is full; answers wait in its memory")
    ms = status.deployment.flush_ms
    if ms == 0:
        return words.t("on the disk before they are sent")
    return words.t("on the disk within {ms}", ms=milliseconds(words, ms)) if ms else words.t("on the disk within a moment")


def whole_percent(share: float) -> int:
    """A share as whole percents for a slider, 1 to 100."""
    return min(100, max(1, round(share * 100)))


def share_of_percent(percent: int) -> float:
    """A slider's percents as a share."""
    return percent / 100
