"""The interactive card on a million scored rows: from the event of a drag to the painted result, in a real browser on the real page.

Run: .venv/bin/python bench/explorer.py [--quick]. A mouse drags the threshold, an assumption and the curve itself; each input event is
timed until the frame that shows its result was painted. The last line is one JSON object; its figure is the 95th percentile / 150 ms,
its goal at most 1. It holds where also: the server sums the million rows up in under 2 s, once, everything on the card moved, and the
cards of several classes and of forecasts, which the server answers, have an answer on a million rows within 150 ms.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Locator, Page, sync_playwright

from app.demo import processes
from app.demo.processes import Running, free_port
from core.identity import SYSTEM, Principal, Role
from core.identity.model import UserSpec
from core.identity.users import create_user
from core.impact.class_pays import ClassPays
from core.impact.class_table import ClassTable, class_table, decide_under
from core.impact.explorer import Assumptions, RowAmounts, Scored, build_explorer
from core.impact.explorer_service import explore_report
from core.impact.multiclass import ClassSlice
from core.impact.plan_table import PlanTable, PlanView, plan_table, plan_under
from core.impact.regression import ForecastSlice, value_forecast
from core.impact.service import compute_report
from core.project.model import Nouns, Task
from core.project.service import ProjectSpec, ValueModelSpec, create_project
from core.project.value_model import DeviationCosts, PayoffMatrix, Period
from core.settings import Settings
from core.store import Transaction, new_id
from core.training import store as training
from core.training.model import Artifacts, Family, Origin, Run, RunConfig, RunState, RunSummary
from core.workspace import Workspace, open_workspace

ROWS, OTHERS = 1_000_000, 250_000
PAINTED_MS, SUMMED_S = 150.0, 2.0
EMAIL, PASSWORD = "bench@example.com", "a long enough phrase 7"
READER = Principal("bench-1", "Bench", "", frozenset({Role.SCIENTIST}))
# event.timeStamp is when the browser got the input; the message arrives after the frame of this animation request was painted
WATCH = """() => {
  window.painted = [];
  document.addEventListener('input', event => {
    const began = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push(performance.now() - began);
      channel.port2.postMessage(0);
    });
  }, true);
  document.addEventListener('pointermove', event => {
    if (!event.buttons || event.composedPath()[0].tagName === 'INPUT') return;
    const began = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push(performance.now() - began);
      channel.port2.postMessage(0);
    });
  }, true);
}"""


@dataclass(frozen=True, slots=True)
class Made:
    """A home with one finished run."""

    project_id: str
    run_id: str


def make_scores(path: Path) -> None:
    """A million test rows and a quarter of that to choose on, calibrated."""
    rng = np.random.default_rng(1)
    score = rng.beta(1.3, 4.0, ROWS + OTHERS)
    frame = {
        "split": np.repeat(["test", "validation"], [ROWS, OTHERS]), "row": np.arange(ROWS + OTHERS),
        "y": (rng.random(ROWS + OTHERS) < score).astype(np.int64), "score": score,
    }  # fmt: skip
    pd.DataFrame(frame).to_parquet(path, index=False)


def make_home(home: Path) -> Made:
    """A project whose only run has a million scored test rows; no model is trained for that."""
    ws = open_workspace(Settings(home=home, port=0, gateway_port=0))
    create_user(ws, SYSTEM, UserSpec(EMAIL, "Bench", PASSWORD, frozenset(Role)))
    payoff = PayoffMatrix(Decimal(12_000), Decimal(-1_500), Decimal(0), Decimal(0))
    nouns = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
    spec = ProjectSpec("Customer churn", "Whom should we call?", nouns, value=ValueModelSpec("JPY", Period.MONTH, 250_000, payoff))
    project = create_project(ws, READER, spec)
    make_scores(home.parent / "scores.parquet")
    scores = ws.artifacts.put(home.parent / "scores.parquet").sha256

    def work(tx: Transaction) -> str:
        run = Run(
            new_id(), training.next_number(tx, project.id), project.id, new_id(), "A million rows", RunConfig("roc_auc", families=(Family.LINEAR,)),
            Task.BINARY, Origin.USER, RunState.QUEUED, "", None, READER.user_id, READER.name, tx.at, None, None, "", None, None,
        )  # fmt: skip
        training.insert_run(tx, run)
        training.mark_running(tx, run.id, tx.at)
        summary = RunSummary("LightGBM", 0.8, None, None, None, ROWS, OTHERS, ROWS, 1, False)
        training.mark_succeeded(tx, run.id, tx.at, Artifacts("0" * 64, scores, "0" * 64), summary)
        return run.id

    made = Made(project.id, ws.store.write(work))
    ws.store.close()
    return made


def timed(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def measure_server(ws: Workspace, made: Made) -> float:
    """Seconds until the table of a million rows is there; printed beside what else a first visit costs."""
    report_s = timed(lambda: compute_report(ws, READER, made.run_id))
    report = compute_report(ws, READER, made.run_id)
    first_s, again_s = (timed(lambda: explore_report(ws, READER, report)) for _ in range(2))
    rng = np.random.default_rng(2)
    score = rng.beta(1.3, 4.0, ROWS)
    rows = Scored(rng.random(ROWS) < score, score, RowAmounts(tp=rng.lognormal(5, 1, ROWS), fp=-rng.lognormal(2, 1, ROWS)))
    agreed = Assumptions(1, 1, 0, 0, 250_000, float(rows.y.mean()))
    by_row_s = timed(lambda: build_explorer(rows, rows, agreed, 0.1))
    print(
        f"report of {ROWS:,} rows {report_s:6.2f} s; table {first_s:6.3f} s, again {again_s * 1000:.2f} ms; payoffs by row {by_row_s:.3f} s"
    )
    return max(first_s, by_row_s)


def measure_tasks() -> float:
    """95th percentile of an answer on the cards of several classes and of forecasts, ms; their sums are made once, and printed."""
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(4), ROWS + OTHERS)
    truth = (p.cumsum(axis=1) > rng.random((ROWS + OTHERS, 1))).argmax(axis=1).astype(np.int64)
    known, fresh = ClassSlice(truth[:OTHERS], p[:OTHERS]), ClassSlice(truth[OTHERS:], p[OTHERS:])
    costs = ((0, -1, -1, -1), (-5, 0, -1, -1), (-5, -5, 0, -1), (-10, -5, -1, 0))
    pays = ClassPays(np.array(costs, dtype=np.float64))
    made: list[ClassTable] = []
    ours = pays.decide(fresh.probabilities)
    classes_s = timed(lambda: made.append(class_table(known, fresh, (pays, pays), tuple("ABCD"), (1, 0), ours, 10_000, 1)))
    forecast = rng.uniform(20, 150, ROWS + OTHERS)
    actual = forecast + rng.normal(0, 1, forecast.size) * forecast / 8
    before, after = ForecastSlice(actual[:OTHERS], forecast[:OTHERS]), ForecastSlice(actual[OTHERS:], forecast[OTHERS:])
    agreed = DeviationCosts(Decimal(3), Decimal(1))
    small = ForecastSlice(actual[:OTHERS:50], forecast[:OTHERS:50])
    found = value_forecast(small, small, agreed, 10_000)
    planned: list[PlanTable] = []
    plans_s = timed(lambda: planned.append(plan_table(before, after, found, 10_000, 1)))
    moves = np.linspace(0.2, 3.0, 60).tolist()
    times = [1000 * timed(lambda at=at: decide_under(made[0], -5 * at, 10_000)) for at in moves]  # type: ignore[misc]
    times += [1000 * timed(lambda at=at: plan_under(planned[0], PlanView(3 * at, 1.0, 10_000, 0.1))) for at in moves]  # type: ignore[misc]
    late = float(np.percentile(times, 95))
    print(
        f"classes {classes_s:5.2f} s, forecast {plans_s:5.2f} s to sum up; an answer: median {np.median(times):5.1f} ms, p95 {late:5.1f} ms"
    )
    return late


def open_card(page: Page, running: Running, made: Made) -> None:
    page.set_default_timeout(120_000)
    page.goto(f"{running.portal_url}/auth/sign-in?next=/impact_report?run={made.run_id}")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".k-x-value")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(1_500)  # the charts below it are drawn


def drag(page: Page, what: Locator, moves: int) -> list[float]:
    """Drag along an element with the mouse, there and back; the milliseconds of each move."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    page.evaluate("window.painted = []")
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.down()
    for move in range(moves):
        there = abs((move / moves * 2) % 2 - 1)
        page.mouse.move(box["x"] + box["width"] * (0.15 + 0.7 * there), middle)
    page.mouse.up()
    page.wait_for_timeout(800)
    found: list[float] = page.evaluate("window.painted")
    return found


