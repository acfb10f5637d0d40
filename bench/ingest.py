"""Taking in the spool: predictions a second, and what a page's figures cost before and after.

Run: .venv/bin/python bench/ingest.py [--quick]. The last line is one JSON object; its figure is the rate as a share of the goal of
50,000 predictions a second (20 features, every fifth with its outcome), its goal 1. It holds where also the figures of portfolio and
monitoring take at most 1.1 x as long with all predictions (10 million; --quick: 400,000) as with a hundredth of them, over the same 14 days.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from core.identity import Principal, Role
from core.impact.alternatives import AlternativeKind
from core.monitoring import catalogue
from core.monitoring.bins import FeatureBins
from core.monitoring.catalogue import Live, LiveState
from core.monitoring.check import compare
from core.monitoring.ingest import ingest_now
from core.monitoring.model import Window
from core.monitoring.portfolio import get_portfolio
from core.monitoring.served import Promise, ServedModel
from core.project.model import Nouns
from core.project.service import ProjectSpec, ValueModelSpec, create_project
from core.project.value_model import PayoffMatrix, Period
from core.settings import Settings
from core.store.ids import new_id
from core.workspace import Workspace, open_workspace

GOAL = 50_000
PAGES_GOAL = 1.1
NUMBERS = [FeatureBins(f"number {i}", True, tuple(j / 10 for j in range(1, 10)), (), (100,) * 10, 0) for i in range(12)]
CATEGORIES = [FeatureBins(f"category {i}", False, (), tuple("abcdefgh"), (100,) * 8 + (10,), 0) for i in range(8)]
PAYOFF = PayoffMatrix(Decimal(90), Decimal(-10), Decimal(0), Decimal(0))
START = datetime(2025, 1, 1, tzinfo=UTC)
SPAN_DAYS = 14
SPAN_MS = SPAN_DAYS * 86_400_000
SEGMENT = 20_000
SCIENTIST = Principal("bench", "Bench", "", frozenset({Role.SCIENTIST}))


def know_a_version(project_id: str) -> None:
    promise = Promise(5.0, 4.0, 6.0, 1000, 300, 400, Period.MONTH, 10_000, 0.7, 0.5)
    served = ServedModel(
        "mv1", 1, project_id, PAYOFF, "JPY", "value-1", AlternativeKind.NOTHING, None, (*NUMBERS, *CATEGORIES), None, promise
    )
    live = Live("dep-1", "bench", project_id, LiveState.LIVE, "mv1", 1, 0.0, START)
    catalogue.list_live = lambda _: [live]
    catalogue.Catalogue.served = lambda *_: served  # type: ignore[method-assign,assignment]


def write_segments(ws: Workspace, count: int, rng: random.Random) -> int:
    """Bytes of finished segments of predictions over the span, every fifth with its outcome; in the order of time, as gateways write."""
    folder = ws.settings.spool_dir / "gateway-1"
    folder.mkdir(parents=True, exist_ok=True)
    first = int(START.timestamp() * 1000)
    rows = [json.dumps({b.name: rng.random() for b in NUMBERS} | {b.name: rng.choice("abcdefghz") for b in CATEGORIES}) for _ in range(500)]
    written = 0
    for begin in range(0, count, SEGMENT):
        lines = []
        for i in range(begin, min(begin + SEGMENT, count)):
            stamp = first + SPAN_MS * i // count
            key, score = new_id(stamp), rng.random()
            lines.append(
                f'{{"k":"p","id":"{key}","at":"2025-01-01T00:00:00+00:00","d":"bench","v":1,"mv":"mv1","arm":"champion","e":null,"x":{rows[i % 500]},'
                f'"s":{score:.6f},"y":{int(score > 0.5)},"ev":1.5,"ms":0.8,"rq":"r","rp":false}}'
            )
            if i % 5 == 0:
                lines.append(
                    f'{{"k":"f","id":"{new_id(stamp)}","at":"2025-06-01T00:00:00+00:00","d":"bench","p":"{key}","y":{i % 2},"rp":false}}'
                )
        path = folder / f"{new_id()}.jsonl"
        path.write_text("\n".join(lines) + "\n")
        written += path.stat().st_size
    return written


def page_figures_s(ws: Workspace) -> float:
    """Median seconds of what the pages portfolio and monitoring compute."""
    window = Window(START, START + timedelta(days=366))
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        get_portfolio(ws, SCIENTIST, window)
        compare(ws, "dep-1", Window(START, START + timedelta(days=SPAN_DAYS)))
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def take_in(home: Path, count: int) -> tuple[float, float, int]:
    """Seconds to take `count` predictions in, seconds of the page figures after it, and bytes read."""
    ws = open_workspace(Settings(home=home, port=0, gateway_port=0))
    try:
        nouns = Nouns("customer", "customers", "would leave", "would have stayed", "call", "calls")
        spec = ProjectSpec("Bench", "How fast?", nouns, value=ValueModelSpec("JPY", Period.MONTH, 1000, PAYOFF))
        project = create_project(ws, SCIENTIST, replace(spec))
        know_a_version(project.id)
        spent, size, done = 0.0, 0, 0
        rng = random.Random(1)
        while done < count:
            size += write_segments(ws, min(count, 400_000), rng)
            begin = time.perf_counter()
            done += ingest_now(ws).predictions
            spent += time.perf_counter() - begin
        return spent, page_figures_s(ws), size
    finally:
        ws.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = 400_000 if parser.parse_args().quick else 10_000_000
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        _, before_s, _ = take_in(Path(few), count // 100)
        spent, after_s, size = take_in(Path(many), count)
    rate, pages = count / spent, after_s / before_s
    print(f"{count:,} predictions and {count // 5:,} outcomes, {size / 1e6:,.0f} MB in {spent:.1f} s: {rate:,.0f} predictions/s")
    print(f"figures of portfolio and monitoring: {before_s * 1000:.0f} ms with {count // 100:,}, {after_s * 1000:.0f} ms with {count:,}")
    holds = rate >= GOAL and pages <= PAGES_GOAL
    print(json.dumps({"bench": "ingest", "figure": round(rate / GOAL, 3), "goal": 1.0, "pages": round(pages, 3), "holds": holds}))


if __name__ == "__main__":
    main()
