"""What AutoGluon tells while it trains: each model as it starts and ends, with its money; and how it is asked to stop."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from autogluon.core.callbacks import AbstractCallback

from core.jobs.protocol import emit
from core.training.families import family_of
from core.training.money import MoneyScale, best_value
from core.training.spec import STOP_FILE


class LiveCallback(AbstractCallback):  # type: ignore[misc]
    """Writes one event a model to a file descriptor.

    It is pickled with the trainer after every model, so it holds plain values only: the descriptor as an int, and no function.

    Args:
        events_fd: where events go. folder: the job's; the files ``cancel`` and ``stop-early`` in it ask to stop.
        scale: payoffs, for yes-or-no runs.
    """

    def __init__(self, events_fd: int, folder: str, scale: MoneyScale | None) -> None:
        super().__init__()
        self.events_fd = events_fd
        self.folder = folder
        self.scale = scale
        self.began = 0.0
        self.finished = 0

    def _stop(self) -> bool:
        return any(Path(self.folder, name).exists() for name in ("cancel", STOP_FILE))

    def _before_model_fit(
        self,
        trainer: Any,
        model: Any,
        time_limit: float | None = None,
        stack_name: str = "core",
        level: int = 1,
    ) -> tuple[bool, bool]:
        stop = self._stop()
        if not stop:
            self.began = time.monotonic()
            emit(self.events_fd, "model_started", model=model.name)
        return stop, stop

    def _after_model_fit(
        self,
        trainer: Any,
        model_names: list[str],
        stack_name: str = "core",
        level: int = 1,
    ) -> bool:
        try:
            for name in model_names:
                self._tell(trainer, name)
        except Exception:
            # An exception here would end the fit; a model that can't be told of is still a good model.
            traceback.print_exc()
        return self._stop()

    def _tell(self, trainer: Any, name: str) -> None:
        self.finished += 1
        figures = {
            key: trainer.get_model_attribute(model=name, attribute=key, default=None) for key in ("val_score", "fit_time", "predict_time")
        }
        fields: dict[str, Any] = {
            "model": name,
            "family": str(family_of(name) or ""),
            "score": figures["val_score"],
            "fit_s": figures["fit_time"] or 0.0,
        }
        inputs = trainer.load_X_val()
        if inputs is None and self.scale is not None:
            # Averaged folds: each row is judged by the fold that left it out.
            value, threshold = best_value(
                np.asarray(trainer.load_y()) == 1, np.asarray(trainer.get_model_oof(name), dtype=np.float64), self.scale
            )
            fields |= {"value": str(value), "threshold": threshold}
        if inputs is not None and len(inputs):
            fields["predict_ms"] = 1000 * (figures["predict_time"] or 0.0) / len(inputs)
            if self.scale is not None:
                truth = np.asarray(trainer.load_y_val()) == 1
                value, threshold = best_value(truth, np.asarray(trainer.predict_proba(inputs, model=name), dtype=np.float64), self.scale)
                fields |= {"value": str(value), "threshold": threshold}
        emit(self.events_fd, "model_finished", **fields)