def measure_browser(running: Running, made: Made, moves: int) -> tuple[float, bool]:
    """95th percentile of all moves in milliseconds, and whether everything followed."""
    with sync_playwright() as playwright:
        found = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        page = browser.new_page(viewport={"width": 1440, "height": 1400})
        open_card(page, running, made)
        page.evaluate(WATCH)
        parts = {"threshold": ".k-x-threshold", "assumption": ".k-x-field .k-x-range", "curve": ".k-x-chart"}
        every: list[float] = []
        followed = True
        for name, selector in parts.items():
            before = page.locator(".k-x").inner_text()
            times = drag(page, page.locator(selector).first, moves)
            followed &= bool(times) and page.locator(".k-x").inner_text() != before
            every += times
            middle, late = (float(np.percentile(times, share)) for share in (50, 95))
            print(f"{name:11} {len(times):4} events  median {middle:6.1f} ms  p95 {late:6.1f} ms  worst {max(times):6.1f} ms")
        browser.close()
    return float(np.percentile(every, 95)), followed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="fewer moves of the mouse")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="kachi-bench-") as name:
        home = Path(name) / "home"
        made = make_home(home)
        ws = open_workspace(Settings(home=home, port=0, gateway_port=0))
        summed_s, answer_ms = measure_server(ws, made), measure_tasks()
        ws.store.close()
        running = processes.start(Settings(home=home, port=free_port(), gateway_port=free_port()), Path(name) / "portal.log")
        try:
            late_ms, followed = measure_browser(running, made, 60 if quick else 300)
        finally:
            running.stop()
    figure = late_ms / PAINTED_MS
    holds = figure <= 1 and summed_s < SUMMED_S and answer_ms < PAINTED_MS and followed
    found = {"bench": "explorer", "figure": round(figure, 3), "goal": 1.0, "table_s": round(summed_s, 3), "answer_ms": round(answer_ms, 1)}
    print(json.dumps({**found, "holds": holds}))


if __name__ == "__main__":
    main()
