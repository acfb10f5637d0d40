"""The prediction gateway: a process of its own that serves what was approved, whether the portal runs or not."""

from __future__ import annotations

from core.settings import Settings


def run_gateway(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; the exit status. Nothing of the store is opened."""
    from core.serving.gateway.server import serve

    return serve(settings)
