"""AutoML through a Kachi run against the same TabularPredictor.fit called directly, both as processes of their own.

Run: .venv/bin/python bench/automl.py [--quick]. The last line is one JSON object; its figure is the wall time of the search in Kachi's
job as a share of the direct one's (medians of interleaved rounds), its goal at most 1.05. Both fit the same rows with the same
arguments; Kachi's has the callback with events and money, the resource watcher and the job's process around it. What the job does
besides (evaluation, package, importance, intervals) is not in a direct fit; its seconds are printed beside.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from core.data.frames import kinds_of
from core.data.model import ColumnRoles
from core.data.parse import parse_file
from core.jobs.protocol import read_events
from core.project.model import Task
from core.settings import ROOT, Settings, job_environment
from core.training.model import Family, Preset, RunConfig
from core.training.money import MoneyScale
from core.training.spec import FitSpec, spec_to_json

GOAL = 1.05
TIME_LIMIT_S = 300
QUICK = (Family.LIGHTGBM, Family.XGBOOST)
FULL = (Family.LIGHTGBM, Family.XGBOOST, Family.CATBOOST, Family.RANDOM_FOREST)
DIRECT = """
import json, sys, time
from pathlib import Path
from core.data.frames import as_features, read_frame
from core.training.families import fit_options, hyperparameters
from core.training.fit import make_target
from core.training.package import LABEL
from core.training.spec import spec_from_json
from core.training.figures import TRAIN, VALIDATION
from core.training.split import split_rows
from autogluon.tabular import TabularPredictor

folder = Path(sys.argv[1])
spec = spec_from_json(json.loads((folder / "spec.json").read_text())["spec"])
frame = read_frame(Path(spec.table_path))
target = make_target(frame[spec.roles.target], spec)
names = split_rows(target, spec.config, spec.task)
table = as_features(frame, spec.kinds).assign(**{LABEL: target})
began = time.monotonic()
predictor = TabularPredictor(label=LABEL, problem_type="binary", eval_metric=spec.config.metric, path=str(folder / "direct"), verbosity=2)
predictor.fit(
    table[names == TRAIN], tuning_data=table[names == VALIDATION], time_limit=spec.config.time_limit_s,
    hyperparameters=hyperparameters(spec.config.preset, spec.config.families, spec.config.seed), num_cpus=spec.threads, num_gpus=0,
    **fit_options(spec.config),
)
print(json.dumps({"seconds": time.monotonic() - began, "models": predictor.model_names()}))
"""


def make_spec(folder: Path, families: tuple[Family, ...], rows: int | None) -> FitSpec:
    raw = gzip.decompress((ROOT / "data" / "samples" / "telco_churn_ibm.csv.gz").read_bytes())
    lines = raw.split(b"\n")
    (folder / "upload").write_bytes(b"\n".join(lines[: rows + 1] if rows else lines))
    roles = ColumnRoles("churn", "Yes")
    parsed = parse_file(folder / "upload", folder / "table.parquet", folder / "profile.json", 2000)
    kept = [c for c in parsed.columns if c.name not in roles.not_features and c.distinct > 1]
    config = RunConfig("roc_auc", Preset.GOOD, TIME_LIMIT_S, families)
    scale = MoneyScale(100, -20, 0, 0, 10_000)
    return FitSpec("bench", "0" * 64, str(folder / "table.parquet"), Task.BINARY, roles, kinds_of(kept), config, scale, 1)


def prepare(root: Path, name: str, spec: FitSpec) -> Path:
    folder = root / name
    folder.mkdir()
    body = {"job_id": name, "kind": "training.fit", "entry": "core.training.fit:run", "spec": spec_to_json(spec), "memory_mb": 16_384}
    (folder / "spec.json").write_text(json.dumps(body))
    return folder


def run_process(command: list[str], folder: Path, home: Path) -> str:
    environment = job_environment(Settings(home=home), folder)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def kachi_seconds(folder: Path, home: Path) -> tuple[float, float]:
    """Seconds of the search, from its first event to the evaluation's, and of the whole job."""
    began = time.monotonic()
    run_process([sys.executable, "-m", "core.jobs.worker", str(folder)], folder, home)
    whole = time.monotonic() - began
    result = json.loads((folder / "result.json").read_text())
    if result["state"] != "succeeded":
        raise SystemExit(str(result))
    at = {event["phase"]: event["at"] for event in read_events(folder)[0] if event["event"] == "phase"}
    return _apart(at["training"], at["evaluating"]), whole


def _apart(first: str, second: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds()


def direct_seconds(folder: Path, home: Path) -> float:
    out = run_process([sys.executable, "-c", DIRECT, str(folder)], folder, home)
    return float(json.loads(out.strip().splitlines()[-1])["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rows, families and rounds; under 45 s on an idle machine")
    quick = parser.parse_args().quick
    ours, theirs, whole = [], [], []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        spec = make_spec(root, QUICK if quick else FULL, 3000 if quick else None)
        for number in range(2 if quick else 5):
            theirs.append(direct_seconds(prepare(root, f"direct-{number}", spec), root))
            seconds, job = kachi_seconds(prepare(root, f"kachi-{number}", spec), root)
            ours.append(seconds)
            whole.append(job)
            print(
                f"round {number + 1}: direct {theirs[-1]:.2f} s, Kachi's search {ours[-1]:.2f} s, its whole job {whole[-1]:.2f} s",
                flush=True,
            )
    ratio = Decimal(str(statistics.median(ours) / statistics.median(theirs))).quantize(Decimal("0.001"))
    print(json.dumps({"bench": "automl", "figure": float(ratio), "goal": GOAL, "holds": float(ratio) <= GOAL}))


if __name__ == "__main__":
    main()
