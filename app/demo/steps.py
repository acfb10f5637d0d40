"""How the headless journey reports: one JSON line a step, and an exit status."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

Figures = Mapping[str, Any]


class StepFailedError(Exception):
    """A step answered, but not as it should."""


def expect(condition: object, message: str) -> None:
    """Fail the step with a message unless the condition holds."""
    if not condition:
        raise StepFailedError(message)


class Reporter:
    """Runs steps, prints a line for each, and remembers whether all went well."""

    def __init__(self, *, chatty: bool = True) -> None:
        self.ok = True
        self.lines: list[dict[str, Any]] = []
        self._chatty = chatty

    def step(self, name: str, work: Callable[[], Figures]) -> bool:
        """Run one step and print its line; after a failure the later ones are not run."""
        if not self.ok:
            return False
        began = time.monotonic()
        line: dict[str, Any] = {"step": name, "ok": True}
        try:
            figures = dict(work())
        except Exception as error:
            # A journey reports whatever went wrong, and ends.
            figures = {"error": f"{type(error).__name__}: {error}"[:2000]}
            line["ok"] = self.ok = False
            traceback.print_exc(file=sys.stderr)
        line |= {"seconds": round(time.monotonic() - began, 2), **figures}
        self.lines.append(line)
        if self._chatty:
            print(json.dumps(line, ensure_ascii=False, default=str), flush=True)
        return self.ok
