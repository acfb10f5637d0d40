"""A job that does as it is told: proves that jobs start, tell, stop and are cleaned up after on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

from core.errors import InvalidInput
from core.jobs.protocol import JobContext


def run(context: JobContext) -> dict[str, Any]:
    """Carry out ``spec["steps"]``, a list of ``[verb, value]``.

    Verbs: ``emit`` (n events), ``say`` (print), ``sleep`` (s, heeds a cancel), ``hang`` (s, heeds nothing), ``child`` (s, a process of its
    own that outlives this one), ``exit`` (status), ``allocate`` (MB), ``refuse`` (a KachiError), ``crash`` (another error),
    ``write`` (bytes into out/).
    """
    done = 0
    for verb, value in context.spec["steps"]:
        _step(context, verb, value)
        done += 1
    return {"done": done}


def _step(context: JobContext, verb: str, value: Any) -> None:
    if verb == "emit":
        for number in range(int(value)):
            context.emit("progress", done=number + 1, total=int(value))
    elif verb == "say":
        print(value, flush=True)
    elif verb == "sleep":
        until = time.monotonic() + float(value)
        while time.monotonic() < until:
            context.raise_if_cancelled()
            time.sleep(0.02)
    elif verb == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(float(value))
    elif verb == "child":
        child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({float(value)})"])
        context.emit("child", pid=child.pid)
    elif verb == "exit":
        os._exit(int(value))
    elif verb == "allocate":
        context.emit("log", message=str(len(bytearray(int(value) * 1024 * 1024))))
    elif verb == "write":
        (context.out / "data.bin").write_bytes(b"x" * int(value))
    elif verb == "crash":
        raise ZeroDivisionError(value)
    else:
        raise InvalidInput("The probe was told to refuse: {value}. Tell it something else.", field=verb, value=str(value))
