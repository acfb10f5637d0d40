"""What retraining takes from monitoring, data and training."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.data import service as data
from core.data.model import DatasetVersion
from core.identity import SYSTEM
from core.monitoring.predictions import feature_columns, labelled_rows, meta_column
from core.retraining.rebuild import LabelledCases
from core.workspace import Workspace


def new_cases(ws: Workspace, deployment_id: str, since: datetime | None, most: int) -> LabelledCases:
    """Labelled served cases from a moment on, oldest first; the newest `most` of them."""
    frame = labelled_rows(ws, deployment_id, since=since, limit=most)
    told = {name: frame[meta_column(frame, name)] for name in ("prediction_id", "predicted_at", "model_version_id", "score", "y")}
    return LabelledCases(
        frame[feature_columns(frame)].reset_index(drop=True),
        told["y"].to_numpy(dtype=np.int64),
        tuple(moment.to_pydatetime() for moment in told["predicted_at"]),
        tuple(told["prediction_id"].astype(str)),
        tuple(told["model_version_id"].astype(str)),
        told["score"].to_numpy(dtype=np.float64),
    )


def training_table(ws: Workspace, dataset_version_id: str) -> tuple[DatasetVersion, pa.Table]:
    """A dataset version and its rows.

    Raises:
        NotFound: no such version.
    """
    version = data.get_version(ws, SYSTEM, dataset_version_id)
    return version, pq.read_table(ws.artifacts.path(version.sha256), use_threads=False)
